package inbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/telegram"
)

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Runtime = cfg.WithDefaults()
	g, ctx := runner.NewGroup(ctx, "inbound", cfg.Runtime)
	return g.Wait(build(ctx, g, cfg))
}

func build(ctx context.Context, g *runner.Group, cfg Config) error {
	b, sessions, err := upstream.Open(ctx, g, cfg.Runtime, "inbound", cfg.Upstream)
	if err != nil {
		return err
	}
	files, err := file.New(ctx, b)
	if err != nil {
		return err
	}
	desk := office.Options{
		Project: id.Default, Desk: &receive.Desk{Bus: b, Sessions: sessionsv1.NewSessionsClient(sessions)}, Files: files, MaxFile: cfg.MaxFile,
		Screenshots: cfg.Screenshots == "on", Log: cfg.Log,
	}
	webhook, err := receiveTelegram(g, cfg, desk)
	if err != nil {
		return err
	}
	site, err := cfg.HTTP.Open(cfg.Log)
	if err != nil {
		return err
	}
	if err := site.Handle("POST "+telegram.WebhookPath, webhook); err != nil {
		return errors.Join(fmt.Errorf("mount webhooks: %w", err), site.Shutdown(ctx))
	}
	g.Serve("http", site)
	return nil
}

// receiveTelegram starts the bot's parts and returns its webhook. The answers are stopped last: what is received until then may want one.
func receiveTelegram(g *runner.Group, cfg Config, desk office.Options) (http.Handler, error) {
	if !cfg.Telegram.Configured() {
		return http.HandlerFunc(telegram.NotConfigured), nil
	}
	metrics, err := office.NewMetrics(cfg.Metrics, telegram.Name)
	if err != nil {
		return nil, err
	}
	g.Defer("telegram metrics", func(context.Context) error { metrics.Unregister(cfg.Metrics); return nil })
	webhookURL := cfg.webhookURL(telegram.WebhookPath)
	if webhookURL != "" && cfg.Telegram.WebhookSecret == "" {
		cfg.Log.Warn("TELEGRAM_WEBHOOK_SECRET is not set, so Telegram's updates are fetched by long polling and its webhook is closed")
		webhookURL = ""
	}
	desk.Metrics = metrics
	bot, err := telegram.New(telegram.Options{Office: desk, Config: cfg.Telegram, WebhookURL: webhookURL})
	if err != nil {
		return nil, err
	}
	g.Defer("telegram connections", func(context.Context) error { bot.Close(); return nil })
	g.Go("telegram answers", bot.Answer)
	g.Go("telegram name", bot.Identify)
	owner := string(id.NewMessage())
	g.Go("telegram", func(ctx context.Context) error { return bot.Run(ctx, owner) })
	return http.HandlerFunc(bot.Webhook), nil
}
