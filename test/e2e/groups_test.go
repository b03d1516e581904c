package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/forum"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

const secondGroup = int64(-1001230000002)

// where waits for the visitor's topic in any group.
func (g group) where(of guest) (chat, topic int64) {
	g.t.Helper()
	g.waits("a topic of "+of.name, func(state telegram.State) bool {
		for _, c := range state.Chats() {
			if found := forum.Of(state.In(c.ID), of.name); len(found) > 0 {
				chat, topic = c.ID, found[0]
				return true
			}
		}
		return false
	})
	return chat, topic
}

func TestConversationsAreSharedByTheGroups(t *testing.T) {
	t.Parallel()
	s := own(t, setup{groups: []int64{secondGroup}})
	operators := s.operators(t)
	used := map[int64]int{}
	for n := range 12 {
		vera := s.arrives(t)
		vera.Says("hi")
		chat, topic := operators.where(vera)
		used[chat]++
		answer := fmt.Sprint("answer ", n)
		_, err := s.telegram.Say(context.Background(), topic, answer, telegram.In(chat))
		operators.do(err)
		vera.Hears(answer)
	}
	if len(used) != 2 {
		t.Errorf("groups were used %v times", used)
	}
}

func TestGroupThatRemovesTheBotLeavesTheOtherAtWork(t *testing.T) {
	t.Parallel()
	s := own(t, setup{groups: []int64{secondGroup}})
	operators := s.operators(t)
	operators.do(s.telegram.KickBot(telegram.In(secondGroup)))
	for range 6 {
		vera := s.arrives(t)
		vera.Says("hi")
		if chat, _ := operators.where(vera); chat == secondGroup {
			t.Error("the bot wrote where it is not")
		}
	}
}

func TestGroupThatMovesWhileMessagesQueueKeepsItsConversations(t *testing.T) {
	t.Parallel()
	for name, polling := range map[string]bool{"webhook": false, "polling": true} {
		t.Run(name, func(t *testing.T) {
			s := own(t, setup{polling: polling})
			vera := s.arrives(t)
			vera.Says("hi")
			operators := s.operators(t)
			topic := operators.Topic(vera)
			topic.Shows("hi")
			slow := s.telegram.Fault(telegram.Fault{Method: "sendMessage", Hang: true, Times: 1})
			const queued = 50
			for i := range queued {
				vera.Says(fmt.Sprintf("line %02d.", i))
			}
			topic.waits("the notifier to wait", func(telegram.State) bool { return s.telegram.Faults()[0].Hits == 1 })
			s.telegram.Migrate()
			topic.Reply("before anything was said there")
			s.telegram.Release(slow)
			vera.Hears("before anything was said there")
			topic.Shows(fmt.Sprintf("line %02d.", queued-1))
			shown, last := topic.Text(), -1
			for i := range queued {
				line := fmt.Sprintf("line %02d.", i)
				at := strings.Index(shown, line)
				if at <= last || strings.Count(shown, line) != 1 {
					t.Fatalf("%q stands at %d after %d, %d times", line, at, last, strings.Count(shown, line))
				}
				last = at
			}
			topic.Reply("and now", telegram.ReplyTo(topic.Shows("line 49.").ID))
			if m := vera.Hears("and now"); m.ReplyTo == nil || m.ReplyTo.Content != "line 49." {
				t.Errorf("it answers %+v", m.ReplyTo)
			}
			if topics := forum.Of(s.telegram.State(), vera.name); len(topics) != 1 {
				t.Errorf("%d topics", len(topics))
			}
		})
	}
}
