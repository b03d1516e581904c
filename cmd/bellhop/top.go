package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/cmd/bellhop/internal/top"
	"github.com/bellhop-chat/bellhop/internal/runner"
)

// defaultMetrics is where the metrics are looked for when nobody says.
const defaultMetrics = "127.0.0.1:9464"

// topOptions say what is read and how it is shown.
type topOptions struct {
	metrics    []string
	interval   time.Duration
	once, json bool
}

func topCommand() *cobra.Command {
	var o topOptions
	cmd := &cobra.Command{
		Use:   "top",
		Short: "Show what Bellhop does now: rates, latencies, what waits, what is wrong",
		Long: `Show what Bellhop does now, from the metrics of its processes, until interrupted.

Each process has them at its ADMIN_ADDR. Name several with several --metrics: one for each process of an installation in parts.`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&o.metrics, "metrics", nil, "addresses of the metrics, host:port or a URL (ADMIN_ADDR, else "+defaultMetrics+")")
	flags.DurationVar(&o.interval, "interval", 2*time.Second, "time between two readings, over which rates are")
	flags.BoolVar(&o.once, "once", false, "print once, after one interval")
	flags.BoolVar(&o.json, "json", false, "print JSON lines")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if o.interval <= 0 {
			return fmt.Errorf("--interval must be more than nothing")
		}
		if len(o.metrics) == 0 {
			o.metrics = []string{defaultMetrics}
			if addr := os.Getenv("ADMIN_ADDR"); addr != "" {
				o.metrics = []string{addr}
			}
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		if err := watchTop(ctx, o, cmd.OutOrStdout()); err != nil {
			fmt.Fprintln(cmd.ErrOrStderr(), "bellhop:", err)
			return exit(runner.ExitFailure)
		}
		return nil
	}
	return cmd
}

// watchTop shows one interval after the other until ctx ends.
func watchTop(ctx context.Context, o topOptions, out io.Writer) error {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	terminal := runner.IsTerminal(out)
	before, err := top.Read(ctx, client, o.metrics)
	if err != nil {
		return err
	}
	tick := time.NewTicker(o.interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now, err := top.Read(ctx, client, o.metrics)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := o.show(top.Between(before, now), out, terminal); err != nil || o.once {
			return err
		}
		before = now
	}
}

func (o topOptions) show(v top.View, out io.Writer, terminal bool) error {
	if o.json {
		return json.NewEncoder(out).Encode(v)
	}
	if terminal && !o.once {
		if _, err := io.WriteString(out, top.Clear); err != nil {
			return err
		}
	}
	return v.Print(out, terminal)
}
