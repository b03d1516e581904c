package notifier

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/telegram"
)

// bridge is one connected platform.
type bridge struct {
	platform deliver.Platform
	limits   pace.Limits
	// lease names the bot: one process at a time speaks for it.
	lease string
	// close ends the connections that are kept.
	close func()
}

// platforms are all there are, by name. A constructor answers nil for a platform that is not configured.
var platforms = map[string]func(Config) (*bridge, error){
	telegram.Name: openTelegram,
}

func openTelegram(cfg Config) (*bridge, error) {
	if err := cfg.Telegram.Validate(); err != nil {
		return nil, err
	}
	if !cfg.Telegram.Configured() {
		return nil, nil
	}
	sender := telegram.New(cfg.Telegram, cfg.Log)
	return &bridge{
		platform: sender, close: sender.Disconnect, limits: telegram.Limits(cfg.Telegram, cfg.TelegramPerSecond),
		lease: fmt.Sprintf("notifier.%s.%d", telegram.Name, cfg.Telegram.BotID()),
	}, nil
}

// Run delivers until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg = cfg.withDefaults()
	g, ctx := runner.NewGroup(ctx, "notifier", cfg.Runtime)
	return g.Wait(build(ctx, g, cfg))
}

func build(ctx context.Context, g *runner.Group, cfg Config) error {
	bridges := map[string]*bridge{}
	for name, open := range platforms {
		br, err := open(cfg)
		if err != nil {
			return fmt.Errorf("configure %s: %w", name, err)
		}
		if br != nil {
			bridges[name] = br
		}
	}
	if len(bridges) == 0 {
		cfg.Log.Warn("no platform is configured, so nobody is told of new messages; " +
			"to connect Telegram set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, or run bellhop init telegram")
		return nil
	}
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
	owner := string(id.NewMessage())
	for name, br := range bridges {
		metrics, err := deliver.NewMetrics(cfg.Metrics, name)
		if err != nil {
			return err
		}
		g.Defer(name+" connections", func(context.Context) error { br.close(); return nil })
		work := deliver.Config{
			Platform: br.platform, Sessions: sessionsv1.NewSessionsClient(sessions), Pacer: pace.New(br.limits),
			OnConnect: cfg.NotifyOn == "connect", Log: cfg.Log.Named(name), Metrics: metrics,
		}
		cfg.Log.Info("delivering", zap.String("platform", name))
		g.Go(name, func(ctx context.Context) error { return deliver.Consume(ctx, b, work, br.lease, owner) },
			runner.StopWithin(deliver.StopTimeout))
	}
	return nil
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
