package e2e

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/forum"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// guest is a visitor with a name that nobody else has, by which operators know the topic.
type guest struct {
	*visitor.Visitor
	t    *testing.T
	name string
}

// arrives opens a page. Each option changes what the browser is like.
func (s *stack) arrives(t *testing.T, options ...func(*visitor.Options)) guest {
	t.Helper()
	o := s.browser()
	for _, option := range options {
		option(&o)
	}
	name, _ := o.Identity["name"].(string)
	return guest{visitor.Arrive(t, o), t, name}
}

// browser is what a new visitor comes with.
func (s *stack) browser() visitor.Options {
	name := "Vera " + strings.ToLower(rand.Text()[:12])
	return visitor.Options{
		URL: s.url, HTTP: s.http, Reconnect: visitor.Stubborn,
		Identity: map[string]any{"id": name, "name": name, "email": strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.com"},
		Metadata: map[string]any{"url": "https://shop.example/cart", "pageTitle": "Cart", "language": "de"},
	}
}

// group is the operators' side of a test.
type group struct {
	t   *testing.T
	sim *telegram.Server
}

func (s *stack) operators(t *testing.T) group { return group{t, s.telegram} }

// conversation is one topic as operators have it.
type conversation struct {
	group
	id int64
}

// Topic waits for the visitor's topic: the newest that is not deleted and whose card names the visitor.
func (g group) Topic(of guest) conversation {
	g.t.Helper()
	var found []int64
	g.waits("a topic of "+of.name, func(state telegram.State) bool {
		found = forum.Of(state, of.name)
		return len(found) > 0
	})
	return conversation{g, found[len(found)-1]}
}

// waits waits for a condition on the simulator.
func (g group) waits(what string, condition func(telegram.State) bool) {
	g.t.Helper()
	if err := g.sim.WaitFor(visitor.Within(g.t), condition); err != nil {
		g.t.Fatalf("waited in vain for %s: %v", what, err)
	}
}

// Shows waits until a post of the bot contains a text, and returns it.
func (tp conversation) Shows(text string) telegram.Message {
	tp.t.Helper()
	var shown telegram.Message
	tp.sees("a post with "+text, func(posts []telegram.Message) bool {
		for _, m := range posts {
			if strings.Contains(m.Text, text) {
				shown = m
				return true
			}
		}
		return false
	})
	return shown
}

// sees waits for a condition on the topic's posts.
func (tp conversation) sees(what string, condition func([]telegram.Message) bool) {
	tp.t.Helper()
	err := tp.sim.WaitFor(visitor.Within(tp.t), func(state telegram.State) bool { return condition(forum.Posts(state, tp.id)) })
	if err != nil {
		var shown strings.Builder
		for _, m := range forum.Posts(tp.sim.State(), tp.id) {
			shown.WriteString("\n  " + strings.ReplaceAll(m.Text, "\n", "\n    "))
		}
		tp.t.Fatalf("waited in vain for %s; the topic shows:%s", what, shown.String())
	}
}

// Text is everything that the bot's posts in the topic show.
func (tp conversation) Text() string { return forum.Text(tp.sim.State(), tp.id) }

// Reply writes in the topic as an operator.
func (tp conversation) Reply(text string, options ...telegram.Option) telegram.Message {
	tp.t.Helper()
	m, err := tp.sim.Say(context.Background(), tp.id, text, options...)
	if err != nil {
		tp.t.Fatalf("reply %q: %v", text, err)
	}
	return m
}

// Is waits until the topic has a state.
func (tp conversation) Is(state telegram.TopicState) {
	tp.t.Helper()
	tp.waits("the topic to be "+string(state), func(now telegram.State) bool { return now.Topic(tp.id).State == state })
}

// do fails the test on an error of the operators' side.
func (g group) do(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// replyTo answers the operator's own message with that text.
func replyTo(s *stack, tp conversation, text string) telegram.Option {
	tp.t.Helper()
	for _, m := range s.telegram.State().Messages(tp.id) {
		if !m.FromBot() && m.Text == text {
			return telegram.ReplyTo(m.ID)
		}
	}
	tp.t.Fatalf("no operator said %q", text)
	return nil
}
