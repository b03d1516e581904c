package discord

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

const (
	// young is how long after a thread or message was made it may still be unknown: whoever made it reports that when Discord has
	// answered, and an operator may be faster.
	young = 5 * time.Second
	// youngPause is the pause before it is asked for again.
	youngPause = 50 * time.Millisecond
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

// settle waits until a thread that was made just now is known to be a conversation's, or old enough to be nobody's. The error is ctx's.
func (b *Bot) settle(ctx context.Context, thread string) error {
	return b.reported(ctx, thread, func() error {
		_, err := b.desk.Find(ctx, b.at(thread))
		return err
	})
}

// settleCopy does the same for a message that somebody was quick to react to.
func (b *Bot) settleCopy(ctx context.Context, message string) error {
	return b.reported(ctx, message, func() error {
		_, err := b.desk.FindCopy(ctx, b.project, Name, b.cfg.Channel, message)
		return err
	})
}

// reported waits as long as something is young and nobody's.
func (b *Bot) reported(ctx context.Context, made string, find func() error) error {
	for {
		if age := time.Since(api.IDTime(made)); age > young || age < -young {
			return nil
		}
		if err := stubbornly(ctx, find); !errors.Is(err, receive.ErrNobodys) {
			return ctx.Err()
		}
		if !sleep(ctx, youngPause) {
			return ctx.Err()
		}
	}
}
