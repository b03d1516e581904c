package telegram

import (
	"context"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// person is the user who acts. The caller holds mu.
func (s *Server) person(a act) User {
	if a.anonymous != "" {
		return User{ID: 1087968824, IsBot: true, FirstName: "Group", Username: "GroupAnonymousBot"}
	}
	name := a.name
	if name == "" {
		name = "Olga"
		if len(s.opts.Operators) > 0 {
			name = s.opts.Operators[0]
		}
	}
	if !a.bot {
		return *s.world.user(name)
	}
	if u := s.world.userByUsername(usernameOf(name)); u != nil && u.IsBot {
		return *u
	}
	u := &User{ID: s.world.NextUser, IsBot: true, FirstName: name, Username: usernameOf(name)}
	s.world.NextUser++
	s.world.Users[u.ID] = u
	return *u
}

// locked runs an operator's gesture under the lock and tells everybody about the change.
func (s *Server) locked(ctx context.Context, do func(g *group) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.ctx.Err() != nil {
		return ErrClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := do(s.home()); err != nil {
		return err
	}
	s.touch()
	return nil
}

// Say writes in a topic (0: General) and returns the message. Operators are administrators, so they may write in
// a closed topic.
func (s *Server) Say(ctx context.Context, topicID int64, text string, options ...Option) (Message, error) {
	a := gesture(options)
	var said Message
	err := s.locked(ctx, func(g *group) error {
		if t := g.Topics[topicID]; topicID != 0 && (t == nil || t.State == TopicDeleted) {
			return ErrNoTopic
		}
		if a.replyTo != 0 && g.live(a.replyTo) == nil {
			return ErrNoMessage
		}
		if text == "" && a.file == nil {
			return ErrEmptyText
		}
		m := &Message{
			TopicID: topicID, From: s.person(a), Date: s.clock.Now(), ReplyTo: a.replyTo, Quote: a.quote,
			Anonymous: a.anonymous, Text: text, Entities: markup.Detect(text, nil),
		}
		if a.file != nil {
			m.Media = s.storeOwn(a.kind, *a.file)
		}
		m.Notified = s.notified(text, nil, m.From.ID)
		g.place(m)
		s.emitHuman("message", g, m)
		said = *m
		return nil
	})
	return said, err
}

// emitHuman announces what people write. An anonymous administrator counts as a person although its account is a bot.
func (s *Server) emitHuman(kind string, g *group, m *Message) {
	if m.Anonymous != "" {
		s.emit(kind, queueOf("chat", g.ID), g.wireMessage(m))
		return
	}
	s.emitMessage(kind, g, m)
}

// Edit changes an operator's own message.
func (s *Server) Edit(ctx context.Context, messageID int64, text string) error {
	return s.locked(ctx, func(g *group) error {
		m := g.live(messageID)
		switch {
		case m == nil:
			return ErrNoMessage
		case m.From.ID == s.world.Bot.ID || m.Service != nil:
			return ErrNotAuthor
		case text == "" && m.Media == nil:
			return ErrEmptyText
		}
		m.revise(formatted{text: text, entities: markup.Detect(text, nil)}, s.clock.Now())
		s.emitHuman("edited_message", g, m)
		return nil
	})
}

// Delete removes a message of anybody. The bot is not told: there is no update for it.
func (s *Server) Delete(ctx context.Context, messageID int64) error {
	return s.locked(ctx, func(g *group) error {
		m := g.live(messageID)
		if m == nil {
			return ErrNoMessage
		}
		m.Deleted = true
		return nil
	})
}
