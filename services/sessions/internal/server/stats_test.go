package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// begins starts a session at an instant; line writes in it.
func (s *site) begins(session id.Session, at time.Time, identity map[string]any) {
	s.t.Helper()
	who, err := structpb.NewStruct(identity)
	if err != nil {
		s.t.Fatal(err)
	}
	s.publishAbout(session, bus.SessionStarted, &eventv1.Session{Session: &bellhopv1.Session{VisitorId: "v", CreatedAt: timestamppb.New(at), Identity: who}})
}

func (s *site) line(session id.Session, sender, content string, at time.Time) {
	s.t.Helper()
	s.publishAbout(session, bus.MessageCreated, &eventv1.MessageCreated{Message: &bellhopv1.Message{
		Id: string(id.NewMessage()), Sender: sender, Content: content, Timestamp: timestamppb.New(at),
	}})
}

func (s *site) stats(from, to time.Time) *sessionsv1.StatsResponse {
	s.t.Helper()
	return must(s.Stats(s.t.Context(), &sessionsv1.StatsRequest{Project: shop, From: timestamppb.New(from), To: timestamppb.New(to)}))(s.t)
}

// settle waits until the projection has all of some sessions.
func (s *site) settle(sessions ...string) {
	s.t.Helper()
	for _, session := range sessions {
		must(s.Get(s.t.Context(), &sessionsv1.GetRequest{Project: shop, SessionId: session}))(s.t)
	}
}

func TestStatsCountWhatTheirDefinitionsSay(t *testing.T) {
	s := newSite(t)
	s.begins("early", noon.AddDate(0, 0, -3), nil) // before the window, and goes on in it
	s.line("early", "visitor", "a", noon.AddDate(0, 0, -3))
	s.line("early", "operator", "b", noon.Add(time.Hour))
	s.begins("quick", noon, nil)
	s.line("quick", "visitor", "a", noon)
	s.line("quick", "operator", "b", noon.Add(10*time.Second))
	s.begins("slow", noon.Add(25*time.Hour), nil)
	s.line("slow", "visitor", "a", noon.Add(25*time.Hour))
	s.line("slow", "ai", "b", noon.Add(25*time.Hour+30*time.Second))
	s.line("slow", "visitor", "c", noon.Add(26*time.Hour))
	s.begins("first", noon.Add(26*time.Hour), nil) // the team speaks first: that answers nothing
	s.line("first", "operator", "hello", noon.Add(26*time.Hour))
	s.begins("late", noon.AddDate(0, 0, 2), nil) // where the window ends
	s.line("late", "visitor", "a", noon.AddDate(0, 0, 2))
	s.publishAbout("early", bus.CsatSubmitted, &eventv1.Csat{Score: 5, At: timestamppb.New(noon.Add(time.Hour))})
	s.publishAbout("quick", bus.CsatSubmitted, &eventv1.Csat{Score: 2, At: timestamppb.New(noon.Add(time.Hour))})
	s.publishAbout("slow", bus.CsatSubmitted, &eventv1.Csat{Score: 4, At: timestamppb.New(noon.AddDate(0, 0, 5))})
	s.settle("early", "quick", "slow", "first", "late")

	got := s.stats(noon, noon.AddDate(0, 0, 2))
	if !slices.Equal(got.GetConversations(), []int64{1, 2}) || got.GetAnswered() != 3 || got.GetUnanswered() != 2 || got.GetSessions() != 5 || got.GetTruncated() {
		t.Errorf("conversations %v", got)
	}
	if got.GetMessages() != 7 {
		t.Errorf("%d messages: one of early, two of quick, three of slow, one of first", got.GetMessages())
	}
	if got.MedianFirstResponse == nil || got.GetMedianFirstResponse() != 20 {
		t.Errorf("median of 10 and 30 s: %v", got.MedianFirstResponse)
	}
	if got.GetRatings() != 2 || got.GetScore() != 7 || got.GetSatisfied() != 1 {
		t.Errorf("ratings %v", got)
	}
	none := s.stats(noon.AddDate(1, 0, 0), noon.AddDate(1, 0, 0).Add(time.Second))
	if len(none.GetConversations()) != 1 || none.GetMessages() != 0 || none.MedianFirstResponse != nil || none.GetUnanswered() != 2 {
		t.Errorf("a window without anything: %v", none)
	}
}

func TestStatsRefuseAWindowThatNobodyCouldMean(t *testing.T) {
	s := newSite(t)
	for name, w := range map[string][2]*timestamppb.Timestamp{
		"backwards": {timestamppb.New(noon), timestamppb.New(noon)}, "400 days and a bit": {timestamppb.New(noon), timestamppb.New(noon.Add(maxWindow + 1))},
		"no instant": {{Nanos: -1}, timestamppb.New(noon)}, "year 10000": {timestamppb.New(noon), {Seconds: 1 << 60}},
	} {
		_, err := s.Stats(t.Context(), &sessionsv1.StatsRequest{Project: shop, From: w[0], To: w[1]})
		if wantCode(t, codes.InvalidArgument, err); err == nil {
			t.Error(name)
		}
	}
	s.stats(noon, noon.Add(maxWindow))
}

func TestListFindsTheUnansweredAndWhatWasSaidByWhom(t *testing.T) {
	s := newSite(t)
	s.begins("asks", noon, map[string]any{"name": "Grace Hopper", "email": "grace@example.com"})
	s.line("asks", "visitor", "where is my PARCEL?", noon)
	s.begins("answered", noon, nil)
	s.line("answered", "visitor", "a", noon)
	s.line("answered", "operator", "b", noon)
	s.begins("closed", noon, nil)
	s.line("closed", "visitor", "a parcel", noon)
	s.publishAbout("closed", bus.SessionClosed, &eventv1.Session{})
	s.settle("asks", "answered", "closed")
	for want, req := range map[string]*sessionsv1.ListRequest{
		"asks": {Unanswered: true}, "asks ": {Query: "hopper"}, "asks  ": {Query: "GRACE@"}, "asks closed": {Query: "parcel"},
		"closed": {Query: "parcel", Status: "closed"}, "": {Query: "nobody said this"}, " ": {Unanswered: true, Status: "closed"},
	} {
		req.Project = shop
		var got []string
		for _, record := range must(s.List(t.Context(), req))(t).GetRecords() {
			got = append(got, record.GetSession().GetId())
		}
		slices.Sort(got)
		if strings.Join(got, " ") != strings.TrimSpace(want) {
			t.Errorf("%v lists %v, want %s", req, got, want)
		}
	}
	first := must(s.List(t.Context(), &sessionsv1.ListRequest{Project: shop, Query: "parcel", Limit: 1}))(t)
	second := must(s.List(t.Context(), &sessionsv1.ListRequest{Project: shop, Query: "parcel", Limit: 1, PageToken: first.GetPageToken()}))(t)
	if len(first.GetRecords()) != 1 || len(second.GetRecords()) != 1 || first.GetRecords()[0].GetSession().GetId() == second.GetRecords()[0].GetSession().GetId() {
		t.Errorf("pages of a search: %v, %v", first, second)
	}
	_, err := s.List(t.Context(), &sessionsv1.ListRequest{Project: shop, Query: strings.Repeat("x", maxQuery+1)})
	wantCode(t, codes.InvalidArgument, err)
}
