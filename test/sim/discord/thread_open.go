package discord

import (
	"slices"
)

// threadFrom starts a thread at a message; both have the same id. The caller holds mu.
func (s *Server) threadFrom(ch *channel, m *Message, name string, minutes int, by User) *channel {
	t := s.openThread(ch, m.ID, name, minutes, by)
	m.ThreadID, m.Flags = t.ID, m.Flags|flagHasThread
	s.announceThread(t)
	s.emitMessage("MESSAGE_UPDATE", ch, m)
	s.post(t, &Message{
		ID: s.world.newID(s.clock.Now()), ChannelID: t.ID, Author: m.Author, At: s.clock.Now(), Type: TypeStarter, ReplyTo: m.ID,
	})
	return t
}

// openThread makes a thread that nobody knows of yet. The caller holds mu.
func (s *Server) openThread(parent *channel, id, name string, minutes int, by User) *channel {
	now := s.clock.Now()
	t := &channel{
		ID: id, ParentID: parent.ID, Type: typePublicThread, Name: name, OwnerID: by.ID, AutoArchive: minutes,
		Created: now, Active: now, ArchivedAt: now, Joined: []string{by.ID},
	}
	s.world.addChannel(t)
	s.sooner(t)
	return t
}

// announceThread tells everybody of a new thread. The caller holds mu.
func (s *Server) announceThread(t *channel) {
	out := s.wireChannel(t)
	out.NewlyCreated = true
	s.emit(event{Name: "THREAD_CREATE", Intent: intentGuilds, Channel: t, Data: raw(out)})
}

// activeThreads counts the threads that are not archived.
func (w *world) activeThreads() (n int) {
	for _, ch := range w.Channels {
		if ch.isThread() && !ch.Archived && !ch.Deleted {
			n++
		}
	}
	return n
}

func (ch *channel) join(userID string) {
	if !slices.Contains(ch.Joined, userID) {
		ch.Joined = append(ch.Joined, userID)
	}
}
