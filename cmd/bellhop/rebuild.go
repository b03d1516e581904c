package main

import (
	"context"
	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/services/sessions"
)

// rebuildConfig is what the rebuilding needs of `up`'s configuration.
type rebuildConfig struct {
	settings
	Sessions sessions.Config
}

func rebuildCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "Make the session store anew from the bus",
		Long: `Forget everything in the session store that was derived from the bus, and derive it again.

With NATS_URL and REDIS_URL this works while the services run. The embedded bus and store belong to one process: stop
` + "`bellhop up`" + ` first.`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().String("data", defaultDataDir, "directory of the bus and the store (DATA_DIR)")
	cmd.Flags().String("nats-url", "", "the bus, when it is not embedded (NATS_URL)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		lookup := environment(cmd)
		process := runner.Process{Name: "rebuild", Lookup: lookup, Stderr: cmd.ErrOrStderr()}
		return exit(process.Run(cmd.Context(), func(ctx context.Context, rt runner.Runtime) error {
			return rebuild(ctx, lookup, rt)
		}))
	}
	return cmd
}

func rebuild(ctx context.Context, lookup config.Lookup, rt runner.Runtime) (err error) {
	var cfg rebuildConfig
	if !given(lookup, "NATS_URL") {
		local := &embeddedBus{}
		cfg.Sessions.Bus.InProcess = local
		if err := config.Load(&cfg, lookup); err != nil {
			return err
		}
		if err := local.start(upConfig{settings: cfg.settings}, rt.Log); err != nil {
			return err
		}
		defer local.stop()
	} else if err := config.Load(&cfg, lookup); err != nil {
		return err
	}
	cfg.Sessions.Runtime = rt.For("sessions")
	stats, err := sessions.Rebuild(ctx, cfg.Sessions)
	if err != nil {
		return err
	}
	rt.Log.Info("session store made anew", zap.Any("stats", stats))
	return nil
}
