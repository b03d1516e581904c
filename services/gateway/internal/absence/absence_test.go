package absence_test

import (
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// lefts are what the bus says of a visitor's leaving.
func lefts(s *gatewaytest.Site, session string) (all []*eventv1.Session) {
	for _, ev := range s.Events(session) {
		if data, ok := ev.Data.(*eventv1.Session); ok && ev.Type == bus.SessionLeft {
			all = append(all, data)
		}
	}
	return all
}

// beacon says that a page is left.
func beacon(s *gatewaytest.Site, session string) {
	s.Helper()
	got := s.Call("POST", "/disconnect", `{"sessionId":"`+session+`","duration":61.9,"reason":"page_unload"}`, "Content-Type", "text/plain")
	if got.Status != 200 || got.Body["ok"] != true {
		s.Fatalf("disconnect answered %d %s", got.Status, got.Raw)
	}
}

// leaves waits until the bus says that a visitor has left.
func leaves(t *testing.T, s *gatewaytest.Site, session string) *eventv1.Session {
	t.Helper()
	bustest.Until(t, "the visitor has left", func() bool { return len(lefts(s, session)) > 0 })
	return lefts(s, session)[0]
}

func start(t *testing.T) (*gatewaytest.Site, string) {
	t.Helper()
	s := gatewaytest.Start(t, gatewaytest.WithShortLeaving)
	session := s.Visit("v")
	s.Say(session, "hi")
	return s, session
}

func TestVisitorWhosePageSaysSoHasLeft(t *testing.T) {
	t.Parallel()
	s, session := start(t)
	tab := s.Dial(session)
	tab.Hear("message")
	beacon(s, session)
	_ = tab.Close()
	left := leaves(t, s, session)
	if left.GetDuration() != 61 || left.GetReason() != "page_unload" || left.GetPlatform() != "widget" || left.GetSession().GetId() != session {
		t.Errorf("left as %v", left)
	}
}

func TestVisitorWhoseLastSocketClosesHasLeft(t *testing.T) {
	t.Parallel()
	s, session := start(t)
	for _, tab := range []*gatewaytest.Socket{s.Dial(session), s.Dial(session)} {
		tab.Hear("message")
		_ = tab.Close()
	}
	if left := leaves(t, s, session); left.GetReason() != "closed" {
		t.Errorf("left as %v", left)
	}
}

func TestVisitorWhoIsBackOrStillThereHasNotLeft(t *testing.T) {
	t.Parallel()
	s, back := start(t)
	beside := s.Beside(gatewaytest.WithShortLeaving)
	elsewhere, twice, polls := s.Visit("w"), s.Visit("x"), s.Visit("y")
	for _, session := range []string{elsewhere, twice, polls} {
		s.Say(session, "hi")
	}
	there := s.Dial(twice) // another tab stays
	for _, session := range []string{back, elsewhere, twice} {
		tab := s.Dial(session)
		tab.Hear("message")
		beacon(s, session)
		_ = tab.Close()
	}
	beacon(s, polls)
	s.Dial(back).Hear("message")
	beside.Dial(elsewhere).Hear("message")
	gone := s.Visit("z")
	s.Say(gone, "hi")
	beacon(s, gone)
	bustest.Until(t, "one who left later has left", func() bool {
		s.Call("GET", "/messages?sessionId="+polls, nil)
		return len(lefts(s, gone)) > 0
	})
	for name, session := range map[string]string{"back": back, "back elsewhere": elsewhere, "in another tab": twice, "polling": polls} {
		if all := lefts(s, session); len(all) > 0 {
			t.Errorf("who is %s has left: %v", name, all)
		}
	}
	_ = there.Close()
	leaves(t, s, twice)
}

func TestTwoGatewaysSayOnceThatAVisitorHasLeft(t *testing.T) {
	t.Parallel()
	s, session := start(t)
	beside := s.Beside(gatewaytest.WithShortLeaving)
	tab := beside.Dial(session)
	tab.Hear("message")
	beacon(s, session) // the beacon and the socket end at different gateways
	_ = tab.Close()
	if left := leaves(t, s, session); left.GetReason() != "page_unload" || left.GetDuration() != 61 {
		t.Errorf("left as %v", left)
	}
	// Whoever else would say so does it before one who leaves now.
	later := s.Visit("w")
	s.Say(later, "hi")
	beacon(beside, later)
	leaves(t, s, later)
	if all := lefts(s, session); len(all) != 1 {
		t.Errorf("left %d times: %v", len(all), all)
	}
	// Each leaving is one.
	tab = s.Dial(session)
	tab.Hear("message")
	_ = tab.Close()
	bustest.Until(t, "he has left again", func() bool { return len(lefts(s, session)) == 2 })
}

func TestNobodyIsToldOfOneWhoOnlyLookedOrIsRefusedOrIsDoneWith(t *testing.T) {
	t.Parallel()
	s, blocked := start(t)
	looked, closed, gone := s.Visit("w"), s.Visit("x"), s.Visit("y")
	for _, session := range []string{closed, gone} {
		s.Say(session, "hi")
	}
	s.Publish(bus.Event{
		ID: string(id.NewMessage()), Type: bus.SessionBlocked, Project: id.Default, Session: id.Session(blocked), Source: "inbound",
		Time: time.Now(), Data: &eventv1.Switch{SessionId: blocked, On: true},
	}, bus.Event{
		ID: string(id.NewMessage()), Type: bus.SessionClosed, Project: id.Default, Session: id.Session(closed), Source: "inbound",
		Time: time.Now(), Data: &eventv1.Session{By: "Ada"},
	})
	tab := s.Dial(looked)
	_ = tab.Close()
	for _, session := range []string{looked, blocked, closed, gone} {
		beacon(s, session)
	}
	leaves(t, s, gone)
	for name, session := range map[string]string{"looked": looked, "blocked": blocked, "closed": closed} {
		if all := lefts(s, session); len(all) > 0 {
			t.Errorf("%s: %v", name, all)
		}
	}
}

func TestGatewayThatStopsForgetsWhoWasLeaving(t *testing.T) {
	t.Parallel()
	s, session := start(t)
	tab := s.Dial(session)
	tab.Hear("message")
	beacon(s, session)
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if all := lefts(s, session); len(all) > 0 {
		t.Errorf("left: %v", all)
	}
}
