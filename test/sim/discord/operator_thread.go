package discord

import (
	"context"
	"strings"
)

// inThread finds a thread that is not deleted and lets a person act in it.
func (s *Server) inThread(ctx context.Context, threadID string, options []Option, do func(*channel, User) error) error {
	return s.locked(ctx, func() error {
		ch := s.world.Channels[threadID]
		if ch == nil || ch.Deleted || !ch.isThread() {
			return ErrNoThread
		}
		return do(ch, s.person(gesture(options)))
	})
}

// setThread changes archived and locked, and tells everybody if that changed something.
func (s *Server) setThread(ctx context.Context, threadID string, options []Option, to func(*channel) (archived, locked bool)) error {
	return s.inThread(ctx, threadID, options, func(ch *channel, _ User) error {
		archived, locked := to(ch)
		if ch.Archived == archived && ch.Locked == locked {
			return nil
		}
		ch.Locked = locked
		s.setArchived(ch, archived)
		s.threadChanged(ch)
		return nil
	})
}

// CloseThread locks and archives a thread: an operator's "Close and lock post".
func (s *Server) CloseThread(ctx context.Context, threadID string, options ...Option) error {
	return s.setThread(ctx, threadID, options, func(*channel) (bool, bool) { return true, true })
}

// ReopenThread opens a thread that was archived, locked or both.
func (s *Server) ReopenThread(ctx context.Context, threadID string, options ...Option) error {
	return s.setThread(ctx, threadID, options, func(*channel) (bool, bool) { return false, false })
}

// ArchiveThread archives a thread and leaves its lock as it is: "Close post", or what Discord does with an idle one.
func (s *Server) ArchiveThread(ctx context.Context, threadID string, options ...Option) error {
	return s.setThread(ctx, threadID, options, func(ch *channel) (bool, bool) { return true, ch.Locked })
}

// LockThread locks a thread and leaves it open.
func (s *Server) LockThread(ctx context.Context, threadID string, options ...Option) error {
	return s.setThread(ctx, threadID, options, func(ch *channel) (bool, bool) { return ch.Archived, true })
}

// RenameThread gives a thread another name.
func (s *Server) RenameThread(ctx context.Context, threadID, name string, options ...Option) error {
	return s.inThread(ctx, threadID, options, func(ch *channel, by User) error {
		name = strings.TrimSpace(name)
		if name == "" {
			return ErrEmptyText
		}
		if name == ch.Name {
			return nil
		}
		s.rename(ch, clipRunes(name, maxThreadName), by)
		s.threadChanged(ch)
		return nil
	})
}

// TagThread applies these tags of the forum, by name, and no others.
func (s *Server) TagThread(ctx context.Context, threadID string, tags []string, options ...Option) error {
	return s.inThread(ctx, threadID, options, func(ch *channel, _ User) error {
		parent := s.world.Channels[ch.ParentID]
		var ids []string
		for _, name := range tags {
			id := ""
			for _, t := range parent.Tags {
				if t.Name == name {
					id = t.ID
				}
			}
			if id == "" {
				return ErrNoTag
			}
			ids = append(ids, id)
		}
		ch.Applied = ids
		s.threadChanged(ch)
		return nil
	})
}

// DeleteThread deletes a thread and its messages.
func (s *Server) DeleteThread(ctx context.Context, threadID string) error {
	return s.inThread(ctx, threadID, nil, func(ch *channel, _ User) error {
		s.deleteThread(ch)
		return nil
	})
}

// CreateThread opens a thread by hand, with its first message: a forum post, or a thread at a message of the text channel.
func (s *Server) CreateThread(ctx context.Context, name, text string, options ...Option) (Thread, error) {
	var made Thread
	err := s.locked(ctx, func() error {
		parent := s.world.home()
		if parent.Deleted {
			return ErrNoThread
		}
		if strings.TrimSpace(text) == "" || strings.TrimSpace(name) == "" {
			return ErrEmptyText
		}
		by, now := s.person(gesture(options)), s.clock.Now()
		m := &Message{ID: s.world.newID(now), ChannelID: parent.ID, Author: by, At: now, Text: text}
		var t *channel
		if parent.Type == typeForum {
			t = s.openThread(parent, m.ID, name, defaultArchive(parent), by)
			m.ChannelID = t.ID
			s.announceThread(t)
			s.post(t, m)
		} else {
			s.post(parent, m)
			t = s.threadFrom(parent, m, name, defaultArchive(parent), by)
		}
		made = s.threadView(t)
		return nil
	})
	return made, err
}

// Typing shows for 10 seconds that an operator types.
func (s *Server) Typing(ctx context.Context, threadID string, options ...Option) error {
	return s.locked(ctx, func() error {
		ch, err := s.writeIn(threadID)
		if err != nil {
			return err
		}
		s.startTyping(ch, s.person(gesture(options)))
		return nil
	})
}

// DeleteChannel deletes the operators' channel with all its threads.
func (s *Server) DeleteChannel(ctx context.Context) error {
	return s.locked(ctx, func() error {
		if !s.world.home().Deleted {
			s.deleteChannel(s.world.home())
		}
		return nil
	})
}
