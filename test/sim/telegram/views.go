package telegram

import (
	"slices"
	"time"
)

// The views of State are the server's own as well.

// Chat is State().Chat.
func (s *Server) Chat() Chat { return s.state().Chat() }

// Topics is State().Topics.
func (s *Server) Topics() []Topic { return s.state().Topics() }

// Topic is State().Topic.
func (s *Server) Topic(id int64) Topic { return s.state().Topic(id) }

// Message is State().Message.
func (s *Server) Message(id int64) Message { return s.state().Message(id) }

// Requests is State().Requests.
func (s *Server) Requests(method string) []Request { return s.state().Requests(method) }

// Deliveries is State().Deliveries.
func (s *Server) Deliveries() []Delivery { return s.state().Deliveries() }

// Callbacks is State().Callbacks.
func (s *Server) Callbacks() []Callback { return s.state().Callbacks() }

// Limits is State().Limits.
func (s *Server) Limits() Limits { return s.state().Limits() }

// Warnings is State().Warnings.
func (s *Server) Warnings() []Warning { return s.state().Warnings() }

// Now is the simulator's time.
func (s *Server) Now() time.Time { return s.clock.Now() }

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
