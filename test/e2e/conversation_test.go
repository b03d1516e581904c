package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestConversationGoesBothWays(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		room := desk.Room(vera)
		vera.SeesStatus(hi.ID, "delivered")
		room.Shows("hi").Reply("hello", team.As("Olga"))
		if heard := vera.Hears("hello"); heard.OperatorName != "Olga" || heard.Sender != "operator" {
			t.Errorf("heard %v from %q, want it from Olga", heard, heard.OperatorName)
		}
		vera.SeesStatus(hi.ID, "read")
		want := []string{"hi", "hello"}
		for i := range 5 {
			question, answer := fmt.Sprintf("question %d", i), fmt.Sprintf("answer %d", i)
			vera.SeesStatus(vera.Says(question).ID, "delivered")
			room.Shows(question)
			room.Says(answer)
			vera.Hears(answer)
			want = append(want, question, answer)
		}
		vera.Shows(want...)
		for i, m := range vera.Remembers() {
			if m.Content != want[i] {
				t.Errorf("message %d of the history is %q, want %q", i, m.Content, want[i])
			}
		}
	})
}

func TestPageViewOpensNoThread(t *testing.T) {
	s := usual(t)
	looker := s.arrives(t)
	looker.Connects()
	looker.Tab()
	// Whatever looking leads to would have come before what somebody says later.
	speaker := s.arrives(t)
	speaker.Says("hi")
	for name, room := range s.rooms(t, speaker) {
		if threads := room.Threads(looker.name); len(threads) > 0 {
			t.Errorf("looking opened %d threads in %s", len(threads), name)
		}
	}
	if seq, err := s.bus.LastSeq(visitor.Within(t), id.Default, id.Session(looker.SessionID())); err != nil || seq != 0 {
		t.Errorf("looking left event %d on the bus (%v), want none", seq, err)
	}
}

func TestThreadIsOpenedForWhoeverComesWhereTheTeamWantsThat(t *testing.T) {
	t.Parallel()
	s := own(t, setup{connect: true})
	looker := s.arrives(t)
	for _, room := range s.rooms(t, looker) {
		room.Shows("shop.example/cart")
	}
	looker.Says("hi")
	for name, room := range s.rooms(t, looker) {
		room.Shows("hi")
		if threads := room.Threads(looker.name); len(threads) != 1 {
			t.Errorf("%d threads in %s, want one", len(threads), name)
		}
	}
}

func TestFirstMessageOpensOneThreadWithCardAndText(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("where is my parcel?")
		vera.Says("and my change?")
		room := desk.Room(vera)
		room.Shows("where is my parcel?")
		room.Shows("and my change?")
		first := room.Standing()[0]
		for _, detail := range []string{vera.name, "shop.example/cart", "example.com", "de"} {
			if !strings.Contains(first.Text, detail) {
				t.Errorf("the card does not tell %q:\n%s", detail, first.Text)
			}
		}
		if strings.Contains(room.Text(), vera.SessionID()) {
			t.Error("the thread shows the session's id, which opens the conversation to whoever knows it")
		}
		if threads := desk.Threads(vera.name); len(threads) != 1 {
			t.Errorf("%d threads were opened, want one", len(threads))
		}
		if n := room.Count("where is my parcel?"); n != 1 {
			t.Errorf("the first message is shown %d times", n)
		}
		for _, p := range room.Posts(room.ID) {
			if len(p.Notified) > 0 {
				t.Errorf("%q pinged %v", p.Text, p.Notified)
			}
		}
	})
}

func TestOperatorsTextArrivesAsTyped(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		for _, text := range []string{
			"<b>not bold</b> & \"quoted\"", "a < b && c > d; 5 &lt; 6 &amp; 7", "a\nb\n\nc", "!important: this is no command", "see https://shop.example/a_b?c=1&d=2",
			"🙂 ok", "Ünïcödé 漢字",
		} {
			room.Says(text)
			vera.Hears(text)
		}
		if vera.Page().Counts().Doubles > 0 {
			t.Error("the page dropped a message as a duplicate")
		}
	})
}
