package discord

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// defaultName is an operator whom Discord doesn't name.
const defaultName = "Operator"

// botName is what the bot is called in commands: the name that a mention of it is turned into.
const botName = "bot"

// operator is who did something; without a user nobody knows who.
func operator(u *api.User, m *api.Member) receive.Operator {
	by := receive.Operator{ID: Name, Name: defaultName}
	if u == nil && m != nil {
		u = m.User
	}
	if u != nil && u.ID != "" {
		by.ID = Name + ":" + u.ID
	}
	if name := api.DisplayName(u, m); name != "" {
		by.Name = name
	}
	return by
}

// gesture is a message as an operator's gesture; false for what no operator wrote.
func (b *Bot) gesture(m *api.Message, kind office.Kind) (office.Gesture, bool) {
	if !m.Written(b.testBots) || m.Author.ID == b.cfg.BotID() {
		return office.Gesture{}, false
	}
	g := office.Gesture{
		Kind: kind, EventID: b.eventID(m.ID), Chat: b.cfg.Channel, Thread: m.ChannelID, MessageID: m.ID, By: operator(m.Author, m.Member),
		Content: b.content(m), Bot: botName, ReplyTo: m.ReplyTo(),
	}
	switch kind {
	case office.Edited:
		g.EventID = b.eventID("edit:" + m.ID + ":" + strconv.FormatInt(m.EditedAt.UnixMicro(), 10))
	case office.Said:
		g.Files = b.files(m)
	}
	return g, true
}

// content is what a message says, for somebody who is not on Discord.
func (b *Bot) content(m *api.Message) string {
	text := m.Content
	for _, mention := range []string{"<@" + b.cfg.BotID() + ">", "<@!" + b.cfg.BotID() + ">"} {
		if rest, found := strings.CutPrefix(strings.TrimSpace(text), mention); found {
			text = "@" + botName + " " + strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(rest), ":,")) // "@bot: close"
		}
	}
	lines := []string{api.Readable(text, m.Mentions)}
	for _, forwarded := range m.Forwarded {
		lines = append(lines, api.Readable(forwarded.Message.Content, m.Mentions))
	}
	for _, sticker := range m.Stickers {
		lines = append(lines, ":"+sticker.Name+":")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// deleted is the gesture of deleting a message. Discord does not tell who did it.
func (b *Bot) deleted(channel, message string) office.Gesture {
	return office.Gesture{
		Kind: office.Deleted, EventID: b.eventID("delete:" + message), Chat: b.cfg.Channel, Thread: channel, MessageID: message, By: operator(nil, nil),
	}
}

// reacted is a reaction as a gesture; false for a bot's. mark is the same whenever the reaction comes again, and another one when
// it was taken back and given anew.
func (b *Bot) reacted(r *api.Reaction, mark string) (office.Gesture, bool) {
	bot := r.Member != nil && r.Member.User != nil && r.Member.User.Bot
	if r.UserID == b.cfg.BotID() || bot {
		return office.Gesture{}, false
	}
	emoji := r.Emoji.Name
	if r.Emoji.ID != "" {
		emoji = ":" + emoji + ":"
	}
	by := operator(&api.User{ID: r.UserID}, r.Member)
	if r.Member != nil && r.Member.User != nil {
		by = operator(r.Member.User, r.Member)
	}
	return office.Gesture{
		Kind: office.Reacted, EventID: b.eventID(fmt.Sprintf("reaction:%s:%s:%s", r.MessageID, r.UserID, mark)), Chat: b.cfg.Channel,
		MessageID: r.MessageID, By: by, Emoji: []string{emoji},
	}, true
}

// do hands a gesture to the office until it is done, and tells the operator what there is to tell. The error is ctx's.
func (b *Bot) do(ctx context.Context, g office.Gesture) error {
	var out office.Outcome
	err := stubbornly(ctx, func() (err error) {
		out, err = b.office.Handle(ctx, g)
		return err
	})
	if err == nil && !out.Answer.Empty() {
		b.answers.ask(answer{Answer: out.Answer, thread: g.Thread, message: g.MessageID})
	}
	return ctx.Err()
}
