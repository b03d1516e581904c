package telegram

import (
	"context"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

// handle stores the facts of an update. A nil error means that Telegram may forget it: everything is stored, or there is
// nothing to store. An error asks for the update again.
func (b *Bot) handle(ctx context.Context, u *telegram.Update) error {
	in := classify(u, b.own())
	if in.why != "" {
		b.metrics.Count(office.ResultIgnored)
		b.log.Debug("update ignored", zap.Int64("update", u.ID), zap.String("why", in.why))
		return nil
	}
	in.gesture.EventID = b.eventID(u.ID)
	out, err := b.office.Handle(ctx, in.gesture)
	if err == nil && !out.Answer.Empty() {
		b.answers.ask(answer{to: in, Answer: out.Answer})
	}
	return err
}

// own is what tells this bot's updates from others'.
func (b *Bot) own() self {
	me := self{id: b.cfg.BotID(), chats: b.chats}
	if name := b.username.Load(); name != nil {
		me.username = *name
	}
	return me
}

// eventID names the facts of an update. Update ids are per bot, so the bots of other projects than the first say whose they are.
func (b *Bot) eventID(updateID int64) string {
	if b.project != id.Default {
		return platform + ":" + string(b.project) + ":" + decimal(updateID)
	}
	return platform + ":" + decimal(updateID)
}
