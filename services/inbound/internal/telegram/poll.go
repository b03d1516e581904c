package telegram

import (
	"context"
	"encoding/json"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
)

// pollTimeout is how long Telegram holds an empty answer back; it allows 50 s.
const pollTimeout = 45 * time.Second

// maxStoreDelay bounds the pause before an update that could not be stored is tried again.
const maxStoreDelay = 5 * time.Second

// poll fetches updates until ctx ends. Asking for what follows confirms what was fetched, so it asks only after everything is
// stored; it keeps no offset of its own: Telegram gives again what nobody confirmed.
func (b *Bot) poll(ctx context.Context) {
	delay := firstDelay
	for ctx.Err() == nil {
		err := b.pollUntilError(ctx, func() { delay = firstDelay })
		if ctx.Err() != nil {
			return
		}
		b.log.Warn("polling is interrupted", zap.Stringer("kind", telegram.KindOf(err)), zap.Error(err))
		if !sleep(ctx, pause(err, delay)) {
			return
		}
		delay = longer(delay)
	}
}

// pollUntilError takes the webhook away, which would keep the updates for itself, and polls.
func (b *Bot) pollUntilError(ctx context.Context, works func()) error {
	if err := b.client.DeleteWebhook(ctx); err != nil {
		return err
	}
	var offset int64
	for {
		batch, err := b.client.GetUpdates(ctx, offset, pollTimeout)
		if err != nil {
			return err
		}
		works()
		for _, raw := range batch {
			updateID, err := b.receive(ctx, raw)
			if err != nil {
				return err // only when ctx has ended
			}
			offset = max(offset, updateID+1)
		}
	}
}

// receive handles one update, and tries again until it is stored or ctx ends: what comes after it must wait.
func (b *Bot) receive(ctx context.Context, raw json.RawMessage) (updateID int64, err error) {
	update, err := telegram.DecodeUpdate(raw)
	if err != nil {
		b.poison(err)
		return readID(raw), nil
	}
	for delay := firstDelay; ; delay = min(2*delay, maxStoreDelay) {
		if err = b.handle(ctx, update); err == nil {
			return update.ID, nil
		}
		if !sleep(ctx, delay) {
			return 0, ctx.Err()
		}
	}
}
