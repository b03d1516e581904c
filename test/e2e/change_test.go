package e2e

import (
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestVisitorsEditsAndDeletionsReachTelegram(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		first, second := vera.Says("my numbr is 1"), vera.Says("forget this")
		topic := s.operators(t).Topic(vera)
		topic.Shows("my numbr is 1")
		post := topic.Shows("forget this")
		vera.Edits(first.ID, "my number is 2")
		if edited := topic.Shows("my number is 2"); len(edited.History) == 0 {
			t.Error("the correction is a new post")
		}
		vera.Deletes(second.ID)
		topic.waits("the post to go", func(state telegram.State) bool { return state.Message(post.ID).Deleted })
		if text := topic.Text(); strings.Contains(text, "numbr") || strings.Contains(text, "forget") {
			t.Errorf("the topic still shows what was taken back:\n%s", text)
		}
		vera.SeesEdited(first.ID, "my number is 2")
		vera.SeesDeleted(second.ID)
		history := vera.Remembers()
		if history[0].Content != "my number is 2" || history[1].Content != "" || history[1].DeletedAt.IsZero() {
			t.Errorf("the history is %v", history)
		}
	})
}

func TestDeletedFirstMessageLeavesTheCard(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	first := vera.Says("a secret")
	topic := s.operators(t).Topic(vera)
	card := topic.Shows("a secret")
	vera.Deletes(first.ID)
	topic.waits("the secret to go", func(telegram.State) bool { return !strings.Contains(topic.Text(), "a secret") })
	if left := s.telegram.Message(card.ID); left.Deleted || !strings.Contains(left.Text, vera.name) {
		t.Errorf("the card went with the message: %+v", left)
	}
}

func TestOperatorsEditAndDeletionReachPageAndHistory(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("hi")
		topic := s.operators(t).Topic(vera)
		reply, wrong := topic.Reply("it costs 10"), topic.Reply("meant for somebody else")
		heard, mistaken := vera.Hears("it costs 10"), vera.Hears("meant for somebody else")
		topic.do(s.telegram.Edit(t.Context(), reply.ID, "it costs 12"))
		vera.SeesEdited(heard.ID, "it costs 12")
		topic.Reply("/delete", telegram.ReplyTo(wrong.ID))
		vera.SeesDeleted(mistaken.ID)
		vera.Shows("hi", "it costs 12", "")
		history := vera.Remembers()
		if history[1].Content != "it costs 12" || history[2].Content != "" || history[2].DeletedAt.IsZero() {
			t.Errorf("the history is %v", history)
		}
	})
}

func TestWastebasketDeletesAReply(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	reply := topic.Reply("oops")
	heard := vera.Hears("oops")
	topic.do(s.telegram.React(t.Context(), reply.ID, "🗑"))
	vera.SeesDeleted(heard.ID)
}

func TestRepliesPointAtTheRightMessage(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("one")
		two := vera.Says("two")
		vera.Says("three")
		topic := s.operators(t).Topic(vera)
		post := topic.Shows("two")
		topic.Shows("three")
		answer := topic.Reply("about two", telegram.ReplyTo(post.ID))
		heard := vera.Hears("about two")
		if heard.ReplyTo == nil || heard.ReplyTo.ID != two.ID || heard.ReplyTo.Content != "two" {
			t.Errorf("the operator's answer quotes %v, want %s", heard.ReplyTo, two.ID)
		}
		topic.Reply("about nothing")
		if plain := vera.Hears("about nothing"); plain.ReplyTo != nil {
			t.Errorf("an answer to nothing quotes %v", plain.ReplyTo)
		}
		vera.Answers(heard.ID, "thanks for that")
		if back := topic.Shows("thanks for that"); back.ReplyTo != answer.ID {
			t.Errorf("the visitor's answer points at %d, want %d", back.ReplyTo, answer.ID)
		}
		for _, m := range vera.Remembers() {
			if m.Content == "about two" && (m.ReplyTo == nil || m.ReplyTo.ID != two.ID) {
				t.Errorf("the history's answer quotes %v", m.ReplyTo)
			}
		}
	})
}

func TestReplyToAMessageOfAnotherConversationQuotesNothing(t *testing.T) {
	s := usual(t)
	omar, vera := s.arrives(t), s.arrives(t)
	foreign := omar.Says("a secret of Omar")
	vera.Says("hi")
	vera.Answers(foreign.ID, "what did he say?")
	s.operators(t).Topic(vera).Shows("what did he say?")
	for _, m := range vera.Remembers() {
		if m.ReplyTo != nil {
			t.Errorf("%v quotes another conversation", m)
		}
	}
}
