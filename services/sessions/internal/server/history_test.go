package server

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

func TestReadThatFollowsAnAcknowledgedWriteSeesIt(t *testing.T) {
	s := newSite(t)
	s.starts()
	for n := range 50 {
		messageID := fmt.Sprint("m", n)
		seq := s.says("visitor", messageID)
		got := s.history(&sessionsv1.HistoryRequest{Limit: 1})
		if !slices.Equal(ids(got.Messages), []string{messageID}) || got.Seq < seq {
			t.Fatalf("after %s at %d: %v", messageID, seq, got)
		}
	}
}

func TestHistoryModes(t *testing.T) {
	s := newSite(t)
	s.starts()
	var seqs []uint64
	for n := range 5 {
		seqs = append(seqs, s.says("visitor", fmt.Sprint("m", n)))
	}
	edited := s.publish(bus.MessageEdited, &eventv1.MessageEdited{MessageId: "m1", Sender: "visitor", Content: "new"})
	far := timestamppb.New(time.Now().Add(time.Hour))
	for name, c := range map[string]struct {
		req  *sessionsv1.HistoryRequest
		want []string
		more bool
	}{
		"newest page":            {&sessionsv1.HistoryRequest{Limit: 2}, []string{"m3", "m4"}, true},
		"all":                    {&sessionsv1.HistoryRequest{}, []string{"m0", "m1", "m2", "m3", "m4"}, false},
		"after a message":        {&sessionsv1.HistoryRequest{Limit: 2, After: &sessionsv1.HistoryRequest_MessageId{MessageId: "m1"}}, []string{"m2", "m3"}, true},
		"after an unknown one":   {&sessionsv1.HistoryRequest{Limit: 2, After: &sessionsv1.HistoryRequest_MessageId{MessageId: "?"}}, []string{"m3", "m4"}, true},
		"changed since ever":     {&sessionsv1.HistoryRequest{Limit: 2, After: &sessionsv1.HistoryRequest_ChangedSince{ChangedSince: timestamppb.New(since)}}, []string{"m3", "m4"}, true},
		"changed in an hour":     {&sessionsv1.HistoryRequest{After: &sessionsv1.HistoryRequest_ChangedSince{ChangedSince: far}}, nil, false},
		"changed after a seq":    {&sessionsv1.HistoryRequest{After: &sessionsv1.HistoryRequest_ChangedAfterSeq{ChangedAfterSeq: seqs[3]}}, []string{"m1", "m4"}, false},
		"changed after all":      {&sessionsv1.HistoryRequest{After: &sessionsv1.HistoryRequest_ChangedAfterSeq{ChangedAfterSeq: edited}}, nil, false},
		"by ids, unknown or not": {&sessionsv1.HistoryRequest{Limit: 1, Ids: []string{"m4", "?", "m0"}}, []string{"m0", "m4"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.history(c.req)
			if !slices.Equal(ids(got.Messages), c.want) || got.HasMore != c.more || got.Seq != edited {
				t.Errorf("messages %v, more %t, seq %d", ids(got.Messages), got.HasMore, got.Seq)
			}
		})
	}
}

func TestHistoryBringsTheQuotedMessagesThatAreNotOnThePage(t *testing.T) {
	s := newSite(t)
	s.starts()
	s.says("visitor", "a")
	s.says("operator", "b", replyTo("a"))
	s.says("operator", "c", replyTo("b"))
	s.says("operator", "d", replyTo("a"))
	got := s.history(&sessionsv1.HistoryRequest{Limit: 3})
	if !slices.Equal(ids(got.Messages), []string{"b", "c", "d"}) || !slices.Equal(ids(got.Quoted), []string{"a"}) {
		t.Errorf("messages %v, quoted %v", ids(got.Messages), ids(got.Quoted))
	}
}

func TestHistoryOfAVisitIsEmptyAndOfNothingNotFound(t *testing.T) {
	s := newSite(t)
	visit := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: shop, VisitorId: "v"}))(t).Record.Session
	got := must(s.History(t.Context(), &sessionsv1.HistoryRequest{Project: shop, SessionId: visit.Id}))(t)
	if len(got.Messages) > 0 || got.Seq != 0 {
		t.Errorf("history of a visit: %v", got)
	}
	_, err := s.History(t.Context(), &sessionsv1.HistoryRequest{Project: shop, SessionId: guest})
	wantCode(t, codes.NotFound, err)
}

func TestListPagesByActivityAndStatus(t *testing.T) {
	s := newSite(t)
	s.starts()
	s.publishAbout("ses_2", bus.SessionStarted, &eventv1.Session{})
	s.publishAbout("ses_2", bus.SessionClosed, &eventv1.Session{By: "Ada"})
	for _, session := range []string{guest, "ses_2"} {
		must(s.Get(t.Context(), &sessionsv1.GetRequest{Project: shop, SessionId: session}))(t)
	}
	var seen []string
	for token := "first"; token != ""; {
		if token == "first" {
			token = ""
		}
		got := must(s.List(t.Context(), &sessionsv1.ListRequest{Project: shop, Limit: 1, PageToken: token}))(t)
		for _, record := range got.Records {
			seen = append(seen, record.Session.Id)
		}
		token = got.PageToken
	}
	slices.Sort(seen)
	if !slices.Equal(seen, []string{"ses_2", guest}) {
		t.Errorf("listed %v", seen)
	}
	got := must(s.List(t.Context(), &sessionsv1.ListRequest{Project: shop, Status: "closed"}))(t)
	if len(got.Records) != 1 || got.Records[0].Session.Id != "ses_2" {
		t.Errorf("closed ones: %v", got)
	}
}
