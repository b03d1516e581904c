package discord

import (
	"context"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
)

// learn remembers where threads belong.
func (b *Bot) learn(threads ...api.Channel) {
	for i := range threads {
		if t := &threads[i]; t.Type.IsThread() {
			b.parents.Add(t.ID, t.ParentID)
		} else {
			b.parents.Add(t.ID, "")
		}
	}
}

// ours tells whether a thread belongs to the configured channel. Only ctx's end is an error.
func (b *Bot) ours(ctx context.Context, channel string) (bool, error) {
	if parent, known := b.parents.Get(channel); known {
		return parent == b.cfg.Channel, nil
	}
	found, err := patiently(ctx, b, "a channel", func(ctx context.Context) (api.Channel, error) { return b.client.GetChannel(ctx, channel) })
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil { // hidden, or gone
		b.log.Debug("a channel is not shown to the bot", zap.String("channel", channel), zap.Error(err))
		b.parents.Add(channel, "")
		return false, nil
	}
	b.learn(found)
	return found.Type.IsThread() && found.ParentID == b.cfg.Channel, nil
}
