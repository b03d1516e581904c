package server

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// called is a visitor who is said to be somebody, or proven to be.
func called(visitor, identity string, verified bool) *bellhopv1.Session {
	return &bellhopv1.Session{VisitorId: visitor, IdentityVerified: verified, Identity: &structpb.Struct{Fields: map[string]*structpb.Value{"id": structpb.NewStringValue(identity)}}}
}

// converses begins a session in which something is written, unless words is empty.
func (s *site) converses(session id.Session, who *bellhopv1.Session, words string) {
	s.t.Helper()
	s.publishAbout(session, bus.SessionStarted, &eventv1.Session{Session: who})
	if words != "" {
		s.publishAbout(session, bus.MessageCreated, &eventv1.MessageCreated{VisitorId: who.VisitorId, Message: &bellhopv1.Message{Id: "m-" + string(session), Sender: "visitor", Content: words}})
	}
}

// comes asks as a browser of that visitor does, with what it has proven.
func (s *site) comes(visitor, session, proven string) *sessionsv1.OpenResponse {
	s.t.Helper()
	req := &sessionsv1.OpenRequest{Project: shop, VisitorId: visitor, SessionId: session, Identity: proven, Messages: 10}
	if proven != "" {
		req.Visit = called(visitor, proven, true)
	}
	return must(s.Open(s.t.Context(), req))(s.t)
}

func TestProvenIdentityFindsItsConversationFromAnotherDevice(t *testing.T) {
	s := newSite(t)
	s.converses("ses_old", called("laptop", "ada", true), "hello")
	s.converses("ses_new", called("laptop", "ada", true), "again")
	s.converses("ses_silent", called("tablet", "ada", true), "")
	s.converses("ses_claim", called("thief", "ada", false), "I am Ada")
	got := s.comes("phone", "", "ada")
	if !got.Resumed || got.Record.Session.Id != "ses_new" || got.Record.Session.VisitorId != "laptop" || len(got.Messages) != 1 || got.Messages[0].Message.Content != "again" {
		t.Fatalf("the phone got %v", got)
	}
	for name, c := range map[string]struct{ visitor, session, proven string }{
		"an empty page of the same":        {"tablet", "ses_silent", "ada"},
		"with the session, as another":     {"phone", "ses_new", "ada"},
		"with a session that is not there": {"phone", "ses_gone", "ada"},
	} {
		if got := s.comes(c.visitor, c.session, c.proven); got.Record.Session.Id != "ses_new" {
			t.Errorf("%s: %v", name, got)
		}
	}
	s.publishAbout("ses_old", bus.MessageCreated, &eventv1.MessageCreated{Message: &bellhopv1.Message{Id: "late", Sender: "operator", Content: "still there?"}})
	if got := s.comes("phone", "", "ada"); got.Record.Session.Id != "ses_old" {
		t.Errorf("after the other went on: %v", got)
	}
}

func TestWithoutProofNobodyGetsAnothersConversation(t *testing.T) {
	s := newSite(t)
	s.converses("ses_ada", called("laptop", "ada", true), "secret")
	for name, c := range map[string]struct{ visitor, session, proven string }{
		"another proof":                  {"phone", "", "eve"},
		"another proof and the session":  {"phone", "ses_ada", "eve"},
		"another proof in her browser":   {"laptop", "ses_ada", "eve"},
		"no proof, and the session":      {"phone", "ses_ada", ""},
		"no proof, and her visitor's id": {"laptop", "", ""},
	} {
		got := s.comes(c.visitor, c.session, c.proven)
		if got.Resumed || got.Record.Session.Id == "ses_ada" || len(got.Messages) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	elsewhere := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: "other", VisitorId: "phone", Identity: "ada"}))(t)
	if elsewhere.Resumed {
		t.Errorf("another project got %v", elsewhere)
	}
	if got := s.comes("laptop", "ses_ada", ""); got.Record.Session.Id != "ses_ada" {
		t.Errorf("her own browser got %v", got)
	}
}

func TestBrowserStaysInTheConversationThatItsVisitorHasBegun(t *testing.T) {
	s := newSite(t)
	s.converses("ses_ada", called("laptop", "ada", true), "hello")
	s.converses("ses_phone", &bellhopv1.Session{VisitorId: "phone"}, "I have not signed in yet")
	if got := s.comes("phone", "ses_phone", "ada"); got.Record.Session.Id != "ses_phone" {
		t.Errorf("it was taken from what was just written: %v", got)
	}
	s.converses("ses_eve", called("shared", "eve", false), "I am Eve")
	if got := s.comes("shared", "ses_eve", "ada"); got.Record.Session.Id != "ses_ada" {
		t.Errorf("she got what another has written: %v", got)
	}
	if got := s.comes("shared", "ses_eve", "bob"); got.Resumed {
		t.Errorf("he got what another has written: %v", got)
	}
}

func TestVisitKeepsWhatIsProvenOfItsVisitor(t *testing.T) {
	s := newSite(t)
	first := s.comes("v", "", "ada").Record
	if !first.Visit || !first.Session.IdentityVerified {
		t.Fatalf("visit is %v", first)
	}
	claim := must(s.Open(t.Context(), &sessionsv1.OpenRequest{Project: shop, VisitorId: "v", SessionId: first.Session.Id, Visit: called("v", "eve", false)}))(t)
	if claim.Record.Session.Identity.Fields["id"].GetStringValue() != "ada" || !claim.Record.Session.IdentityVerified {
		t.Errorf("a word has replaced the proof: %v", claim)
	}
	if other := s.comes("v", first.Session.Id, "eve"); other.Record.Session.Id == first.Session.Id {
		t.Errorf("another's proof took the visit over: %v", other)
	}
}

func TestErasedConversationIsFoundByNoProof(t *testing.T) {
	s := newSite(t)
	s.converses("ses_ada", called("laptop", "ada", true), "hello")
	s.converses("ses_older", called("laptop", "ada", true), "")
	s.publishAbout("ses_ada", bus.SessionErased, &eventv1.Session{Session: &bellhopv1.Session{Id: "ses_ada"}, Reason: "request"})
	if got := s.comes("phone", "", "ada"); got.Record.Session.Id != "ses_older" || len(got.Messages) > 0 {
		t.Errorf("she got %v", got)
	}
}

func TestIdentityIsFoundAgainWhenTheStoreHasLostEverything(t *testing.T) {
	s := newSite(t)
	s.converses("ses_ada", called("laptop", "ada", true), "hello")
	s.comes("phone", "", "ada")
	if err := s.store.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(patience)
	for got := s.comes("phone", "", "ada"); !got.Resumed; got = s.comes("phone", "", "ada") {
		if time.Now().After(deadline) {
			t.Fatalf("she got %v", got)
		}
	}
}
