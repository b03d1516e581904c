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
	if err := b.learn(ctx, chatOf(u)); err != nil {
		return err
	}
	switch m := u.Message; {
	case u.Membership != nil:
		b.promoted(u.Membership)
		return nil
	case m != nil && (m.MigrateTo != 0 || m.MigrateFrom != 0):
		return b.migrated(ctx, m)
	}
	in := classify(u, b.own())
	switch {
	case in.why != "":
		b.metrics.Count(office.ResultIgnored)
		b.log.Debug("update ignored", zap.Int64("update", u.ID), zap.String("why", in.why))
		if in.press != "" {
			b.answers.ask(answer{to: in, Answer: office.Answer{Text: deaf, Mark: office.Refused}})
		}
		return nil
	case in.album != "":
		return b.park(ctx, in, u.ID)
	case in.gesture.Kind != office.Reacted && in.gesture.Kind != office.Pressed:
		if err := b.settle(ctx, in.place); err != nil {
			return err
		}
	}
	return b.act(ctx, in, u.ID)
}

// act does what an intent asks for, in the name of an update. A press is answered in any case: the operator's client waits for it.
func (b *Bot) act(ctx context.Context, in intent, updateID int64) error {
	chat, err := b.formerly(ctx, in.gesture)
	if err != nil {
		return err
	}
	in.gesture.EventID, in.gesture.Chat = b.eventID(updateID), chat
	in.gesture.Files = append(in.gesture.Files, b.carried(in.files)...)
	out, err := b.office.Handle(ctx, in.gesture)
	if err == nil && (!out.Answer.Empty() || in.press != "") {
		b.answers.ask(answer{to: in, Answer: out.Answer})
	}
	return err
}

// own is what tells this bot's updates from others'.
func (b *Bot) own() self {
	me := self{id: b.cfg.BotID(), chats: b.groups.Load().known}
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
