package e2e

import (
	"context"
	"slices"
	"testing"

	"github.com/bellhop-chat/bellhop/test/forum"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// presses presses a button of the conversation's card.
func (tp conversation) presses(label string) telegram.Callback {
	tp.t.Helper()
	for _, m := range forum.Posts(tp.sim.State(), tp.id) {
		if len(m.Buttons) > 0 {
			pressed, err := tp.sim.Press(context.Background(), m.ID, label, telegram.As("Olga"))
			tp.do(err)
			return pressed
		}
	}
	tp.t.Fatal("no post has a button")
	return telegram.Callback{}
}

// answered waits until an operator's client does not wait for the bot any more.
func (g group) answered(q telegram.Callback) {
	g.t.Helper()
	g.waits("an answer to the button", func(state telegram.State) bool {
		return slices.ContainsFunc(state.Callbacks(), func(c telegram.Callback) bool { return c.ID == q.ID && c.Answered })
	})
}

func TestButtonsOfTheCardCloseAndMarkAsRead(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		topic := s.operators(t).Topic(vera)
		vera.SeesStatus(hi.ID, "delivered")
		topic.answered(topic.presses("Mark read"))
		vera.SeesStatus(hi.ID, "read")
		topic.answered(topic.presses("Close"))
		vera.SeesClosed(1)
		topic.Shows("Closed by Olga")
		topic.Is(telegram.TopicClosed)
	})
}
