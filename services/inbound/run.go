package inbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/telegram"
)

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg = cfg.withDefaults()
	g, ctx := runner.NewGroup(ctx, "inbound", cfg.Runtime)
	return g.Wait(build(ctx, g, cfg))
}

func build(ctx context.Context, g *runner.Group, cfg Config) error {
	b, err := bus.Connect(ctx, cfg.Bus)
	if err != nil {
		return err
	}
	g.Defer("bus", func(context.Context) error { b.Close(); return nil })
	ready(g, cfg, "bus", b.Ping)
	sessions, err := dial(g, cfg)
	if err != nil {
		return err
	}
	desk := &receive.Desk{Bus: b, Sessions: sessionsv1.NewSessionsClient(sessions)}
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
func receiveTelegram(g *runner.Group, cfg Config, desk *receive.Desk) (http.Handler, error) {
	if !cfg.Telegram.Configured() {
		return http.HandlerFunc(telegram.NotConfigured), nil
	}
	metrics, err := telegram.NewMetrics(cfg.Metrics)
	if err != nil {
		return nil, err
	}
	g.Defer("telegram metrics", func(context.Context) error { metrics.Unregister(cfg.Metrics); return nil })
	webhookURL := cfg.webhookURL(telegram.WebhookPath)
	if webhookURL != "" && cfg.Telegram.WebhookSecret == "" {
		cfg.Log.Warn("TELEGRAM_WEBHOOK_SECRET is not set, so Telegram's updates are fetched by long polling and its webhook is closed")
		webhookURL = ""
	}
	bot, err := telegram.New(telegram.Options{
		Project: id.Default, Config: cfg.Telegram, WebhookURL: webhookURL, Desk: desk, Metrics: metrics, Log: cfg.Log,
	})
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

var errNoConnection = errors.New("no connection to the sessions service")

func dial(g *runner.Group, cfg Config) (grpc.ClientConnInterface, error) {
	if cfg.Sessions != nil {
		return cfg.Sessions, nil
	}
	conn, err := grpc.NewClient(cfg.SessionsAddr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, fmt.Errorf("connect to sessions: %w", err)
	}
	g.Defer("sessions connection", func(context.Context) error { return conn.Close() })
	conn.Connect()
	ready(g, cfg, "sessions", func(context.Context) error {
		if state := conn.GetState(); state == connectivity.TransientFailure || state == connectivity.Shutdown {
			return errNoConnection
		}
		return nil
	})
	return conn, nil
}

// ready adds a readiness check for as long as the group lives.
func ready(g *runner.Group, cfg Config, name string, check func(context.Context) error) {
	unregister := cfg.Health.Register(name, check)
	g.Defer(name+" readiness", func(context.Context) error { unregister(); return nil })
}
