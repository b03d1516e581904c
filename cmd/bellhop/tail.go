package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/upstream"
)

// tailConfig says where the bus is and what is wanted of it.
type tailConfig struct {
	NATSURL string `env:"NATS_URL" default:"nats://127.0.0.1:4222" secret:"true"`
	Access  upstream.Access

	project, session, kind string
	json                   bool
	from                   uint64
}

func tailCommand() *cobra.Command {
	var cfg tailConfig
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Print events as they are stored",
		Long: `Print events as they are stored, readably or as JSON lines, until interrupted.

It needs an address of the bus: NATS_URL or --nats-url. An embedded bus has one when ` + "`bellhop up`" + ` was given --nats-addr.`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&cfg.project, "project", "", "only this project")
	flags.StringVar(&cfg.session, "session", "", "only this session")
	flags.StringVar(&cfg.kind, "type", "", "only this type, for example message.created")
	flags.BoolVar(&cfg.json, "json", false, "print the CloudEvents as JSON lines")
	flags.Uint64Var(&cfg.from, "from", 0, "begin with what is stored from this stream sequence on")
	flags.String("nats-url", "", "the bus (NATS_URL)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		process := runner.Process{Name: "tail", Lookup: environment(cmd), Stderr: cmd.ErrOrStderr()}
		return exit(process.Run(cmd.Context(), func(ctx context.Context, rt runner.Runtime) error {
			if err := config.Load(&cfg, environment(cmd)); err != nil {
				return err
			}
			return tail(ctx, cfg, rt, cmd.OutOrStdout())
		}))
	}
	return cmd
}

// tailAlias is `bellhop tail`, as it was called before there were other commands about events.
func tailAlias() *cobra.Command {
	cmd := tailCommand()
	cmd.Short = "Short for `bellhop events tail`"
	return cmd
}

// Validate refuses a type that does not exist: the tail would stay silent for ever.
func (c *tailConfig) Validate() error {
	if c.kind != "" && !slices.Contains(bus.Types(), bus.Type(c.kind)) {
		return fmt.Errorf("--type %q is none of %v", c.kind, bus.Types())
	}
	return nil
}

// tail prints until ctx ends: what is stored from cfg.from on, then what comes.
func tail(ctx context.Context, cfg tailConfig, rt runner.Runtime, out io.Writer) error {
	b, err := bus.Connect(ctx, cfg.Access.To(bus.Config{URL: cfg.NATSURL, Name: "bellhop tail", Join: true, Log: rt.Log}, bus.CommandLine))
	if err != nil {
		return err
	}
	defer b.Close()
	printed := uint64(0)
	show := func(ev bus.Event) error {
		printed = ev.Seq
		if cfg.json {
			return printJSON(out, ev)
		}
		return printReadably(out, ev)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	// What was stored before is read when nothing stored from then on can be missed: between the two nothing falls through.
	before := func() {
		if cfg.from == 0 {
			return
		}
		filter := bus.Filter{Project: id.Project(cfg.project), Session: id.Session(cfg.session), Type: bus.Type(cfg.kind)}
		if err := b.Replay(ctx, cfg.from, filter, show); err != nil {
			stop(err)
		}
	}
	err = b.Follow(ctx, bus.FollowSpec{
		Log: rt.Log, OnReady: before,
		OnEvent: func(live bus.Live) {
			if live.Seq <= printed || !cfg.wants(live) {
				return
			}
			ev, err := live.Event()
			if err == nil {
				err = show(ev)
			}
			if err != nil {
				stop(err)
			}
		},
		OnReset: func(missed uint64) { fmt.Fprintf(out, "# %d events were missed\n", missed) },
	})
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

func (c *tailConfig) wants(live bus.Live) bool {
	return (c.project == "" || string(live.Project) == c.project) && (c.session == "" || string(live.Session) == c.session) &&
		(c.kind == "" || string(live.Type) == c.kind)
}

func printJSON(out io.Writer, ev bus.Event) error {
	line, err := ev.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", line)
	return err
}

// printReadably prints one line: when, where, what, and the data.
func printReadably(out io.Writer, ev bus.Event) error {
	line, err := ev.MarshalJSON()
	if err != nil {
		return err
	}
	var envelope struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(line, &envelope); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s %8d %-18s %s/%s  %s\n", ev.Time.Local().Format("15:04:05.000"), ev.Seq, ev.Type, ev.Project,
		ev.Session, strings.TrimSpace(string(envelope.Data)))
	return err
}
