package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/upstream"
)

// dlqConfig says where the bus is.
type dlqConfig struct {
	NATSURL string `env:"NATS_URL" default:"nats://127.0.0.1:4222" secret:"true"`
	Access  upstream.Access
}

func dlqCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dlq",
		Short: "Look at what could not be delivered, try it again, or drop it",
		Long: `Look at the dead letters: events that a service has given up on, and why.

It needs an address of the bus: NATS_URL or --nats-url. An embedded bus has one when ` + "`bellhop up`" + ` was given --nats-addr.`,
	}
	cmd.PersistentFlags().String("nats-url", "", "the bus (NATS_URL)")
	cmd.AddCommand(dlqList(), dlqShow(), dlqRetry(), dlqDrop())
	return cmd
}

func dlqList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the dead letters, oldest first, without what was written in them", Args: cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return onBus(cmd, func(ctx context.Context, b *bus.Bus) error { return listLetters(ctx, b, cmd.OutOrStdout(), asJSON) })
	}
	return cmd
}

func dlqShow() *cobra.Command {
	cmd := &cobra.Command{Use: "show <number>", Short: "Print one dead letter with its headers and content", Args: cobra.ExactArgs(1)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onLetters(cmd, args, func(ctx context.Context, b *bus.Bus, seq uint64) error {
			return showLetter(ctx, b, cmd.OutOrStdout(), seq)
		})
	}
	return cmd
}

func dlqRetry() *cobra.Command {
	var keep bool
	cmd := &cobra.Command{
		Use: "retry <number>...", Short: "Ask for another delivery of what the notifier has given up on", Args: cobra.MinimumNArgs(1),
		Long: `Ask the notifier for another delivery, by an event on the bus. Once that is stored the dead letter is dropped: if the delivery fails again,
there will be another.`,
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "do not drop the dead letter")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onLetters(cmd, args, func(ctx context.Context, b *bus.Bus, seq uint64) error {
			platform, err := retryLetter(ctx, b, seq, time.Now())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d: asked %s for another delivery\n", seq, platform)
			if keep {
				return nil
			}
			return b.DropDeadLetter(ctx, seq)
		})
	}
	return cmd
}

func dlqDrop() *cobra.Command {
	cmd := &cobra.Command{Use: "drop <number>...", Short: "Delete dead letters for good", Args: cobra.MinimumNArgs(1)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onLetters(cmd, args, func(ctx context.Context, b *bus.Bus, seq uint64) error {
			if err := b.DropDeadLetter(ctx, seq); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d: dropped\n", seq)
			return nil
		})
	}
	return cmd
}

// onBus runs f with a connection to the bus.
func onBus(cmd *cobra.Command, f func(ctx context.Context, b *bus.Bus) error) error {
	lookup := environment(cmd)
	process := runner.Process{Name: cmd.Name(), Lookup: quiet(lookup), Stderr: cmd.ErrOrStderr()}
	return exit(process.Run(cmd.Context(), func(ctx context.Context, rt runner.Runtime) error {
		var cfg dlqConfig
		if err := config.Load(&cfg, lookup); err != nil {
			return err
		}
		b, err := bus.Connect(ctx, cfg.Access.To(bus.Config{URL: cfg.NATSURL, Name: "bellhop " + cmd.Name(), Join: true, ConnectTimeout: busTimeout, Log: rt.Log}, bus.CommandLine))
		if err != nil {
			return err
		}
		defer b.Close()
		return f(ctx, b)
	}))
}

// onLetters runs f on one dead letter after another. One that fails does not keep the others from their turn.
func onLetters(cmd *cobra.Command, args []string, f func(ctx context.Context, b *bus.Bus, seq uint64) error) error {
	seqs := make([]uint64, len(args))
	for i, arg := range args {
		seq, err := strconv.ParseUint(arg, 10, 64)
		if err != nil || seq == 0 {
			return fmt.Errorf("%q is not the number of a dead letter: bellhop dlq list shows them", arg)
		}
		seqs[i] = seq
	}
	slices.Sort(seqs) // in the order in which they were given up
	return onBus(cmd, func(ctx context.Context, b *bus.Bus) error {
		var failed []error
		for _, seq := range slices.Compact(seqs) {
			if err := f(ctx, b, seq); err != nil {
				failed = append(failed, fmt.Errorf("letter %d: %w", seq, err))
			}
		}
		return errors.Join(failed...)
	})
}

// summary is a dead letter without its content.
type summary struct {
	Seq      uint64    `json:"seq"`
	Time     time.Time `json:"time"`
	Consumer string    `json:"consumer"`
	Project  string    `json:"project,omitempty"`
	Type     string    `json:"type,omitempty"`
	Session  string    `json:"session,omitempty"`
	EventID  string    `json:"eventId,omitempty"`
	EventSeq uint64    `json:"eventSeq"`
	Attempts int       `json:"attempts"`
	Reason   string    `json:"reason"`
}

func summaryOf(l bus.DeadLetter) summary {
	s := summary{Seq: l.Seq, Time: l.Time.UTC(), Consumer: l.Consumer, EventSeq: l.EventSeq, Attempts: l.Attempts, Reason: l.Reason}
	if ev, err := l.Event(); err == nil { // otherwise it was buried because it cannot be read
		s.Project, s.Type, s.Session, s.EventID = string(ev.Project), string(ev.Type), string(ev.Session), ev.ID
	}
	return s
}

func listLetters(ctx context.Context, b *bus.Bus, out io.Writer, asJSON bool) error {
	none := true
	err := b.DeadLetters(ctx, func(l bus.DeadLetter) error {
		none = false
		s := summaryOf(l)
		if asJSON {
			return json.NewEncoder(out).Encode(s)
		}
		_, err := fmt.Fprintln(out, s.line())
		return err
	})
	if err == nil && none && !asJSON {
		fmt.Fprintln(out, "There are no dead letters.")
	}
	return err
}
