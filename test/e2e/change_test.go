package e2e

import (
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

func TestVisitorsEditsAndDeletionsReachTheTeam(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		first, second := vera.Says("my numbr is 1"), vera.Says("forget this")
		room := desk.Room(vera)
		room.Shows("my numbr is 1")
		post := room.Shows("forget this")
		vera.Edits(first.ID, "my number is 2")
		if edited := room.Shows("my number is 2"); edited.Edits == 0 || !strings.Contains(edited.Text, "✏️") && !strings.Contains(edited.Text, ":pencil2:") {
			t.Errorf("the correction is a new post, or not marked as one: %q", edited.Text)
		}
		vera.Deletes(second.ID)
		room.Hides("forget this")
		if !post.Now().Deleted {
			t.Error("what was taken back stands empty")
		}
		if room.Count("numbr") > 0 {
			t.Errorf("the thread still shows what was corrected:\n%s", room.Text())
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
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		first := vera.Says("a secret")
		room := desk.Room(vera)
		room.Shows("a secret")
		vera.Deletes(first.ID)
		room.Hides("a secret")
		if room.Count(vera.name) == 0 {
			t.Errorf("the card went with the message:\n%s", room.Text())
		}
	})
}

func TestOperatorsEditAndDeletionReachPageAndHistory(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		reply, wrong := room.Says("it costs 10"), room.Says("meant for somebody else")
		heard, mistaken := vera.Hears("it costs 10"), vera.Hears("meant for somebody else")
		reply.Becomes("it costs 12")
		vera.SeesEdited(heard.ID, "it costs 12")
		wrong.IsTakenBack()
		vera.SeesDeleted(mistaken.ID)
		vera.Shows("hi", "it costs 12", "")
		history := vera.Remembers()
		if history[1].Content != "it costs 12" || history[2].Content != "" || history[2].DeletedAt.IsZero() {
			t.Errorf("the history is %v", history)
		}
	})
}

func TestWastebasketDeletesAReply(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		reply := desk.Room(vera).Says("oops")
		heard := vera.Hears("oops")
		reply.Gets("🗑")
		vera.SeesDeleted(heard.ID)
	})
}

// A reaction says that somebody has read it.
func TestReactionMarksAsRead(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		room := desk.Room(vera)
		vera.SeesStatus(hi.ID, "delivered")
		room.Shows("hi").Gets("👍")
		vera.SeesStatus(hi.ID, "read")
		vera.Shows("hi")
	})
}

func TestRepliesPointAtTheRightMessage(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("one")
		two := vera.Says("two")
		vera.Says("three")
		room := desk.Room(vera)
		post := room.Shows("two")
		room.Shows("three")
		answer := post.Reply("about two", team.As("Olga"))
		heard := vera.Hears("about two")
		if desk.Can(team.Replying) && (heard.ReplyTo == nil || heard.ReplyTo.ID != two.ID || heard.ReplyTo.Content != "two") {
			t.Errorf("the operator's answer quotes %v, want %s", heard.ReplyTo, two.ID)
		}
		room.Says("about nothing")
		if plain := vera.Hears("about nothing"); plain.ReplyTo != nil {
			t.Errorf("an answer to nothing quotes %v", plain.ReplyTo)
		}
		vera.Answers(heard.ID, "thanks for that")
		answer.IsAnsweredBy("thanks for that", "about two")
		vera.Answers(two.ID, "what I said first")
		post.IsAnsweredBy("what I said first", "two")
		for _, m := range vera.Remembers() {
			if m.Content == "about two" && desk.Can(team.Replying) && (m.ReplyTo == nil || m.ReplyTo.ID != two.ID) {
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
	for _, room := range s.rooms(t, vera) {
		if shown := room.Shows("what did he say?"); shown.ReplyTo != "" || strings.Contains(room.Text(), "a secret") {
			t.Errorf("%s quotes another conversation:\n%s", room.Label(), room.Text())
		}
	}
	for _, m := range vera.Remembers() {
		if m.ReplyTo != nil {
			t.Errorf("%v quotes another conversation", m)
		}
	}
}

// What was answered is gone: the answer is sent all the same.
func TestAnswerToAPostThatSomebodyRemovedIsSent(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		said := vera.Says("a question")
		room := desk.Room(vera)
		post := room.Shows("a question")
		vera.SeesStatus(said.ID, "delivered")
		desk.Do(desk.Remove(t.Context(), post.Post))
		answer := vera.Answers(said.ID, "about my question")
		room.Shows("about my question")
		vera.SeesStatus(answer.ID, "delivered")
		vera.Edits(said.ID, "another question") // of a post that is not there
		vera.SeesStatus(vera.Says("and on").ID, "delivered")
		room.Shows("and on")
	})
}
