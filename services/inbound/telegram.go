package inbound

import (
	"context"
	"net/http"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/telegram"
)

// receiveTelegram starts the bot's parts and returns its webhook. The answers are stopped last: what is received until then may want one.
func receiveTelegram(g *runner.Group, cfg Config, desk office.Options, tell func(problem string)) (http.Handler, error) {
	if !cfg.Telegram.Configured() {
		return http.HandlerFunc(telegram.NotConfigured), nil
	}
	part := cfg.part(telegram.Name)
	metrics, err := office.NewMetrics(cfg.Metrics, telegram.Name)
	if err != nil {
		return nil, err
	}
	g.Defer(part+" metrics", func(context.Context) error { metrics.Unregister(cfg.Metrics); return nil })
	webhookURL := cfg.webhookURL(telegram.Name)
	if webhookURL != "" && cfg.Telegram.WebhookSecret == "" {
		cfg.Log.Warn("TELEGRAM_WEBHOOK_SECRET is not set, so Telegram's updates are fetched by long polling and its webhook is closed")
		webhookURL = ""
	}
	desk.Metrics = metrics
	bot, err := telegram.New(telegram.Options{Office: desk, Config: cfg.Telegram, WebhookURL: webhookURL, Tell: tell})
	if err != nil {
		return nil, err
	}
	g.Defer(part+" connections", func(context.Context) error { bot.Close(); return nil })
	g.Go(part+" answers", bot.Answer)
	g.Go(part+" name", bot.Identify)
	g.Go(part+" albums", bot.Albums)
	owner := string(id.NewMessage())
	g.Go(part, func(ctx context.Context) error { return bot.Run(ctx, owner) })
	return http.HandlerFunc(bot.Webhook), nil
}
