package telegram

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
)

const (
	// firstDelay and lastDelay bound the pause after something failed; it doubles in between.
	firstDelay = 250 * time.Millisecond
	lastDelay  = 30 * time.Second
	// watchEvery is how often a registered webhook is looked at.
	watchEvery = time.Minute
)

// Run receives until ctx ends: it keeps the webhook registered, or polls. Of all replicas one at a time does so.
func (b *Bot) Run(ctx context.Context, owner string) error {
	lease := "inbound-" + platform + "-" + decimal(b.cfg.BotID())
	return b.desk.Bus.Hold(ctx, lease, owner, b.log, func(ctx context.Context) error {
		ctx, cancel := context.WithCancel(ctx)
		var tidying sync.WaitGroup
		defer tidying.Wait()
		defer cancel()
		tidying.Go(func() { b.tidy(ctx) })
		if b.webhookURL != "" && b.keepWebhook(ctx) {
			return nil
		}
		b.poll(ctx)
		return nil
	})
}

// Answer sends answers to operators until ctx ends, and then those that wait.
func (b *Bot) Answer(ctx context.Context) error { return b.answers.run(ctx) }

// Identify asks Telegram for the bot's user name, by which commands may be addressed, until it knows; then it fills the menu,
// and looks how the bot stands in its groups.
func (b *Bot) Identify(ctx context.Context) error {
	for delay := firstDelay; ; delay = longer(delay) {
		me, err := b.client.GetMe(ctx)
		if err == nil {
			b.username.Store(&me.Username)
			b.menu(ctx)
			b.inspect(ctx)
			return nil
		}
		b.log.Warn("bot does not know its name yet", zap.Error(err))
		if !sleep(ctx, pause(err, delay)) {
			return nil
		}
	}
}

// menu shows the commands in the operators' groups. They work without.
func (b *Bot) menu(ctx context.Context) {
	var commands []models.BotCommand
	for _, c := range command.All() {
		commands = append(commands, models.BotCommand{Command: c.Name, Description: c.Help})
	}
	for chat := range b.groups.Load().known {
		if err := b.client.SetMyCommands(ctx, chat, commands); err != nil && ctx.Err() == nil {
			b.log.Warn("commands are not in the menu", zap.Int64("chat", chat), zap.Error(err))
		}
	}
}

// keepWebhook registers the webhook and watches it until ctx ends; false when Telegram will never take this address.
func (b *Bot) keepWebhook(ctx context.Context) bool {
	delay, set := firstDelay, false
	for {
		err := b.ensureWebhook(ctx, !set)
		switch {
		case err == nil:
			set, delay = true, firstDelay
			if !sleep(ctx, watchEvery) {
				return true
			}
			continue
		case ctx.Err() != nil:
			return true
		case telegram.KindOf(err) == telegram.KindBadRequest:
			b.log.Warn("Telegram does not take the address of PUBLIC_URL, so updates are fetched by long polling", zap.Error(err))
			return false
		}
		b.log.Warn("webhook is not registered", zap.Error(err))
		if !sleep(ctx, pause(err, delay)) {
			return true
		}
		delay = longer(delay)
	}
}

// errWebhook is what getWebhookInfo shows if somebody else has set another webhook meanwhile.
var errWebhook = errors.New("another webhook is registered")

// ensureWebhook sets the webhook if it is not as it must be, and checks it. The secret can't be read back, so whoever has taken the lease
// always sets it once.
func (b *Bot) ensureWebhook(ctx context.Context, always bool) error {
	info, err := b.client.GetWebhookInfo(ctx)
	if err != nil {
		return err
	}
	if info.LastErrorMessage != "" && info.PendingUpdateCount > 0 {
		b.log.Warn("Telegram could not deliver", zap.String("why", info.LastErrorMessage), zap.Int("pending", info.PendingUpdateCount),
			zap.Time("at", time.Unix(int64(info.LastErrorDate), 0)))
	}
	if !always && b.registered(info) {
		return nil
	}
	if err := b.client.SetWebhook(ctx, b.webhookURL, b.cfg.WebhookSecret); err != nil {
		return err
	}
	if info, err = b.client.GetWebhookInfo(ctx); err != nil {
		return err
	}
	if !b.registered(info) {
		return errWebhook
	}
	b.log.Info("webhook registered", zap.String("url", b.webhookURL))
	return nil
}

func (b *Bot) registered(info models.WebhookInfo) bool {
	if info.URL != b.webhookURL {
		return false
	}
	for _, kind := range telegram.AllowedUpdates() {
		if !slices.Contains(info.AllowedUpdates, kind) {
			return false
		}
	}
	return true
}

// pause is the delay, or what Telegram asks for.
func pause(err error, delay time.Duration) time.Duration {
	if limited, ok := errors.AsType[*telegram.Error](err); ok && limited.RetryAfter > delay {
		return limited.RetryAfter
	}
	return delay
}

func longer(delay time.Duration) time.Duration { return min(2*delay, lastDelay) }

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
