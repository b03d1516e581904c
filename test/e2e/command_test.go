package e2e

import (
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

func TestCloseClosesAndTheNextMessageReopens(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Says("!close", team.As("Olga"))
		vera.SeesClosed(1)
		room.Shows("Closed by Olga")
		room.Is(team.Closed)
		vera.Says("one more thing")
		room.Shows("one more thing")
		room.Is(team.Open)
		if threads := desk.Threads(vera.name); len(threads) != 1 {
			t.Errorf("%d threads, want the same one", len(threads))
		}
		room.Says("yes?")
		vera.Hears("yes?")
		vera.Shows("hi", "one more thing", "yes?")
	})
}

func TestThreadClosedByHandClosesTheConversation(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		desk.Do(desk.CloseThread(t.Context(), room.ID))
		vera.SeesClosed(1)
		for _, other := range s.others(t, desk) {
			other.Room(vera).Is(team.Closed)
		}
		vera.Says("wait")
		room.Shows("wait")
		room.Is(team.Open)
	}, team.ClosingThreads)
}

// While the notifier waits for the platform, a person closes the thread by hand and the visitor writes: when it looks again, the
// conversation is as open as before, and for the operators the thread is closed.
func TestMessageRightAfterAClosureByHandReopensTheThread(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		room := desk.Room(vera)
		room.Shows("hi")
		vera.SeesStatus(hi.ID, "delivered")
		slow := desk.Disturb(team.Trouble{With: team.Posting, Thread: room.ID, Hang: true, Times: 1})
		defer slow.End()
		vera.Says("one more thing")
		room.Waits("the notifier to wait", func() bool { return slow.Hits() == 1 })
		desk.Do(desk.CloseThread(t.Context(), room.ID))
		vera.SeesClosed(1)
		last := vera.Says("wait")
		slow.End()
		room.Shows("wait")
		vera.SeesStatus(last.ID, "delivered")
		room.Is(team.Open)
	}, team.ClosingThreads)
}

// The platform's answer is lost, the operator has the message nevertheless, and replies before the notifier has reported anything.
func TestStatusNeverGoesBack(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		room := desk.Room(vera)
		room.Shows("hi")
		vera.SeesStatus(hi.ID, "delivered")
		desk.Disturb(team.Trouble{With: team.Posting, Thread: room.ID, Unanswered: true, Times: 1})
		question := vera.Says("a question")
		room.Shows("a question")
		room.Says("an answer")
		vera.SeesStatus(question.ID, "read")
		next := vera.Says("the next") // it is delivered after the question, whose second try has then been reported
		room.Shows("the next")
		vera.SeesStatus(next.ID, "delivered")
		if n := vera.Page().Counts().Regressions; n > 0 {
			t.Errorf("%d statuses went back; %s", n, vera.Page())
		}
		vera.SeesStatus(question.ID, "read")
	})
}

func TestTicks(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		if hi.Status != "sent" && hi.Status != "delivered" {
			t.Errorf("right after sending the status is %q", hi.Status)
		}
		vera.SeesStatus(hi.ID, "delivered")
		room := desk.Room(vera)
		room.Says("!read")
		if read := vera.SeesStatus(hi.ID, "read"); read.ReadAt.IsZero() {
			t.Error("a read message without the time of it")
		}
		room.Says("hello")
		heard := vera.Hears("hello")
		if n, err := vera.Read(t.Context(), heard.ID); err != nil || n != 1 {
			t.Errorf("read receipts: %d, %v; want 1", n, err)
		}
		if n, err := vera.Read(t.Context(), heard.ID); err != nil || n != 0 {
			t.Errorf("the same receipt again: %d, %v; want 0", n, err)
		}
		if n, err := vera.Read(t.Context(), hi.ID); err != nil || n != 0 {
			t.Errorf("ticks on his own message: %d, %v; want 0", n, err)
		}
		vera.SeesStatus(heard.ID, "read")
		vera.InOrder()
	})
}

func TestDeletedThreadIsOpenedAnew(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		old := desk.Room(vera)
		old.Shows("hi")
		vera.SeesStatus(hi.ID, "delivered")
		desk.Do(desk.DeleteThread(t.Context(), old.ID))
		desk.Waits("Bellhop to be told, where there is a way", desk.Told)
		said := vera.Says("still there?")
		room := desk.Room(vera)
		if room.ID == old.ID {
			t.Fatal("the deleted thread is still used")
		}
		room.Shows("still there?")
		vera.SeesStatus(said.ID, "delivered")
		room.Says("of course")
		vera.Hears("of course")
		vera.Shows("hi", "still there?", "of course")
		if threads := desk.Threads(vera.name); len(threads) != 1 {
			t.Errorf("%d threads, want one", len(threads))
		}
		for _, other := range s.others(t, desk) {
			other.Room(vera).Shows("of course")
		}
	})
}
