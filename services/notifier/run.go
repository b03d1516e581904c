package notifier

import (
	"context"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// Run delivers until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Runtime = cfg.WithDefaults()
	g, ctx := runner.NewGroup(ctx, "notifier", cfg.Runtime)
	return g.Wait(build(ctx, g, cfg))
}

func build(ctx context.Context, g *runner.Group, cfg Config) error {
	if err := cfg.checkPlatforms(); err != nil {
		return err
	}
	if len(cfg.Connected()) == 0 {
		cfg.Log.Warn("no platform is configured, so nobody is told of new messages: set TELEGRAM_BOT_TOKEN, DISCORD_BOT_TOKEN or " +
			"SLACK_BOT_TOKEN and what belongs to it, or run bellhop init")
		return nil
	}
	b, sessions, err := upstream.Open(ctx, g, cfg.Runtime, "notifier", cfg.Upstream)
	if err != nil {
		return err
	}
	store, err := file.New(ctx, b)
	if err != nil {
		return err
	}
	bridges := openBridges(cfg, shelf.Of(store, cfg.filesBase()))
	board := condition.NewBoard(b.Notebook(), "notifier", cfg.Log)
	g.Go("conditions", board.Run)
	owner := string(id.NewMessage())
	for name, br := range bridges {
		metrics, err := deliver.NewMetrics(cfg.Metrics, name)
		if err != nil {
			return err
		}
		g.Defer(name+" connections", func(context.Context) error { br.close(); return nil })
		work := deliver.Config{
			Platform: br.platform, Sessions: sessionsv1.NewSessionsClient(sessions), Pacer: br.pacer,
			OnConnect: cfg.NotifyOn == "connect", Log: cfg.Log.Named(name), Metrics: metrics,
			Tell: func(problem string) { board.Tell(name, problem) },
		}
		cfg.Log.Info("delivering", zap.String("platform", name))
		g.Go(name, func(ctx context.Context) error { return deliver.Consume(ctx, b, work, br.lease, owner) },
			runner.StopWithin(deliver.StopTimeout))
	}
	return nil
}
