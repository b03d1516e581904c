package telegram

import "slices"

// State reads the simulator. Each of its methods sees one consistent moment; two calls may see two.
type State struct{ s *Server }

func (s *Server) state() State { return State{s: s} }

// State returns a view of the simulator as it is whenever a method of the view is called.
func (s *Server) State() State { return s.state() }

// Chat is the group (after a migration: the new one).
func (v State) Chat() Chat {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return v.s.home().chat()
}

// Topics are all topics ever created, oldest first, deleted ones included.
func (v State) Topics() []Topic {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	g := v.s.home()
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
	if t := v.s.home().Topics[id]; t != nil {
		return v.s.topicView(t)
	}
	return Topic{}
}

// Messages are a topic's messages, oldest first; topic 0 is General.
func (v State) Messages(topicID int64) []Message { return v.messages(v.s.ChatID(), topicID) }

// Message is the message with that id, deleted ones included; the zero Message if there is none.
func (v State) Message(id int64) Message {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	if m := v.s.home().Messages[id]; m != nil {
		return *m
	}
	return Message{}
}

func (v State) messages(chatID, topicID int64) []Message {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	g := v.s.world.Chats[chatID]
	if g == nil {
		return nil
	}
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

// Pinged are the messages of the bot that notified somebody by name.
func (v State) Pinged() []Message {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	var out []Message
	for _, m := range v.s.home().Messages {
		if m.FromBot() && len(m.Notified) > 0 {
			out = append(out, *m)
		}
	}
	slices.SortFunc(out, func(a, b Message) int { return int(a.ID - b.ID) })
	return out
}

func (g *group) chat() Chat {
	c := g.Chat
	c.Rights = make(map[string]bool, len(g.Rights))
	for name, has := range g.Rights {
		c.Rights[name] = has
	}
	c.Reactions = slices.Clone(g.Reactions)
	return c
}

// topicView copies a topic. The caller holds mu.
func (s *Server) topicView(t *thread) Topic {
	view := t.Topic
	view.Length = len(t.MessageIDs)
	view.server = s
	if view.Typing != "" && !t.TypingEnds.After(s.clock.Now()) {
		view.Typing = ""
	}
	return view
}
