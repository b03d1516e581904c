package slack

import (
	"context"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack/emoji"
)

// Limits of https://docs.slack.dev/reference/methods/reactions.add; the numbers are of the error texts.
const (
	maxOwnReactions = 23
	maxReactions    = 50
)

type reactionEvent struct {
	Type     string       `json:"type"`
	User     string       `json:"user"`
	Reaction string       `json:"reaction"`
	Item     reactionItem `json:"item"`
	ItemUser string       `json:"item_user,omitempty"`
	EventTS  string       `json:"event_ts"`
}

type reactionItem struct {
	Type    string `json:"type"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

func (c *call) addReaction() (fields, *apiError) {
	ch, m, name, err := c.reactable()
	if err != nil {
		return nil, err
	}
	if m.Has(name, BotUserID) {
		return nil, refuse("already_reacted")
	}
	own := 0
	for _, r := range m.Reactions {
		if slices.Contains(r.Users, BotUserID) {
			own++
		}
	}
	if own >= maxOwnReactions {
		return nil, refuse("too_many_emoji")
	}
	if len(m.Reactions) >= maxReactions && !slices.ContainsFunc(m.Reactions, func(r Reaction) bool { return r.Name == name }) {
		return nil, refuse("too_many_reactions")
	}
	c.s.react(ch, m, name, BotUserID)
	return nil, nil
}

func (c *call) removeReaction() (fields, *apiError) {
	if c.p.values["channel"] == "" || c.p.values["timestamp"] == "" {
		return nil, refuse("no_item_specified")
	}
	ch, m, name, err := c.reactable()
	if err != nil {
		return nil, err
	}
	if !m.Has(name, BotUserID) {
		return nil, refuse("no_reaction")
	}
	c.s.unreact(ch, m, name, BotUserID)
	return nil, nil
}

// reactable finds the message and checks the name.
func (c *call) reactable() (*channel, *Message, string, *apiError) {
	ch, err := c.writable("channel")
	if err != nil {
		return nil, nil, "", err
	}
	name, ts := c.p.values["name"], c.p.values["timestamp"]
	if !isTS(ts) {
		return nil, nil, "", refuse("bad_timestamp")
	}
	m := ch.live(ts)
	switch {
	case !emoji.Known(name):
		return nil, nil, "", refuse("invalid_name")
	case m == nil:
		return nil, nil, "", refuse("message_not_found")
	case m.service():
		return nil, nil, "", refuse("not_reactable")
	case ch.thread(m.Root()).Locked:
		return nil, nil, "", refuse("thread_locked")
	}
	return ch, m, canonical(name), nil
}

// canonical is the name that Slack tells of an emoji that has several.
func canonical(name string) string {
	if char := emoji.Char(name); char != "" && !strings.Contains(name, "::") {
		if known := emoji.Name(char); known != "" {
			return known
		}
	}
	return name
}

func (s *Server) react(ch *channel, m *Message, name, user string) {
	m.Reactions = slices.Clone(m.Reactions) // copies of the message are out there
	at := slices.IndexFunc(m.Reactions, func(r Reaction) bool { return r.Name == name })
	if at < 0 {
		m.Reactions = append(m.Reactions, Reaction{Name: name})
		at = len(m.Reactions) - 1
	}
	m.Reactions[at].Users = append(slices.Clip(m.Reactions[at].Users), user)
	s.emitReaction(ch, m, "reaction_added", name, user)
	s.touch()
}

func (s *Server) unreact(ch *channel, m *Message, name, user string) {
	var left []Reaction
	for _, r := range m.Reactions {
		if r.Name == name {
			r.Users = slices.DeleteFunc(slices.Clone(r.Users), func(u string) bool { return u == user })
		}
		if len(r.Users) > 0 {
			left = append(left, r)
		}
	}
	m.Reactions = left
	s.emitReaction(ch, m, "reaction_removed", name, user)
	s.touch()
}

func (s *Server) emitReaction(ch *channel, m *Message, kind, name, user string) {
	event := reactionEvent{
		Type: kind, User: user, Reaction: name, Item: reactionItem{Type: "message", Channel: ch.ID, TS: m.TS},
		ItemUser: m.From.ID, EventTS: ch.nextTS(s.clock.Now()),
	}
	s.emit(ch, kind, kind, m.Root(), event)
}

// React puts an operator's reaction on a message, by short name ("+1") or character ("👍").
func (s *Server) React(ctx context.Context, ts, name string, options ...Option) error {
	return s.reaction(ctx, ts, name, options, func(ch *channel, m *Message, name, user string) {
		if !m.Has(name, user) {
			s.react(ch, m, name, user)
		}
	})
}

// Unreact takes an operator's reaction away.
func (s *Server) Unreact(ctx context.Context, ts, name string, options ...Option) error {
	return s.reaction(ctx, ts, name, options, func(ch *channel, m *Message, name, user string) {
		if m.Has(name, user) {
			s.unreact(ch, m, name, user)
		}
	})
}

func (s *Server) reaction(ctx context.Context, ts, name string, options []Option, do func(*channel, *Message, string, string)) error {
	return s.locked(ctx, func(ch *channel) error {
		m := ch.live(ts)
		if m == nil {
			return ErrNoMessage
		}
		name := strings.Trim(name, ":")
		if short := emoji.Name(name); short != "" {
			name = short
		}
		if !emoji.Known(name) {
			return ErrEmoji
		}
		do(ch, m, canonical(name), s.person(gesture(options)).ID)
		return nil
	})
}
