package telegram

import (
	"context"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// Option says how an operator acts.
type Option func(*act)

// act is one gesture of a person.
type act struct {
	name      string
	anonymous string
	bot       bool
	replyTo   int64
	quote     string
	file      *upload
	kind      string
}

// As names the operator; an unknown name joins the group. Without it the first operator acts.
func As(name string) Option { return func(a *act) { a.name = name } }

// AsBot lets another bot act; the bot under test never hears of it.
func AsBot(name string) Option { return func(a *act) { a.name, a.bot = name, true } }

// Anonymously writes as an anonymous administrator with that title.
func Anonymously(title string) Option { return func(a *act) { a.anonymous = title } }

// ReplyTo makes the message a reply.
func ReplyTo(messageID int64) Option { return func(a *act) { a.replyTo = messageID } }

// Quoting quotes a part of the message that is replied to.
func Quoting(part string) Option { return func(a *act) { a.quote = part } }

// WithFile attaches a document; the text becomes its caption.
func WithFile(name, contentType string, data []byte) Option {
	return withMedia("document", name, contentType, data)
}

// WithPhoto attaches a picture, which is re-encoded in several sizes.
func WithPhoto(data []byte) Option { return withMedia("photo", "photo.jpg", "image/jpeg", data) }

// WithMedia attaches a file of another kind: voice, audio, video, video_note, animation or sticker.
func WithMedia(kind, contentType string, data []byte) Option {
	return withMedia(kind, kind, contentType, data)
}

func withMedia(kind, name, contentType string, data []byte) Option {
	return func(a *act) {
		a.kind = kind
		a.file = &upload{Name: name, MIME: contentType, Data: data}
	}
}

func gesture(options []Option) act {
	var a act
	for _, option := range options {
		option(&a)
	}
	return a
}

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

// React puts an operator's reaction on a message in place of the one before; "" takes it away. People may use any emoji,
// because custom ones exist; a bot may not.
func (s *Server) React(ctx context.Context, messageID int64, emoji string, options ...Option) error {
	return s.locked(ctx, func(g *group) error {
		m := g.live(messageID)
		if m == nil {
			return ErrNoMessage
		}
		user := s.person(gesture(options))
		before := m.setReaction(user.ID, plainEmoji(emoji))
		if g.BotStatus == "administrator" && before != plainEmoji(emoji) {
			s.emit("message_reaction", queueOf("reaction", g.ID), reactionUpdate{
				Chat: g.wire(), MessageID: m.ID, User: user, Date: s.clock.Now().Unix(),
				Old: reactionList(before), New: reactionList(plainEmoji(emoji)),
			})
		}
		return nil
	})
}

type reactionUpdate struct {
	Chat      wireChat       `json:"chat"`
	MessageID int64          `json:"message_id"`
	User      User           `json:"user"`
	Date      int64          `json:"date"`
	Old       []wireReaction `json:"old_reaction"`
	New       []wireReaction `json:"new_reaction"`
}

func reactionList(emoji string) []wireReaction {
	if emoji == "" {
		return []wireReaction{}
	}
	return []wireReaction{{Type: "emoji", Emoji: emoji}}
}

type callbackUpdate struct {
	ID           string       `json:"id"`
	From         User         `json:"from"`
	Message      *wireMessage `json:"message,omitempty"`
	ChatInstance string       `json:"chat_instance"`
	Data         string       `json:"data"`
}

// Press presses the button with that label (or that callback data) under a message, and returns the press.
func (s *Server) Press(ctx context.Context, messageID int64, label string, options ...Option) (Callback, error) {
	var pressed Callback
	err := s.locked(ctx, func(g *group) error {
		m := g.live(messageID)
		if m == nil {
			return ErrNoMessage
		}
		data := buttonData(m.Buttons, label)
		if data == "" {
			return ErrNoButton
		}
		q := &Callback{
			ID: strconv.FormatInt(s.world.NextCallback, 10), MessageID: m.ID, Data: data, At: s.clock.Now(),
			User: s.person(gesture(options)),
		}
		s.world.NextCallback++
		s.world.Callbacks = append(s.world.Callbacks, q)
		s.emit("callback_query", queueOf("callback", q.User.ID), callbackUpdate{
			ID: q.ID, From: q.User, Message: g.wireMessage(m), ChatInstance: strconv.FormatInt(-g.ID%1_000_003, 10), Data: data,
		})
		pressed = *q
		return nil
	})
	return pressed, err
}

func buttonData(buttons [][]Button, label string) string {
	for _, row := range buttons {
		for _, b := range row {
			if b.CallbackData != "" && (b.Text == label || b.CallbackData == label || strings.Contains(b.Text, label)) {
				return b.CallbackData
			}
		}
	}
	return ""
}
