package e2e

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// guest is a visitor with a name that nobody else has, by which operators know the topic.
type guest struct {
	*visitor.Visitor
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
	return guest{visitor.Arrive(t, o), name}
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

// topic is one conversation as operators have it.
type topic struct {
	group
	id int64
}

// Topic waits for the visitor's topic: the newest that is not deleted and whose card names the visitor.
func (g group) Topic(of guest) topic {
	g.t.Helper()
	var found []int64
	g.waits("a topic of "+of.name, func(state telegram.State) bool {
		found = g.topics(state, of)
		return len(found) > 0
	})
	return topic{g, found[len(found)-1]}
}

// topics are the visitor's topics that are not deleted, oldest first.
func (g group) topics(state telegram.State, of guest) []int64 {
	var found []int64
	for _, candidate := range state.Topics() {
		if candidate.State == telegram.TopicDeleted {
			continue
		}
		for _, m := range state.Messages(candidate.ID) {
			if m.FromBot() && strings.Contains(m.Text, of.name) {
				found = append(found, candidate.ID)
				break
			}
		}
	}
	return found
}

// waits waits for a condition on the simulator.
func (g group) waits(what string, condition func(telegram.State) bool) {
	g.t.Helper()
	if err := g.sim.WaitFor(visitor.Within(g.t), condition); err != nil {
		g.t.Fatalf("waited in vain for %s: %v", what, err)
	}
}

// posts are the bot's messages that stand in the topic, oldest first.
func (tp topic) posts(state telegram.State) []telegram.Message {
	var posts []telegram.Message
	for _, m := range state.Messages(tp.id) {
		if m.FromBot() && !m.Deleted {
			posts = append(posts, m)
		}
	}
	return posts
}

// Shows waits until a post of the bot contains a text, and returns it.
func (tp topic) Shows(text string) telegram.Message {
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
func (tp topic) sees(what string, condition func([]telegram.Message) bool) {
	tp.t.Helper()
	err := tp.sim.WaitFor(visitor.Within(tp.t), func(state telegram.State) bool { return condition(tp.posts(state)) })
	if err != nil {
		var shown strings.Builder
		for _, m := range tp.posts(tp.sim.State()) {
			shown.WriteString("\n  " + strings.ReplaceAll(m.Text, "\n", "\n    "))
		}
		tp.t.Fatalf("waited in vain for %s; the topic shows:%s", what, shown.String())
	}
}

// Text is everything that the bot's posts in the topic show.
func (tp topic) Text() string {
	var text strings.Builder
	for _, m := range tp.posts(tp.sim.State()) {
		text.WriteString(m.Text + "\n")
	}
	return text.String()
}

// Reply writes in the topic as an operator.
func (tp topic) Reply(text string, options ...telegram.Option) telegram.Message {
	tp.t.Helper()
	m, err := tp.sim.Say(context.Background(), tp.id, text, options...)
	if err != nil {
		tp.t.Fatalf("reply %q: %v", text, err)
	}
	return m
}

// Is waits until the topic has a state.
func (tp topic) Is(state telegram.TopicState) {
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

// message is one of the simulator's.
type message = telegram.Message

// replyTo answers the operator's own message with that text.
func replyTo(s *stack, tp topic, text string) telegram.Option {
	tp.t.Helper()
	for _, m := range s.telegram.State().Messages(tp.id) {
		if !m.FromBot() && m.Text == text {
			return telegram.ReplyTo(m.ID)
		}
	}
	tp.t.Fatalf("no operator said %q", text)
	return nil
}
