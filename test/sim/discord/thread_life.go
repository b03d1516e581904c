package discord

import "time"

// wake opens an archived thread because somebody writes in it. The caller holds mu.
func (s *Server) wake(ch *channel) {
	if ch.isThread() && ch.Archived {
		s.setArchived(ch, false)
		s.threadChanged(ch)
	}
}

// setArchived archives or opens a thread without telling anybody. The caller holds mu.
func (s *Server) setArchived(ch *channel, archived bool) {
	if ch.Archived == archived {
		return
	}
	now := s.clock.Now()
	ch.Archived, ch.ArchivedAt = archived, now
	if !archived {
		ch.Active = now
		s.sooner(ch)
	}
}

// threadChanged tells everybody of a thread's present state. The caller holds mu.
func (s *Server) threadChanged(ch *channel) {
	s.emit(event{Name: "THREAD_UPDATE", Intent: intentGuilds, Channel: ch, Data: raw(s.wireChannel(ch))})
}

// idleAt is when a thread archives itself.
func (ch *channel) idleAt() time.Time {
	return ch.Active.Add(time.Duration(ch.AutoArchive) * time.Minute)
}

// sooner notes when the next thread archives itself. The caller holds mu.
func (s *Server) sooner(ch *channel) {
	at := ch.idleAt()
	if s.world.NextIdle.IsZero() || at.Before(s.world.NextIdle) {
		s.world.NextIdle = at
	}
}

// archiveIdle archives the threads whose time has come. It is called whenever somebody looks or does something, so that no
// timer is armed. The caller holds mu.
func (s *Server) archiveIdle() {
	now := s.clock.Now()
	if s.world.NextIdle.IsZero() || now.Before(s.world.NextIdle) {
		return
	}
	s.world.NextIdle = time.Time{}
	for _, id := range s.world.Order {
		ch := s.world.Channels[id]
		if !ch.isThread() || ch.Archived || ch.Deleted {
			continue
		}
		if !ch.idleAt().After(now) {
			s.setArchived(ch, true)
			s.threadChanged(ch)
			continue
		}
		s.sooner(ch)
	}
}

// rename gives a channel another name; in a thread a system message says so. The caller holds mu.
func (s *Server) rename(ch *channel, name string, by User) {
	ch.Name = name
	if !ch.isThread() {
		return
	}
	now := s.clock.Now()
	m := &Message{ID: s.world.newID(now), ChannelID: ch.ID, Author: by, At: now, Type: TypeRename, Text: name}
	s.place(ch, m)
	s.emitMessage("MESSAGE_CREATE", ch, m)
}

// deleteThread removes a thread and its messages. The caller holds mu.
func (s *Server) deleteThread(ch *channel) {
	ch.Deleted = true
	for _, id := range ch.MessageIDs {
		s.world.Messages[id].Deleted = true
	}
	s.emit(event{Name: "THREAD_DELETE", Intent: intentGuilds, Channel: ch, Data: raw(map[string]any{
		"id": ch.ID, "guild_id": s.world.Guild.ID, "parent_id": ch.ParentID, "type": ch.Type,
	})})
}

// state is where a thread stands.
func (ch *channel) state() ThreadState {
	switch {
	case ch.Deleted:
		return ThreadDeleted
	case ch.Locked && ch.Archived:
		return ThreadClosed
	case ch.Locked:
		return ThreadLocked
	case ch.Archived:
		return ThreadArchived
	}
	return ThreadOpen
}
