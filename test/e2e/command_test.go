package e2e

import (
	"net/http"
	"testing"

	"github.com/bellhop-chat/bellhop/test/forum"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestCloseClosesAndTheNextMessageReopens(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("hi")
		operators := s.operators(t)
		topic := operators.Topic(vera)
		topic.Reply("/close", telegram.As("Olga"))
		vera.SeesClosed(1)
		topic.Shows("Closed by Olga")
		topic.Is(telegram.TopicClosed)
		vera.Says("one more thing")
		topic.Shows("one more thing")
		topic.Is(telegram.TopicOpen)
		if topics := forum.Of(s.telegram.State(), vera.name); len(topics) != 1 {
			t.Errorf("%d topics, want the same one", len(topics))
		}
		topic.Reply("yes?")
		vera.Hears("yes?")
		vera.Shows("hi", "one more thing", "yes?")
	})
}

func TestTopicClosedByHandClosesTheConversation(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	topic.do(s.telegram.CloseTopic(t.Context(), topic.id))
	vera.SeesClosed(1)
	vera.Says("wait")
	topic.Shows("wait")
	topic.Is(telegram.TopicOpen)
}

// While the notifier waits for Telegram, a person closes the topic by hand and the visitor writes: when it looks again, the
// conversation is as open as before, and for the operators the topic is closed.
func TestMessageRightAfterAClosureByHandReopensTheTopic(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	hi := vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	vera.SeesStatus(hi.ID, "delivered")
	slow := s.telegram.Fault(telegram.Fault{Method: "sendMessage", TopicID: topic.id, Hang: true, Times: 1})
	defer s.telegram.ClearFaults()
	vera.Says("one more thing")
	topic.waits("the notifier to wait", func(telegram.State) bool { return s.telegram.Faults()[0].Hits == 1 })
	topic.do(s.telegram.CloseTopic(t.Context(), topic.id))
	vera.SeesClosed(1)
	last := vera.Says("wait")
	s.telegram.Release(slow)
	topic.Shows("wait")
	vera.SeesStatus(last.ID, "delivered")
	topic.Is(telegram.TopicOpen)
}

// Telegram's answer is lost, the operator has the message nevertheless, and replies before the notifier has reported anything.
func TestStatusNeverGoesBack(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	hi := vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	vera.SeesStatus(hi.ID, "delivered")
	s.telegram.Fault(telegram.Fault{Method: "sendMessage", TopicID: topic.id, Status: http.StatusBadGateway, AfterEffect: true, Times: 1})
	defer s.telegram.ClearFaults()
	question := vera.Says("a question")
	topic.Shows("a question")
	topic.Reply("an answer")
	vera.SeesStatus(question.ID, "read")
	next := vera.Says("the next") // it is delivered after the question, whose second try has then been reported
	vera.SeesStatus(next.ID, "delivered")
	if n := vera.Page().Counts().Regressions; n > 0 {
		t.Errorf("%d statuses went back; %s", n, vera.Page())
	}
	vera.SeesStatus(question.ID, "read")
}

func TestTicks(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		if hi.Status != "sent" && hi.Status != "delivered" {
			t.Errorf("right after sending the status is %q", hi.Status)
		}
		vera.SeesStatus(hi.ID, "delivered")
		topic := s.operators(t).Topic(vera)
		topic.Reply("/read")
		if read := vera.SeesStatus(hi.ID, "read"); read.ReadAt.IsZero() {
			t.Error("a read message without the time of it")
		}
		topic.Reply("hello")
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

func TestSameUpdateTwiceShowsOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("hi")
		topic := s.operators(t).Topic(vera)
		s.telegram.DisturbDelivery(telegram.DeliveryFault{Kind: "message", Times: 1, Duplicate: 2})
		defer s.telegram.ClearFaults()
		topic.Reply("once")
		vera.Hears("once")
		// The simulator keeps the order of a chat, so the copies have come before the next.
		topic.Reply("next")
		vera.Hears("next")
		vera.Shows("hi", "once", "next")
		if history := vera.Remembers(); len(history) != 3 {
			t.Errorf("the history has %d messages: %v", len(history), history)
		}
		if doubles := vera.Page().Counts().Doubles; doubles > 0 {
			t.Errorf("%d copies reached the page under another id", doubles)
		}
	})
}

func TestUpdateWhoseAnswerWasLostShowsOnce(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	s.telegram.DisturbDelivery(telegram.DeliveryFault{Kind: "message", Times: 1, DropAck: true})
	defer s.telegram.ClearFaults()
	topic.Reply("once")
	topic.Reply("next")
	vera.Hears("next")
	vera.Shows("hi", "once", "next")
}

func TestWhatIsForTheTeamStaysWithTheTeam(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("hi")
		topic := s.operators(t).Topic(vera)
		for _, text := range []string{
			"/colse", "/unknown thing", "/help@bellhop_bot", "/help@another_bot", "//he is rude", "/note he is rude", "!note he is rude",
			"/info", "@bellhop_bot help", "/", "  /note with spaces before", "\u200b/note with something unseen before",
		} {
			topic.Reply(text)
		}
		_, err := s.telegram.Say(t.Context(), topic.id, "I am a bot", telegram.AsBot("Spammer"))
		topic.do(err)
		_, err = s.telegram.Say(t.Context(), 0, "in General")
		topic.do(err)
		topic.Reply("this is for you")
		vera.Hears("this is for you")
		vera.Shows("hi", "this is for you")
		if history := vera.Remembers(); len(history) != 2 {
			t.Errorf("the history has %v", history)
		}
		if vera.Page().Closed() > 0 {
			t.Error("a typo closed the conversation")
		}
	})
}

func TestDeletedTopicIsOpenedAnew(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("hi")
		operators := s.operators(t)
		old := operators.Topic(vera)
		old.do(s.telegram.DeleteTopic(t.Context(), old.id))
		said := vera.Says("still there?")
		topic := operators.Topic(vera)
		if topic.id == old.id {
			t.Fatal("the deleted topic is still used")
		}
		topic.Shows("still there?")
		vera.SeesStatus(said.ID, "delivered")
		topic.Reply("of course")
		vera.Hears("of course")
		vera.Shows("hi", "still there?", "of course")
	})
}
