package discord

import (
	"context"
	"errors"
	"slices"

	"github.com/bellhop-chat/bellhop/test/sim/discord/markup"
	"github.com/bellhop-chat/bellhop/test/sim/watch"
)

// threadView copies a thread. The caller holds mu.
func (s *Server) threadView(ch *channel) Thread {
	out := Thread{
		ID: ch.ID, ParentID: ch.ParentID, Name: ch.Name, OwnerID: ch.OwnerID, State: ch.state(), Archived: ch.Archived,
		Locked: ch.Locked, Tags: []string{}, AutoArchive: ch.idleAt().Sub(ch.Active), Created: ch.Created, Active: ch.Active,
		Length: len(ch.MessageIDs), Added: ch.Added, server: s,
	}
	if parent := s.world.Channels[ch.ParentID]; parent != nil {
		for _, id := range ch.Applied {
			if t := parent.tag(id); t != nil {
				out.Tags = append(out.Tags, t.Name)
			}
		}
	}
	if u := s.world.Users[ch.TypingUser]; u != nil && ch.TypingEnds.After(s.clock.Now()) {
		out.Typing = u.Name
	}
	return out
}

// messageView copies a message. The caller holds mu.
func (s *Server) messageView(m *Message) Message {
	if m.shownOf != m.Text {
		m.shownOf, m.Shown = m.Text, s.world.shown(m.Text)
	}
	return *m
}

// shown is what a person reads of a text.
func (w *world) shown(text string) string { return markup.Plain(markup.Parse(text), w.nameOf) }

// nameOf is how a mention looks.
func (w *world) nameOf(kind markup.Kind, id string) string {
	switch kind {
	case markup.User:
		if u := w.Users[id]; u != nil {
			return "@" + u.Name
		}
		return "@unknown-user"
	case markup.Role:
		if r := w.role(id); r != nil {
			return "@" + r.Name
		}
		return "@deleted-role"
	}
	if ch := w.Channels[id]; ch != nil {
		return "#" + ch.Name
	}
	return "#unknown"
}

// Threads is State().Threads().
func (s *Server) Threads() []Thread { return s.State().Threads() }

// Thread is State().Thread(id).
func (s *Server) Thread(id string) Thread { return s.State().Thread(id) }

// Message is State().Message(id).
func (s *Server) Message(id string) Message { return s.State().Message(id) }

// Requests is State().Requests(method).
func (s *Server) Requests(method string) []Request { return s.State().Requests(method) }

// Limits is State().Limits().
func (s *Server) Limits() Limits { return s.State().Limits() }

// Warnings is State().Warnings().
func (s *Server) Warnings() []Warning { return s.State().Warnings() }

// Users are the members of the guild and the bots, oldest first.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]User, 0, len(s.world.Users))
	for _, u := range s.world.Users {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b User) int { return compareIDs(a.ID, b.ID) })
	return out
}

// User is the member with that display or user name; the zero User if there is none.
func (s *Server) User(name string) User {
	for _, u := range s.Users() {
		if u.Name == name || u.Username == name {
			return u
		}
	}
	return User{}
}

// WaitFor returns nil as soon as condition holds. It looks again after each change of state, request and delivery. If ctx
// ends first it returns ctx's error. The condition may call anything of State, and of the server what only reads.
func (s *Server) WaitFor(ctx context.Context, condition func(State) bool) error {
	err := s.watch.Wait(ctx, s.ctx.Done(), func() bool { return condition(s.State()) })
	if errors.Is(err, watch.ErrClosed) {
		return ErrClosed
	}
	return err
}
