package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/discord/gateway"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

const resultPoison = office.ResultPoison

// plan is what is done about an event.
type plan struct {
	// lane is the thread; alone is for what concerns all of them.
	lane  string
	alone bool
	// message is set for a message: seen from then on.
	message string
	// do is nil for nothing. Its error is ctx's.
	do func(ctx context.Context) error
}

// plan reads an event.
func (s *shift) plan(ev gateway.Event) plan {
	switch ev.Type {
	case "READY":
		return plan{alone: true, do: s.begins}
	case "GUILD_CREATE", "THREAD_LIST_SYNC", "GUILD_DELETE":
		return s.server(ev)
	case "MESSAGE_CREATE", "MESSAGE_UPDATE":
		return s.message(ev)
	case "MESSAGE_DELETE", "MESSAGE_DELETE_BULK":
		return s.deletion(ev)
	case "MESSAGE_REACTION_ADD":
		return s.reaction(ev)
	case "TYPING_START":
		return s.typing(ev)
	case "THREAD_CREATE", "THREAD_UPDATE":
		return s.thread(ev)
	case "INTERACTION_CREATE":
		return s.interaction(ev)
	}
	return plan{}
}

// mark is the same whenever an event comes again, and no other event's.
func markOf(ev gateway.Event) string {
	sum := sha256.Sum256([]byte(ev.Session.ID))
	return hex.EncodeToString(sum[:4]) + "." + strconv.FormatInt(ev.Session.Seq, 10)
}

// server learns where threads belong, and whether the bot is still there.
func (s *shift) server(ev gateway.Event) plan {
	server, err := api.DecodeServer(ev.Data)
	if err != nil {
		return s.skip(ev.Type, err)
	}
	for _, c := range server.Channels {
		s.parents.Add(c.ID, "")
	}
	s.learn(server.Threads...)
	if at := s.guild.Load(); at != nil && *at == server.ID && !server.Unavailable {
		switch ev.Type {
		case "GUILD_DELETE":
			s.tell("the bot was removed from the server")
		case "GUILD_CREATE":
			s.tell("")
		}
	}
	return plan{}
}

func (s *shift) message(ev gateway.Event) plan {
	m, err := api.DecodeMessage(ev.Data)
	if err != nil {
		return s.skip(ev.Type, err)
	}
	kind, message := office.Said, m.ID
	if ev.Type == "MESSAGE_UPDATE" {
		kind, message = office.Edited, ""
		if m.EditedAt.IsZero() { // a preview was added
			return plan{}
		}
	}
	g, human := s.gesture(m, kind)
	if !human {
		s.metrics.Count(office.ResultIgnored)
		return plan{message: message}
	}
	return plan{lane: m.ChannelID, message: message, do: s.inOurs(m.ChannelID, g)}
}

// inOurs does a gesture if its thread is ours.
func (s *shift) inOurs(channel string, gestures ...office.Gesture) func(context.Context) error {
	return func(ctx context.Context) error {
		ours, err := s.ours(ctx, channel)
		if err != nil {
			return err
		}
		if !ours {
			s.metrics.Count(office.ResultIgnored)
			return nil
		}
		if err := s.settle(ctx, channel); err != nil {
			return err
		}
		for _, g := range gestures {
			if err := s.Bot.do(ctx, g); err != nil {
				return err
			}
		}
		return nil
	}
}

func (s *shift) deletion(ev gateway.Event) plan {
	d, err := api.DecodeDeletion(ev.Data)
	if err != nil {
		return s.skip(ev.Type, err)
	}
	gestures := make([]office.Gesture, 0, len(d.IDs))
	for _, message := range d.IDs {
		gestures = append(gestures, s.deleted(d.ChannelID, message))
	}
	return plan{lane: d.ChannelID, do: s.inOurs(d.ChannelID, gestures...)}
}

func (s *shift) reaction(ev gateway.Event) plan {
	r, err := api.DecodeReaction(ev.Data)
	if err != nil {
		return s.skip(ev.Type, err)
	}
	g, human := s.reacted(r, markOf(ev))
	if !human {
		return plan{}
	}
	react := s.inOurs(r.ChannelID, g)
	return plan{lane: r.ChannelID, do: func(ctx context.Context) error {
		if parent, known := s.parents.Get(r.ChannelID); known && parent == s.cfg.Channel {
			if err := s.settleCopy(ctx, r.MessageID); err != nil {
				return err
			}
		}
		return react(ctx)
	}}
}

// typing passes on that an operator types. It is true for a moment only, and nothing is done twice for it.
func (s *shift) typing(ev gateway.Event) plan {
	t, err := api.DecodeTyping(ev.Data)
	if err != nil {
		return s.skip(ev.Type, err)
	}
	bot := t.Member != nil && t.Member.User != nil && t.Member.User.Bot
	if parent, known := s.parents.Get(t.ChannelID); t.UserID == s.cfg.BotID() || bot || !known || parent != s.cfg.Channel {
		return plan{}
	}
	return plan{lane: t.ChannelID, do: func(ctx context.Context) error {
		if err := s.showTyping(ctx, t.ChannelID); err != nil {
			s.log.Debug("typing is not shown", zap.Error(err))
		}
		return ctx.Err()
	}}
}

func (s *shift) thread(ev gateway.Event) plan {
	t, err := api.DecodeChannel(ev.Data)
	if err != nil {
		return s.skip(ev.Type, err)
	}
	s.learn(*t)
	if ev.Type != "THREAD_UPDATE" || t.ParentID != s.cfg.Channel {
		return plan{}
	}
	return plan{lane: t.ID, do: func(ctx context.Context) error { return s.turned(ctx, *t, markOf(ev)) }}
}
