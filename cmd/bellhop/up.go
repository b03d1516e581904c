package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/inbound"
	"github.com/bellhop-chat/bellhop/services/notifier"
	"github.com/bellhop-chat/bellhop/services/sessions"
)

func upCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Run everything in this process",
		Long: `Run all services in this process, with a bus and a store on this machine's disk.

Platforms are connected by environment variables, for example TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID. With NATS_URL or
REDIS_URL set, those are used instead of what is embedded. Every flag has an environment variable, named behind it.`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.String("addr", defaultAddr, "address that serves everything public (HTTP_ADDR)")
	flags.String("data", defaultDataDir, "directory of the bus and the store (DATA_DIR)")
	flags.String("nats-addr", "", "open the embedded bus to other clients on this address (NATS_ADDR)")
	flags.String("admin-addr", "", "address of /metrics, /healthz, /readyz and /debug/pprof (ADMIN_ADDR)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		lookup := environment(cmd)
		process := runner.Process{Name: "bellhop", Lookup: lookup, Stderr: cmd.ErrOrStderr()}
		return exit(process.Run(cmd.Context(), func(ctx context.Context, rt runner.Runtime) error {
			cfg, err := loadUp(lookup, rt.Traces)
			if err != nil {
				return err
			}
			return up(ctx, cfg, rt)
		}))
	}
	return cmd
}

// stopWithin is a service's time for stopping in here, where each has parts of its own.
const stopWithin = 20 * time.Second

// up runs everything until ctx ends.
func up(ctx context.Context, cfg upConfig, rt runner.Runtime) error {
	g, ctx := runner.NewGroup(ctx, "all", rt)
	return g.Wait(buildUp(ctx, g, cfg, rt))
}

func buildUp(ctx context.Context, g *runner.Group, cfg upConfig, rt runner.Runtime) error {
	log := rt.Log.Named("bellhop")
	if err := startEmbedded(g, cfg, log); err != nil {
		return err
	}
	front, err := httpserver.Listen(cfg.address(), log)
	if err != nil {
		return err
	}
	g.Defer("address", front.Shutdown)
	cfg.Gateway.HTTP.Front, cfg.Inbound.HTTP.Front = front, front
	cfg.Notifier.FilesURL = httpserver.URL(front.Addr()) // the gateway finds out by itself
	rt.Health.Expect("sessions", "gateway", "notifier", "inbound")
	cfg.Sessions.Runtime, cfg.Gateway.Runtime = rt.For("sessions"), rt.For("gateway")
	cfg.Notifier.Runtime, cfg.Inbound.Runtime = rt.For("notifier"), rt.For("inbound")
	// Stopped in reverse: first what takes in and sends out, the state last.
	within := runner.StopWithin(stopWithin)
	g.Go("sessions", func(ctx context.Context) error { return sessions.Run(ctx, cfg.Sessions) }, within)
	g.Go("gateway", func(ctx context.Context) error { return gateway.Run(ctx, cfg.Gateway) }, within)
	g.Go("notifier", func(ctx context.Context) error { return notifier.Run(ctx, cfg.Notifier) }, within)
	g.Go("inbound", func(ctx context.Context) error { return inbound.Run(ctx, cfg.Inbound) }, within)
	if err := awaitRoutes(ctx, rt.Health); err != nil {
		return err
	}
	g.Serve("http", front)
	cfg.announce(log, front.Addr())
	return nil
}

// awaitRoutes waits until the services that serve HTTP have mounted their routes: whoever connects before waits in the
// listener's queue instead of being told 404.
func awaitRoutes(ctx context.Context, health *runner.Health) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		failing := health.Failing(ctx)
		if failing["sessions"] == nil && failing["gateway"] == nil && failing["inbound"] == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("start services: %w", ctx.Err())
		}
	}
}

// startEmbedded starts the parts that the configuration does not place elsewhere.
func startEmbedded(g *runner.Group, cfg upConfig, log *zap.Logger) error {
	g.Defer("sessions connection", func(context.Context) error { return cfg.conn.Close() })
	if cfg.bus == nil {
		return nil
	}
	if err := cfg.bus.start(cfg, log); err != nil {
		return err
	}
	g.Defer("embedded bus", func(context.Context) error { cfg.bus.stop(); return nil }, runner.StopWithin(stopWithin))
	return nil
}
