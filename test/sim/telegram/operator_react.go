package telegram

import (
	"context"
	"strconv"
	"strings"
)

// React puts an operator's reaction on a message in place of the one before; "" takes it away. People may use any emoji,
// because custom ones exist; a bot may not.
func (s *Server) React(ctx context.Context, messageID int64, emoji string, options ...Option) error {
	return s.locked(ctx, options, func(g *group, a act) error {
		m := g.live(messageID)
		if m == nil {
			return ErrNoMessage
		}
		who := s.person(a)
		before := m.setReaction(who.ID, plainEmoji(emoji))
		if g.BotStatus != "administrator" || before == plainEmoji(emoji) {
			return nil
		}
		u := reactionUpdate{
			Chat: g.wire(), MessageID: m.ID, Date: s.clock.Now().Unix(), Old: reactionList(before), New: reactionList(plainEmoji(emoji)),
		}
		if chat := g.wire(); who.title != "" {
			u.ActorChat = &chat
		} else {
			u.User = &who.User
		}
		s.emit("message_reaction", queueOf("reaction", g.ID), u)
		return nil
	})
}

type reactionUpdate struct {
	Chat      wireChat       `json:"chat"`
	MessageID int64          `json:"message_id"`
	User      *User          `json:"user,omitempty"`
	ActorChat *wireChat      `json:"actor_chat,omitempty"` // instead of an anonymous administrator
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
	ID           string `json:"id"`
	From         User   `json:"from"`
	Message      any    `json:"message,omitempty"`
	ChatInstance string `json:"chat_instance"`
	Data         string `json:"data"`
}

// Press presses the button with that label (or that callback data) under a message, and returns the press.
func (s *Server) Press(ctx context.Context, messageID int64, label string, options ...Option) (Callback, error) {
	var pressed Callback
	err := s.locked(ctx, options, func(g *group, a act) error {
		m := g.live(messageID)
		if m == nil {
			return ErrNoMessage
		}
		data := buttonData(m.Buttons, label)
		if data == "" {
			return ErrNoButton
		}
		q := &Callback{
			ID: strconv.FormatInt(s.world.NextCallback, 10), ChatID: g.ID, MessageID: m.ID, Data: data, At: s.clock.Now(),
		}
		a.anonymous = "" // a press shows who it was
		q.User = s.person(a).User
		s.world.NextCallback++
		s.world.Callbacks = append(s.world.Callbacks, q)
		s.emit("callback_query", queueOf("callback", q.User.ID), callbackUpdate{
			ID: q.ID, From: q.User, Message: g.pressed(m, a), ChatInstance: strconv.FormatInt(-g.ID%1_000_003, 10), Data: data,
		})
		pressed = *q
		return nil
	})
	return pressed, err
}

// wireStub is a message that is too old to be shown.
type wireStub struct {
	Chat      wireChat `json:"chat"`
	MessageID int64    `json:"message_id"`
	Date      int64    `json:"date"` // always 0
}

func (g *group) pressed(m *Message, a act) any {
	if a.inaccessible {
		return wireStub{Chat: g.wire(), MessageID: m.ID}
	}
	return g.wireMessage(m)
}

func buttonData(buttons [][]Button, label string) string {
	for _, row := range buttons {
		for _, b := range row {
			if label != "" && b.CallbackData != "" && (b.Text == label || b.CallbackData == label || strings.Contains(b.Text, label)) {
				return b.CallbackData
			}
		}
	}
	return ""
}
