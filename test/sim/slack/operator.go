package slack

import (
	"context"

	"github.com/bellhop-chat/bellhop/test/sim/slack/emoji"
	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// locked runs a person's gesture under the lock and tells everybody about the change.
func (s *Server) locked(ctx context.Context, do func(ch *channel) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return ErrClosed
	}
	if err := do(s.home()); err != nil {
		return err
	}
	s.touch()
	return nil
}

// person is the user who acts. The caller holds mu.
func (s *Server) person(a act) *User {
	if a.app != "" {
		return s.otherApp(a.app)
	}
	name := a.name
	if name == "" {
		name = "Olga"
		if len(s.opts.Operators) > 0 {
			name = s.opts.Operators[0]
		}
	}
	return s.world.user(name)
}

// otherApp finds or adds the bot user of another app.
func (s *Server) otherApp(name string) *User {
	if u := s.world.named(name); u != nil && u.IsBot {
		return u
	}
	return s.world.addUser(&User{ID: s.world.userID(name), Name: handle(name), RealName: name, IsBot: true})
}

// Say writes in a thread (by the ts of its root, or of any message of it), or in the channel itself ("") and returns the message.
// The text is what a person types: @Olga, @here, links and emoji become what Slack's clients make of them.
func (s *Server) Say(ctx context.Context, threadTS, text string, options ...Option) (Message, error) {
	a := gesture(options)
	var said Message
	err := s.locked(ctx, func(ch *channel) error {
		if a.channel != "" {
			if ch = s.world.Channels[a.channel]; ch == nil {
				return ErrNoChannel
			}
		}
		m, err := s.human(ch, threadTS, text, a)
		if err != nil {
			return err
		}
		s.post(ch, m)
		if len(m.Files) > 0 {
			s.shared(ch, m)
		}
		said = *m
		return nil
	})
	return said, err
}

// human builds a person's message without placing it.
func (s *Server) human(ch *channel, threadTS, text string, a act) (*Message, error) {
	if text == "" && len(a.files) == 0 {
		return nil, ErrEmptyText
	}
	if ch.Archived {
		return nil, ErrArchived
	}
	by := s.person(a)
	m := &Message{ChannelID: ch.ID, From: *by, Date: s.clock.Now(), ClientID: uuid(s.rng), Unfurl: true}
	if threadTS != "" {
		m.ThreadTS = ch.rootOf(threadTS)
		root := ch.Messages[m.ThreadTS]
		switch {
		case root == nil || root.Deleted && !root.Tombstone || root.Ephemeral != "":
			return nil, ErrNoThread
		case ch.thread(m.ThreadTS).Locked:
			return nil, ErrLocked
		}
	}
	if by.IsBot {
		m.BotID, m.ClientID = "B0"+by.ID[2:], ""
	}
	switch {
	case a.broadcast && m.ThreadTS != "":
		m.Broadcast, m.Subtype = true, "thread_broadcast"
	case a.me:
		m.Subtype = "me_message"
	}
	for _, f := range a.files {
		m.Files = append(m.Files, s.storeOwn(by, f).ID)
		m.Subtype = "file_share"
	}
	s.write(m, text, a.raw)
	return m, nil
}

// write makes a message say what a person typed.
func (s *Server) write(m *Message, text string, raw bool) {
	said := content{text: text}
	if !raw {
		said.text = s.typed(text)
	}
	s.apply(m, said)
	if said.text != "" && m.Subtype != "me_message" && !m.From.IsBot {
		m.Blocks = s.richText(said.text)
		m.Shown = mrkdwn.Plain(said.text, s.nameOf)
	}
}

// typed turns what a person types into what Slack's clients send.
func (s *Server) typed(text string) string {
	text = mrkdwn.Escape(emoji.Shorten(text))
	text = bare.ReplaceAllString(text, "<$0>")
	return typed.ReplaceAllStringFunc(text, func(match string) string {
		parts := typed.FindStringSubmatch(match)
		switch name := parts[2]; name {
		case "channel", "here", "everyone":
			return parts[1] + "<!" + name + ">"
		default:
			if u := s.world.named(name); u != nil {
				return parts[1] + "<@" + u.ID + ">"
			}
		}
		return match
	})
}

// Edit changes an operator's own message; the text is what a person types.
func (s *Server) Edit(ctx context.Context, ts, text string, options ...Option) error {
	a := gesture(options)
	return s.locked(ctx, func(ch *channel) error {
		m := ch.live(ts)
		switch {
		case m == nil:
			return ErrNoMessage
		case m.BotID != "" || m.service():
			return ErrNotAuthor
		case text == "" && len(m.Files) == 0:
			return ErrEmptyText
		}
		s.change(ch, m, m.From.ID, func() { s.write(m, text, a.raw) })
		return nil
	})
}

// Delete removes a message of anybody, as an administrator may.
func (s *Server) Delete(ctx context.Context, ts string) error {
	return s.locked(ctx, func(ch *channel) error {
		m := ch.Messages[ts]
		if m == nil || m.Deleted {
			return ErrNoMessage
		}
		s.removeShown(ch, m)
		return nil
	})
}

// DeleteThread deletes a root and all of its replies, as a person would one after another.
func (s *Server) DeleteThread(ctx context.Context, ts string) error {
	return s.locked(ctx, func(ch *channel) error {
		root := ch.Messages[ts]
		if root == nil || root.Deleted && !root.Tombstone {
			return ErrNoThread
		}
		for _, reply := range ch.replies(ts) {
			s.remove(ch, reply)
		}
		if !root.Deleted {
			s.remove(ch, root)
		}
		return nil
	})
}
