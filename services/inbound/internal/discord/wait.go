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
	// firstDelay and lastDelay bound the pause after something failed; it doubles in between.
	firstDelay = 250 * time.Millisecond
	lastDelay  = 30 * time.Second
	// lastStoreDelay is the same where the trouble is ours: the bus and the sessions service are back soon.
	lastStoreDelay = 5 * time.Second
)

// sleep waits, and tells whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// patiently asks Discord until there is an answer. A refusal is one: the error is its, or ctx's.
func patiently[T any](ctx context.Context, b *Bot, what string, ask func(context.Context) (T, error)) (T, error) {
	for delay := firstDelay; ; delay = min(2*delay, lastDelay) {
		answer, err := ask(ctx)
		wait := delay
		switch api.KindOf(err) {
		case api.KindUnknown, api.KindUnreachable:
		case api.KindRateLimited:
			if limited, ok := errors.AsType[*api.Error](err); ok {
				wait = max(wait, limited.RetryAfter())
			}
		default:
			return answer, err
		}
		b.log.Warn("Discord is asked again", zap.String("for", what), zap.Error(err))
		if !sleep(ctx, wait) {
			return answer, ctx.Err()
		}
	}
}

// stubbornly does what needs the bus or the sessions service until they are there: the error is final, or ctx's.
func stubbornly(ctx context.Context, do func() error) error {
	for delay := firstDelay; ; delay = min(2*delay, lastStoreDelay) {
		err := do()
		if err == nil || ctx.Err() == nil && !receive.Temporary(err) {
			return err
		}
		if !sleep(ctx, delay) {
			return ctx.Err()
		}
	}
}
