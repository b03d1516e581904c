package server

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func page(url string) *bellhopv1.Session {
	return &bellhopv1.Session{Metadata: &structpb.Struct{Fields: map[string]*structpb.Value{"url": structpb.NewStringValue(url)}}}
}

func TestVisitIsResumedByItsVisitorOnly(t *testing.T) {
	s := newSite(t)
	first := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: shop, VisitorId: "v", Visit: page("a")}))(t)
	visit := first.Record.Session
	if first.Resumed || !first.Record.Visit || !strings.HasPrefix(visit.Id, "ses_") || visit.VisitorId != "v" {
		t.Fatalf("first visit: %v", first)
	}
	again := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: shop, VisitorId: "v", SessionId: visit.Id, Visit: page("b")}))(t)
	if !again.Resumed || again.Record.Session.Id != visit.Id {
		t.Errorf("second page view: %v", again)
	}
	kept := must(s.Get(t.Context(), &sessionsv1.GetRequest{Project: shop, SessionId: visit.Id}))(t)
	if url := kept.Session.Metadata.Fields["url"].GetStringValue(); url != "b" || !kept.Visit {
		t.Errorf("kept visit: %v", kept)
	}
	stranger := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: shop, VisitorId: "w", SessionId: visit.Id}))(t)
	if stranger.Resumed || stranger.Record.Session.Id == visit.Id || stranger.Record.Session.Metadata != nil {
		t.Errorf("another visitor got %v", stranger)
	}
	elsewhere := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: "other", VisitorId: "v", SessionId: visit.Id}))(t)
	if elsewhere.Resumed {
		t.Errorf("another project got %v", elsewhere)
	}
}

func TestSessionIDThatNobodyKnowsIsNotTakenOver(t *testing.T) {
	s := newSite(t)
	got := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: shop, VisitorId: "v", SessionId: "ses_chosen"}))(t)
	if got.Resumed || got.Record.Session.Id == "ses_chosen" {
		t.Errorf("answer is %v", got)
	}
}

func TestSessionIsResumedWithItsNewestMessages(t *testing.T) {
	s := newSite(t)
	s.starts()
	for _, messageID := range []string{"a", "b", "c"} {
		s.says("visitor", messageID)
	}
	s.publishAbout(id.Everyone, bus.OperatorStatus, &eventv1.OperatorStatus{OperatorId: "o", Online: true})
	must(s.Operators(t.Context(), &sessionsv1.OperatorsRequest{Project: shop}))(t)
	got := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: shop, VisitorId: "v", SessionId: guest, Messages: 2}))(t)
	if !got.Resumed || got.Record.Visit || !got.OperatorOnline || !slices.Equal(ids(got.Messages), []string{"b", "c"}) {
		t.Errorf("answer is %v", got)
	}
	stranger := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: shop, VisitorId: "w", SessionId: guest, Messages: 2}))(t)
	if stranger.Resumed || len(stranger.Messages) > 0 {
		t.Errorf("another visitor got %v", stranger)
	}
}

func TestFirstWordTurnsAVisitIntoASession(t *testing.T) {
	s := newSite(t)
	visit := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: shop, VisitorId: "v"}))(t).Record.Session
	s.publishAbout(id.Session(visit.Id), bus.SessionStarted, &eventv1.Session{Session: visit})
	got := must(s.Get(t.Context(), &sessionsv1.GetRequest{Project: shop, SessionId: visit.Id}))(t)
	if got.Visit || got.Session.VisitorId != "v" {
		t.Errorf("answer is %v", got)
	}
}

func TestGetOfNeitherSessionNorVisitIsNotFound(t *testing.T) {
	s := newSite(t)
	_, err := s.Get(t.Context(), &sessionsv1.GetRequest{Project: shop, SessionId: guest})
	wantCode(t, codes.NotFound, err)
	s.starts()
	must(s.Get(t.Context(), &sessionsv1.GetRequest{Project: shop, SessionId: guest}))(t)
	_, err = s.Get(t.Context(), &sessionsv1.GetRequest{Project: "other", SessionId: guest})
	wantCode(t, codes.NotFound, err)
}

func TestOperatorsAnswersWhatWasJustPublished(t *testing.T) {
	s := newSite(t)
	for _, online := range []bool{true, false, true} {
		s.publishAbout(id.Everyone, bus.OperatorStatus, &eventv1.OperatorStatus{OperatorId: "o", Online: online})
		got := must(s.Operators(t.Context(), &sessionsv1.OperatorsRequest{Project: shop}))(t)
		if got.Online != online || len(got.Operators) != 1 {
			t.Errorf("online %t: %v", online, got)
		}
	}
	if got := must(s.Operators(t.Context(), &sessionsv1.OperatorsRequest{Project: "other"}))(t); got.Online {
		t.Errorf("another project sees %v", got)
	}
}
