package discord

import "slices"

// State reads the simulator. Each of its methods sees one consistent moment; two calls may see two.
type State struct{ s *Server }

// State returns a view of the simulator as it is whenever a method of the view is called.
func (s *Server) State() State { return State{s} }

// view runs a reader under the lock, after what the clock has brought about.
func view[T any](v State, read func(*Server) T) T {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	v.s.archiveIdle()
	return read(v.s)
}

// Threads are all threads ever created, oldest first, deleted ones included.
func (v State) Threads() []Thread {
	return view(v, func(s *Server) []Thread {
		out := []Thread{}
		for _, id := range s.world.Order {
			if ch := s.world.Channels[id]; ch.isThread() {
				out = append(out, s.threadView(ch))
			}
		}
		return out
	})
}

// Thread is the thread with that id; the zero Thread if there is none.
func (v State) Thread(id string) Thread {
	return view(v, func(s *Server) Thread {
		if ch := s.world.Channels[id]; ch != nil && ch.isThread() {
			return s.threadView(ch)
		}
		return Thread{}
	})
}

// Messages are the messages of a thread or channel, oldest first, deleted and ephemeral ones included; "" is the operators'
// channel.
func (v State) Messages(channelID string) []Message {
	return view(v, func(s *Server) []Message {
		orDefault(&channelID, s.world.Home)
		ch := s.world.Channels[channelID]
		if ch == nil {
			return nil
		}
		out := make([]Message, 0, len(ch.MessageIDs))
		for _, id := range ch.MessageIDs {
			out = append(out, s.messageView(s.world.Messages[id]))
		}
		return out
	})
}

// Message is the message with that id, deleted ones included; the zero Message if there is none.
func (v State) Message(id string) Message {
	return view(v, func(s *Server) Message {
		if m := s.world.Messages[id]; m != nil {
			return s.messageView(m)
		}
		return Message{}
	})
}

// Requests are the remembered requests for a method ("" for all), oldest first.
func (v State) Requests(method string) []Request {
	return view(v, func(s *Server) []Request { return s.reqs.list(method) })
}

// RequestCount counts all requests for a method ("" for all), forgotten ones included.
func (v State) RequestCount(method string) int {
	return view(v, func(s *Server) int { return s.reqs.count(method) })
}

// Deliveries are the remembered requests to the interactions endpoint, oldest first.
func (v State) Deliveries() []Delivery {
	return view(v, func(s *Server) []Delivery { return s.posts.list() })
}

// Interactions are the presses and commands, oldest first.
func (v State) Interactions() []Interaction {
	return view(v, func(s *Server) []Interaction {
		out := []Interaction{}
		for _, i := range s.world.Interactions {
			out = append(out, s.interactionView(i))
		}
		return out
	})
}

// Interaction is the press or command with that id; the zero Interaction if there is none.
func (v State) Interaction(id string) Interaction {
	return view(v, func(s *Server) Interaction {
		if i := s.world.interaction(id); i != nil {
			return s.interactionView(i)
		}
		return Interaction{}
	})
}

// Sessions are the gateway sessions that live, oldest first.
func (v State) Sessions() []Session {
	return view(v, func(s *Server) []Session {
		s.forgetSessions()
		out := []Session{}
		for _, sess := range s.gateway.sessions {
			out = append(out, Session{
				ID: sess.ID, Intents: sess.Intents, Seq: sess.Seq, Connected: sess.conn != nil, Identified: sess.Identified,
				Resumes: sess.Resumes, Browser: sess.Browser,
			})
		}
		slices.SortFunc(out, func(a, b Session) int { return a.Identified.Compare(b.Identified) })
		return out
	})
}

// Connected says whether a gateway session has a connection.
func (v State) Connected() bool {
	return view(v, func(s *Server) bool { return s.gateway.connected() })
}

// Starts counts the sessions that were started in the last 24 hours.
func (v State) Starts() int {
	return view(v, func(s *Server) int { return s.limits.starts.Used(s.clock.Now()) })
}

// Endpoint is where interactions go; "" is the gateway.
func (v State) Endpoint() string {
	return view(v, func(s *Server) string { return s.world.App.Endpoint })
}

// Limits is the report of the budget.
func (v State) Limits() Limits {
	return view(v, func(s *Server) Limits { return s.limits.report(s.clock.Now()) })
}

// Warnings is what the bot did that the real server lets pass and a careful client would not do.
func (v State) Warnings() []Warning {
	return view(v, func(s *Server) []Warning { return slices.Clone(s.strange.order) })
}

// Pinged are the messages of the bot and of webhooks that notified somebody by name.
func (v State) Pinged() []Message {
	return view(v, func(s *Server) []Message {
		var out []Message
		for _, m := range s.world.Messages {
			if m.Author.Bot && len(m.Notified) > 0 {
				out = append(out, s.messageView(m))
			}
		}
		slices.SortFunc(out, func(a, b Message) int { return compareIDs(a.ID, b.ID) })
		return out
	})
}
