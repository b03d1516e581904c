package slack

import (
	"cmp"
	"slices"
)

// Requests are the remembered requests for a method ("" for all), oldest first.
func (v State) Requests(method string) []Request {
	return read(v, func(*channel) []Request { return v.s.reqs.list(method) })
}

// RequestCount counts all requests for a method ("" for all), forgotten ones included.
func (v State) RequestCount(method string) int {
	return read(v, func(*channel) int { return v.s.reqs.count(method) })
}

// Deliveries are the remembered attempts to bring something to the app, oldest first.
func (v State) Deliveries() []Delivery {
	return read(v, func(*channel) []Delivery { return v.s.posts.list() })
}

// PendingEvents counts the events that the app has neither accepted nor lost.
func (v State) PendingEvents() int { return read(v, func(*channel) int { return v.s.engine.pending }) }

// Fooled are the forged deliveries that the app accepted.
func (v State) Fooled() []Delivery {
	return slices.DeleteFunc(v.Deliveries(), func(d Delivery) bool { return !d.Fooled })
}

// Lost are the last attempts of events that the app never accepted.
func (v State) Lost() []Delivery {
	return slices.DeleteFunc(v.Deliveries(), func(d Delivery) bool { return !d.Lost })
}

// Hooks are the app's request URLs.
func (v State) Hooks() Hooks { return read(v, func(*channel) Hooks { return v.s.world.Hooks }) }

// EventsDisabled says whether Slack gave the subscription up because too few deliveries succeeded.
func (v State) EventsDisabled() bool {
	return read(v, func(*channel) bool { return v.s.world.EventsOff })
}

// Connections are the open Socket Mode connections.
func (v State) Connections() []Connection {
	return read(v, func(*channel) []Connection {
		out := []Connection{}
		for _, c := range v.s.sockets.open {
			out = append(out, Connection{ID: c.id, Opened: c.opened, Warned: c.warned, Unacked: len(c.acks)})
		}
		return out
	})
}

// Interactions are the presses, shortcuts, submissions and commands, oldest first.
func (v State) Interactions() []Interaction {
	return read(v, func(*channel) []Interaction {
		out := make([]Interaction, 0, len(v.s.world.Interactions))
		for _, i := range v.s.world.Interactions {
			out = append(out, *i)
		}
		return out
	})
}

// Interaction is the one with that id; the zero Interaction if there is none.
func (v State) Interaction(id string) Interaction {
	return read(v, func(*channel) Interaction {
		for _, i := range v.s.world.Interactions {
			if i.ID == id {
				return *i
			}
		}
		return Interaction{}
	})
}

// Views are the modals that the app opened, oldest first.
func (v State) Views() []View {
	return read(v, func(*channel) []View {
		out := make([]View, 0, len(v.s.world.Views))
		for _, view := range v.s.world.Views {
			out = append(out, *view)
		}
		return out
	})
}

// Files are all files, by the time of their upload.
func (v State) Files() []File {
	return read(v, func(*channel) []File {
		out := make([]File, 0, len(v.s.world.Files))
		for _, f := range v.s.world.Files {
			out = append(out, f.File)
		}
		slices.SortFunc(out, func(a, b File) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
		return out
	})
}

// File is the file with that id and its bytes; ok is false if there is none.
func (v State) File(id string) (file File, data []byte, ok bool) {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	f := v.s.world.Files[id]
	if f == nil {
		return File{}, nil, false
	}
	return f.File, f.Data, true
}

// Limits is the report of the budget.
func (v State) Limits() Limits {
	return read(v, func(*channel) Limits { return v.s.limits.report(v.s.clock.Now()) })
}

// Warnings is what the app did that Slack lets pass and a careful client would not do.
func (v State) Warnings() []Warning {
	return read(v, func(*channel) []Warning { return append([]Warning{}, v.s.strange.order...) })
}

// Pinged are the messages of the app that called somebody.
func (v State) Pinged() []Message {
	return read(v, func(ch *channel) []Message {
		out := []Message{}
		for _, m := range ch.Messages {
			if m.FromBot() && len(m.Notified) > 0 {
				out = append(out, *m)
			}
		}
		slices.SortFunc(out, func(a, b Message) int { return cmp.Compare(a.TS, b.TS) })
		return out
	})
}
