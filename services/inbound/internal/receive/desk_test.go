package receive_test

import (
	"errors"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive/receivetest"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

func at(thread string) receive.Thread {
	return receive.Thread{Project: id.Default, Platform: "telegram", Chat: "-100", Thread: thread}
}

func TestThreadsAndCopiesAreFound(t *testing.T) {
	sessions := &receivetest.Sessions{}
	desk := &receive.Desk{Sessions: sessionsv1.NewSessionsClient(sessions.Serve(t))}
	sessions.Begin("default", "-100", "1", "ses_ana", "m1")
	sessions.Begin("default", "-100", "2", "ses_ben")
	sessions.Show("default", "-100", "1", "11", &bellhopv1.Message{Id: "m1"})
	sessions.Show("default", "-100", "2", "22", &bellhopv1.Message{Id: "m2"})

	c, err := desk.Find(t.Context(), at("1"))
	if err != nil || c.Session != "ses_ana" || c.VisitorID() != "visitor-of-ses_ana" || len(c.Unread) != 1 || c.Closed() {
		t.Fatalf("%+v, %v", c, err)
	}
	for copied, want := range map[string]string{"11": "m1", "22": "", "33": ""} { // ours, another conversation's, nobody's
		if record, err := desk.Shown(t.Context(), c, copied); err != nil || record.GetMessage().GetId() != want {
			t.Errorf("%s shows %v, %v", copied, record, err)
		}
	}
	if _, err := desk.Find(t.Context(), at("3")); !errors.Is(err, receive.ErrNobodys) || receive.Temporary(err) {
		t.Errorf("a thread of nobody: %v", err)
	}
	sessions.SetAway(true)
	if _, err := desk.Find(t.Context(), at("1")); !receive.Temporary(err) {
		t.Errorf("a service that is away: %v", err)
	}
	if _, err := desk.Shown(t.Context(), c, "11"); !receive.Temporary(err) {
		t.Errorf("a service that is away: %v", err)
	}
}

func TestConversationWithAnImpossibleIDIsNoReasonToTryAgain(t *testing.T) {
	sessions := &receivetest.Sessions{}
	desk := &receive.Desk{Sessions: sessionsv1.NewSessionsClient(sessions.Serve(t))}
	sessions.Begin("default", "-100", "1", "all")
	if _, err := desk.Find(t.Context(), at("1")); !errors.Is(err, id.ErrMalformed) || receive.Temporary(err) {
		t.Fatalf("%v", err)
	}
}

func TestStoreReturnsOnceTheBusHasIt(t *testing.T) {
	b := bustest.New(t)
	desk := &receive.Desk{Bus: b}
	c := &receive.Conversation{Thread: at("1"), Session: "ses_ana", Unread: []string{"m1"}}
	o := receive.Occasion{EventID: "telegram:1"}
	if err := desk.Store(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := desk.Store(t.Context(), c.Said(o, receive.Words{MessageID: "telegram:9", Content: "x"})...); err != nil {
			t.Fatal(err)
		}
	}
	var stored []bus.Type
	if err := b.Replay(t.Context(), 1, bus.Filter{}, func(ev bus.Event) error { stored = append(stored, ev.Type); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(stored) != 2 || stored[0] != bus.MessageCreated || stored[1] != bus.MessageRead {
		t.Fatalf("%v", stored)
	}
	b.Close()
	if err := desk.Store(t.Context(), c.Close(o)...); !receive.Temporary(err) {
		t.Fatalf("a bus that is away: %v", err)
	}
}
