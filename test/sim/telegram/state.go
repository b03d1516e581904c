package telegram

import (
	"cmp"
	"slices"
)

// State reads the simulator. Each of its methods sees one consistent moment; two calls may see two. Where there are several groups,
// In tells which one; without it the first is meant.
type State struct {
	s    *Server
	chat int64 // 0: the home
}

func (s *Server) state() State { return State{s: s} }

// State returns a view of the simulator as it is whenever a method of the view is called.
func (s *Server) State() State { return s.state() }

// In is the view of another group; of one that does not exist, or has moved, it shows what it has become.
func (v State) In(chatID int64) State { return State{s: v.s, chat: chatID} }

// group is the group of the view; an empty one if there is none. The caller holds mu.
func (v State) group() *group {
	if g := v.s.chatOf(v.chat); g != nil {
		return g
	}
	return &group{}
}

// Chat is the group (after a migration: the new one).
func (v State) Chat() Chat {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return v.group().chat()
}

// Chats are all groups that are in use, the first one first.
func (v State) Chats() []Chat {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	var all []Chat
	for _, g := range v.s.groups() {
		all = append(all, g.chat())
	}
	return all
}

// Topics are all topics ever created in the group, oldest first, deleted ones included.
func (v State) Topics() []Topic {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	g := v.group()
	out := make([]Topic, 0, len(g.Order))
	for _, id := range g.Order {
		out = append(out, v.s.topicView(g.Topics[id]))
	}
	return out
}

// Topic is the topic with that id; the zero Topic if there is none.
func (v State) Topic(id int64) Topic {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	if t := v.group().Topics[id]; t != nil {
		return v.s.topicView(t)
	}
	return Topic{}
}

// Messages are a topic's messages, oldest first; topic 0 is General.
func (v State) Messages(topicID int64) []Message {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return v.group().messages(topicID)
}

// Message is the message with that id, deleted ones included; the zero Message if there is none.
func (v State) Message(id int64) Message {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	if m := v.group().Messages[id]; m != nil {
		return *m
	}
	return Message{}
}

// messages copies what a topic holds; topic 0 is General.
func (g *group) messages(topicID int64) []Message {
	ids := g.General
	if t := g.Topics[topicID]; t != nil {
		ids = t.MessageIDs
	} else if topicID != 0 {
		return nil
	}
	out := make([]Message, 0, len(ids))
	for _, id := range ids {
		out = append(out, *g.Messages[id])
	}
	return out
}

// Requests are the remembered requests for a method ("" for all), oldest first.
func (v State) Requests(method string) []Request {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return v.s.reqs.list(method)
}

// RequestCount counts all requests for a method ("" for all), forgotten ones included.
func (v State) RequestCount(method string) int {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return v.s.reqs.count(method)
}

// Deliveries are the remembered attempts to deliver updates to the webhook, oldest first.
func (v State) Deliveries() []Delivery {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return v.s.posts.list()
}

// PendingUpdates counts the updates that the bot has not confirmed.
func (v State) PendingUpdates() int {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	v.s.expire()
	return len(v.s.world.Pending)
}

// WebhookURL is where updates go; "" without a webhook.
func (v State) WebhookURL() string {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return v.s.world.Hook.URL
}

// Polling says whether a getUpdates is waiting.
func (v State) Polling() bool {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return v.s.poll.stop != nil
}

// Callbacks are the button presses, oldest first.
func (v State) Callbacks() []Callback {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	out := make([]Callback, 0, len(v.s.world.Callbacks))
	for _, q := range v.s.world.Callbacks {
		out = append(out, *q)
	}
	return out
}

// Limits is the report of the budget.
func (v State) Limits() Limits {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return v.s.limits.report(v.s.clock.Now())
}

// Warnings is what the bot did that the real server lets pass and a careful client would not do.
func (v State) Warnings() []Warning {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return slices.Clone(v.s.strange.order)
}

// Pinged are the messages of the bot that notified somebody by name, in whichever group.
func (v State) Pinged() []Message {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	var out []Message
	for _, g := range v.s.world.Chats {
		for _, m := range g.Messages {
			if m.FromBot() && len(m.Notified) > 0 {
				out = append(out, *m)
			}
		}
	}
	slices.SortFunc(out, func(a, b Message) int { return cmp.Or(cmp.Compare(b.ChatID, a.ChatID), cmp.Compare(a.ID, b.ID)) })
	return out
}
