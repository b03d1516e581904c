package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestReconnectingSocketGetsWhatItMissed(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		first := vera.Says("hi")
		room := desk.Room(vera)
		room.Says("hello")
		vera.Hears("hello")
		vera.GoesOffline()
		want := []string{"hi", "hello"}
		for i := range 5 {
			text := fmt.Sprintf("while you were away %d", i)
			room.Says(text)
			want = append(want, text)
		}
		other := vera.Tab() // it is stored when somebody else sees it
		other.Hears("while you were away 4")
		other.Edits(first.ID, "hi!")
		vera.ComesBack()
		vera.Hears("while you were away 4")
		vera.SeesEdited(first.ID, "hi!")
		want[0] = "hi!"
		vera.Shows(want...)
		room.Says("and live again")
		vera.Hears("and live again")
	})
}

func TestPollingPageSeesEverything(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t, func(o *visitor.Options) {
		o.Polling, o.Reconnect = true, visitor.Reconnect{Poll: 40 * time.Millisecond}
	})
	hi := vera.Says("hi")
	room := s.at(t, team.Telegram).Room(vera)
	vera.SeesStatus(hi.ID, "delivered")
	for i := range 60 { // more than a page of history
		vera.Says(fmt.Sprintf("line %d", i))
	}
	said := room.Says("hello")
	heard := vera.Hears("hello")
	said.IsTakenBack()
	vera.SeesDeleted(heard.ID)
}

func TestSecondTabSeesEverything(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		before := vera.Says("before the second tab")
		tab := vera.Tab()
		if tab.SessionID() != vera.SessionID() {
			t.Fatalf("the second tab has session %s, want %s", tab.SessionID(), vera.SessionID())
		}
		tab.Sees("before the second tab")
		said := vera.Says("from the first")
		tab.Sees("from the first")
		tab.Says("from the second")
		vera.Sees("from the second")
		room := desk.Room(vera)
		vera.SeesStatus(said.ID, "delivered")
		room.Says("for both")
		for _, page := range []*visitor.Visitor{vera.Visitor, tab} {
			page.Hears("for both")
			page.SeesStatus(said.ID, "read")
		}
		vera.Edits(said.ID, "corrected")
		tab.SeesEdited(said.ID, "corrected")
		tab.Deletes(before.ID)
		vera.SeesDeleted(before.ID)
		want := []string{"", "corrected", "from the second", "for both"}
		vera.Shows(want...)
		tab.SeesDeleted(before.ID)
		tab.Shows(want...)
	})
}

func TestHistoryIsReadPageByPage(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	var said []string
	var first visitor.Message
	for i := range 130 {
		m := vera.Says(fmt.Sprintf("line %03d", i))
		if i == 0 {
			first = m
		}
		said = append(said, m.Content)
	}
	newest, more, err := vera.History(t.Context(), "", 0)
	if err != nil || len(newest) != 50 || newest[49].Content != "line 129" || !more {
		t.Fatalf("the newest page has %d messages, more %v, %v", len(newest), more, err)
	}
	rest, err := vera.Everything(t.Context(), first.ID)
	if err != nil || len(rest) != 129 {
		t.Fatalf("%d messages after the first, %v; want 129", len(rest), err)
	}
	for i, m := range rest {
		if m.Content != said[i+1] {
			t.Fatalf("message %d is %q, want %q", i+1, m.Content, said[i+1])
		}
	}
	if connected := vera.Tab(); len(connected.Page().Messages()) != 100 {
		t.Errorf("a new tab is shown %d messages, want the newest 100", len(connected.Page().Messages()))
	}
}

func TestTypingIsShownToTheTeam(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	for _, room := range s.rooms(t, vera) {
		room.Shows("hi")
		vera.eventually("typing in "+room.Label(), func() bool { // a signal may be lost; a widget sends one with every keystroke
			if err := vera.Types(t.Context()); err != nil {
				t.Fatal(err)
			}
			return room.Thread(room.ID).Typing
		})
	}
	if vera.Page().Typing() {
		t.Error("the visitor is shown his own typing")
	}
}
