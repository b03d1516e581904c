package telegram

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// messageID is what an operator's message is called everywhere.
func messageID(telegramID int) string { return platform + ":" + strconv.Itoa(telegramID) }

func (b *Bot) said(ctx context.Context, in intent, c *receive.Conversation, o receive.Occasion) error {
	words := receive.Words{MessageID: messageID(in.message), Content: in.content, PlatformID: strconv.Itoa(in.message)}
	if in.replyTo != 0 {
		quoted, err := b.desk.Shown(ctx, c, strconv.Itoa(in.replyTo))
		if err != nil {
			return err
		}
		words.Quoted = quoted.GetMessage()
	}
	if err := b.store(ctx, c.Said(o, words)); err != nil {
		return err
	}
	if in.file {
		b.fileNotice(in, "Only the text was sent: files are not carried yet.")
	}
	return nil
}

// edited relays an operator's correction. What never was a message to the visitor does not become one, and a message
// that becomes a note or a command keeps for the visitor the text that it had.
func (b *Bot) edited(ctx context.Context, in intent, c *receive.Conversation, o receive.Occasion) error {
	record, err := b.desk.Shown(ctx, c, strconv.Itoa(in.message))
	if err != nil {
		return err
	}
	m := record.GetMessage()
	switch {
	case m.GetId() != messageID(in.message) || m.GetSender() != receive.SenderOperator || m.GetDeletedAt() != nil || m.GetContent() == in.content:
		b.metrics.update(resultIgnored)
		return nil
	case in.line.Kind != command.Message:
		b.metrics.update(resultAnswered)
		b.answers.ask(refusal(in, "The visitor still sees the text from before. To take it back, reply to it with /delete."))
		return nil
	}
	return b.store(ctx, c.Edited(o, m.GetId(), in.content))
}

func (b *Bot) ordered(ctx context.Context, in intent, c *receive.Conversation, o receive.Occasion) error {
	input := command.In{Conversation: c, Occasion: o, Reply: in.replyTo != 0}
	if input.Reply {
		var err error
		if input.Quoted, err = b.desk.Shown(ctx, c, strconv.Itoa(in.replyTo)); err != nil {
			return err
		}
	}
	out := command.Run(in.line, input)
	if err := b.desk.Store(ctx, out.Events...); err != nil {
		return err
	}
	b.metrics.update(resultCommand)
	if out.Answer != "" {
		b.answers.ask(answer{to: in, text: out.Answer, refused: out.Refused})
	}
	return nil
}

// turned follows a topic that a person closed or reopened by hand.
func (b *Bot) turned(ctx context.Context, in intent, c *receive.Conversation, o receive.Occasion) error {
	closing := in.kind == topicClosed
	switch {
	case c.Closed() == closing:
		b.metrics.update(resultIgnored)
		return nil
	case closing:
		return b.store(ctx, c.ThreadClosed(o))
	}
	return b.store(ctx, c.ThreadReopened(o))
}

// wastebasket is the reaction that deletes a message of the team.
const wastebasket = "🗑"

// reacted marks everything as read: whoever reacts has read. A reaction doesn't tell its topic, the message does.
func (b *Bot) reacted(ctx context.Context, in intent, o receive.Occasion) error {
	found, err := b.desk.FindCopy(ctx, b.project, platform, decimal(in.place.Chat), strconv.Itoa(in.message))
	var c *receive.Conversation
	if err == nil {
		at := found.Session.GetPlatforms()[platform]
		c, err = b.desk.Find(ctx, receive.Thread{Project: b.project, Platform: platform, Chat: at.GetChat(), Thread: at.GetThread()})
	}
	if errors.Is(err, receive.ErrNobodys) {
		b.metrics.update(resultIgnored)
		return nil
	}
	if err != nil {
		return err
	}
	events := c.Read(o, c.Unread)
	if slices.Contains(in.emoji, wastebasket) {
		input := command.In{Conversation: c, Occasion: o, Reply: true, Quoted: found.Message}
		events = append(events, command.Run(command.Line{Word: "delete"}, input).Events...)
	}
	return b.store(ctx, events)
}

func (b *Bot) store(ctx context.Context, events []bus.Event) error {
	if err := b.desk.Store(ctx, events...); err != nil {
		return err
	}
	b.metrics.update(resultStored)
	return nil
}

// fileNotice tells of a file once for an album.
func (b *Bot) fileNotice(in intent, text string) {
	if in.album != "" {
		if known, _ := b.albums.ContainsOrAdd(in.album, struct{}{}); known {
			return
		}
	}
	b.answers.ask(refusal(in, text))
}

// unconnected tells whoever writes into a topic without a conversation that nobody hears it, once a minute.
func (b *Bot) unconnected(in intent) {
	b.metrics.update(resultUnconnected)
	if in.kind == topicClosed || in.kind == topicReopened || in.kind == edited {
		return
	}
	if last, known := b.noticed.Get(in.place); known && time.Since(last) < noticeEvery {
		return
	}
	b.noticed.Add(in.place, time.Now())
	b.answers.ask(refusal(in, "This topic is not connected to a conversation: no visitor gets what is written here."))
}

func refusal(to intent, text string) answer { return answer{to: to, text: text, refused: true} }
