package discord

import (
	"context"
	"strings"
	"unicode/utf8"
)

// locked runs an operator's gesture under the lock and tells everybody about the change.
func (s *Server) locked(ctx context.Context, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.watch.Touch()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return ErrClosed
	}
	s.archiveIdle()
	return do()
}

// writeIn finds a thread or text channel to write in; "" is the operators' channel. The caller holds mu.
func (s *Server) writeIn(id string) (*channel, error) {
	orDefault(&id, s.world.Home)
	ch := s.world.Channels[id]
	if ch == nil || ch.Deleted || ch.Type == typeForum {
		return nil, ErrNoThread
	}
	return ch, nil
}

// Say writes in a thread (or in a text channel; "" is the operators' one) and returns the message. Operators may manage
// threads, so they may write in a locked one; an archived one is opened by what they write.
func (s *Server) Say(ctx context.Context, threadID, text string, options ...Option) (Message, error) {
	a := gesture(options)
	var said Message
	err := s.locked(ctx, func() error {
		ch, err := s.writeIn(threadID)
		if err != nil {
			return err
		}
		text = strings.TrimSpace(text)
		var target *Message
		switch {
		case text == "" && len(a.files) == 0:
			return ErrEmptyText
		case utf8.RuneCountInString(text) > maxContent:
			return ErrTooLong
		case a.replyTo != "":
			if target = s.world.live(ch.ID, a.replyTo); target == nil {
				return ErrNoMessage
			}
		}
		by := s.person(a)
		now := s.clock.Now()
		m := &Message{ID: s.world.newID(now), ChannelID: ch.ID, Author: by, At: now, Text: text}
		for _, f := range a.files {
			m.Attachments = append(m.Attachments, s.store(ch.ID, f, "", ""))
		}
		m.Mentioned, m.Notified = s.world.mentions(text, everything(), s.world.permissions(by.ID, ch))
		s.refer(m, target)
		if target != nil {
			m.Mentioned.Users = appendNew(m.Mentioned.Users, target.Author.ID)
		}
		s.post(ch, m)
		said = s.messageView(m)
		return nil
	})
	return said, err
}

// Edit changes a message of an operator.
func (s *Server) Edit(ctx context.Context, messageID, text string) error {
	return s.locked(ctx, func() error {
		m := s.world.Messages[messageID]
		switch {
		case m == nil || m.Deleted:
			return ErrNoMessage
		case m.Author.ID == s.world.App.ID || m.WebhookID != "" || m.System():
			return ErrNotAuthor
		case strings.TrimSpace(text) == "" && len(m.Attachments) == 0:
			return ErrEmptyText
		case utf8.RuneCountInString(text) > maxContent:
			return ErrTooLong
		}
		ch := s.world.Channels[m.ChannelID]
		s.revise(ch, m, strings.TrimSpace(text), false, everything(), s.world.permissions(m.Author.ID, ch))
		return nil
	})
}

// Touch lets a MESSAGE_UPDATE come in which nothing has changed, as when Discord adds a link's preview.
func (s *Server) Touch(ctx context.Context, messageID string) error {
	return s.locked(ctx, func() error {
		m := s.world.Messages[messageID]
		if m == nil || m.Deleted {
			return ErrNoMessage
		}
		s.emitMessage("MESSAGE_UPDATE", s.world.Channels[m.ChannelID], m)
		return nil
	})
}

// Delete removes a message of anybody. A thread lives on without the message that began it.
func (s *Server) Delete(ctx context.Context, messageID string) error {
	return s.locked(ctx, func() error {
		m := s.world.Messages[messageID]
		if m == nil || m.Deleted {
			return ErrNoMessage
		}
		s.remove(s.world.Channels[m.ChannelID], m)
		return nil
	})
}

// DeleteBulk removes several messages of one thread at once, as moderation does.
func (s *Server) DeleteBulk(ctx context.Context, threadID string, messageIDs ...string) error {
	return s.locked(ctx, func() error {
		ch, err := s.writeIn(threadID)
		if err != nil {
			return err
		}
		for _, id := range messageIDs {
			m := s.world.live(ch.ID, id)
			if m == nil {
				return ErrNoMessage
			}
			m.Deleted = true
			s.uncount(ch, m)
		}
		s.emit(event{
			Name: "MESSAGE_DELETE_BULK", Intent: intentMessages, Channel: ch,
			Data: raw(messageGone{IDs: messageIDs, ChannelID: ch.ID, GuildID: s.world.Guild.ID}),
		})
		return nil
	})
}
