package telegram

import (
	"context"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// author is who acts: a user, or an anonymous administrator with a title.
type author struct {
	User
	title string
}

// person is the user who acts. The caller holds mu.
func (s *Server) person(a act) author {
	if a.anonymous != "" {
		return author{User{ID: 1087968824, IsBot: true, FirstName: "Group", Username: "GroupAnonymousBot"}, a.anonymous}
	}
	name := a.name
	if name == "" {
		name = "Olga"
		if len(s.opts.Operators) > 0 {
			name = s.opts.Operators[0]
		}
	}
	if !a.bot {
		return author{User: *s.world.user(name)}
	}
	if u := s.world.userByUsername(usernameOf(name)); u != nil && u.IsBot {
		return author{User: *u}
	}
	u := &User{ID: s.world.NextUser, IsBot: true, FirstName: name, Username: usernameOf(name)}
	s.world.NextUser++
	s.world.Users[u.ID] = u
	return author{User: *u}
}

// self is the bot under test. The caller holds mu.
func (s *Server) self() author { return author{User: s.world.Bot} }

// locked runs an operator's gesture under the lock, in the group that it is for, and tells everybody about the change.
func (s *Server) locked(ctx context.Context, options []Option, do func(g *group, a act) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.ctx.Err() != nil {
		return ErrClosed
	}
	a := gesture(options)
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.chatOf(a.chat)
	if g == nil {
		return ErrNoChat
	}
	if err := do(g, a); err != nil {
		return err
	}
	s.touch()
	return nil
}

// Say writes in a topic (0: General) and returns the message, the first one of an album. Operators are administrators, so they may
// write in a closed topic.
func (s *Server) Say(ctx context.Context, topicID int64, text string, options ...Option) (Message, error) {
	all, err := s.SayAlbum(ctx, topicID, text, options...)
	if err != nil {
		return Message{}, err
	}
	return all[0], nil
}

// SayAlbum is Say with several files, each of which becomes a message and an update of its own; one media_group_id joins them. The text
// is the first one's caption.
func (s *Server) SayAlbum(ctx context.Context, topicID int64, text string, options ...Option) ([]Message, error) {
	var all []Message
	err := s.locked(ctx, options, func(g *group, a act) error {
		if t := g.Topics[topicID]; topicID != 0 && (t == nil || t.State == TopicDeleted) {
			return ErrNoTopic
		}
		if a.replyTo != 0 && g.live(a.replyTo) == nil {
			return ErrNoMessage
		}
		if text == "" && len(a.files) == 0 {
			return ErrEmptyText
		}
		if !albumFits(a.files) {
			return ErrAlbum
		}
		all = s.human(g, topicID, text, a)
		return nil
	})
	return all, err
}

// human stores and announces what a person says: one message, or one for each of several files.
func (s *Server) human(g *group, topicID int64, text string, a act) []Message {
	who, album := s.person(a), ""
	if len(a.files) > 1 {
		album = s.albumID()
	}
	var all []Message
	for i := range max(1, len(a.files)) {
		m := &Message{
			TopicID: topicID, From: who.User, Anonymous: who.title, Date: s.clock.Now(), ReplyTo: a.replyTo, Quote: a.quote,
			Text: text, Entities: markup.Detect(text, nil), MediaGroupID: album,
		}
		if len(a.files) > 0 {
			m.Media = s.storeOwn(a.files[i].kind, a.files[i].upload)
		}
		m.Notified = s.notified(text, nil, m.From.ID)
		g.place(m)
		s.emitHuman("message", g, m)
		all, text = append(all, *m), ""
	}
	return all
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
func (s *Server) Edit(ctx context.Context, messageID int64, text string, options ...Option) error {
	return s.locked(ctx, options, func(g *group, _ act) error {
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
func (s *Server) Delete(ctx context.Context, messageID int64, options ...Option) error {
	return s.locked(ctx, options, func(g *group, _ act) error {
		m := g.live(messageID)
		if m == nil {
			return ErrNoMessage
		}
		m.Deleted = true
		return nil
	})
}
