package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/backup"
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/upstream"
)

// whichBus is said in the help of both commands.
const whichBus = `

The bus is the one of NATS_URL or --nats-url. Without these it is the embedded one in the data directory: stop ` + "`bellhop up`" + ` first, or
start it with --nats-addr and give that address here. Where users have rights (` + "`bellhop nats-auth`" + `), it takes those of "backup".`

func backupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup DIR",
		Short: "Write all that is true into a directory: events, positions, dead letters, notes, files",
		Long: `Write the bus into a directory that is not there, or empty. Services go on meanwhile. Everything that was accepted before the backup
began is in it. What the session store has is derived from that, and is not.

The directory holds what people wrote, and keys: it is readable by its owner only, and should be encrypted where it is kept. It is whole
when it has a manifest.json; one without is of a backup that has not ended, and is never restored.` + whichBus,
		Args: cobra.ExactArgs(1),
	}
	onEitherBus(cmd, bus.Config{Join: true}, func(ctx context.Context, b *bus.Bus, dir string) error {
		m, err := backup.Take(ctx, b, dir, runner.Version())
		if err != nil {
			return err
		}
		return printBackup(cmd.OutOrStdout(), dir, m)
	})
	return cmd
}

func restoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore DIR",
		Short: "Make a bus from what `bellhop backup` has written",
		Long: `Make the streams of a backup on a bus that has none of them. Nothing is written before every byte of the directory was checked. No
service may run before it has ended.

Then run ` + "`bellhop rebuild`" + `: a session store that was filled before belongs to a bus that is no more. A service that finds one says so and does
not start.` + whichBus,
		Args: cobra.ExactArgs(1),
	}
	onEitherBus(cmd, bus.Config{Bare: true}, func(ctx context.Context, b *bus.Bus, dir string) error {
		m, done, err := backup.Restore(ctx, b, dir)
		if err != nil {
			return half(done, err)
		}
		return printRestored(cmd.OutOrStdout(), m, done)
	})
	return cmd
}

// eitherConfig says where the bus is.
type eitherConfig struct {
	settings
	Access upstream.Access
}

// onEitherBus has a command run f on the bus of NATS_URL, or else on the embedded one of a directory where nobody runs it.
func onEitherBus(cmd *cobra.Command, how bus.Config, f func(ctx context.Context, b *bus.Bus, dir string) error) {
	cmd.Flags().String("data", defaultDataDir, "directory of the embedded bus (DATA_DIR)")
	cmd.Flags().String("nats-url", "", "the bus, when it is not embedded (NATS_URL)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		lookup := environment(cmd)
		process := runner.Process{Name: cmd.Name(), Lookup: quiet(lookup), Stderr: cmd.ErrOrStderr()}
		return exit(process.Run(cmd.Context(), func(ctx context.Context, rt runner.Runtime) error {
			var cfg eitherConfig
			if err := config.Load(&cfg, lookup); err != nil {
				return err
			}
			how.URL, how.Name, how.ConnectTimeout, how.Log = cfg.NATSURL, "bellhop "+cmd.Name(), busTimeout, rt.Log
			if cfg.NATSURL == "" {
				return cfg.onEmbedded(how, func(how bus.Config) error { return onOne(ctx, how, args[0], f) })
			}
			return onOne(ctx, cfg.Access.To(how, bus.Backup), args[0], f)
		}))
	}
}

func onOne(ctx context.Context, how bus.Config, dir string, f func(ctx context.Context, b *bus.Bus, dir string) error) error {
	b, err := bus.Connect(ctx, how)
	if err != nil {
		return err
	}
	defer b.Close()
	return f(ctx, b, dir)
}

// onEmbedded runs f while the embedded bus does. Where there is to be something on it, none is made.
func (c eitherConfig) onEmbedded(how bus.Config, f func(bus.Config) error) error {
	at := filepath.Join(c.DataDir, "bus")
	if _, err := os.Stat(filepath.Join(at, "jetstream")); err != nil && how.Join {
		return fmt.Errorf("%s has no bus: say where it is with --data, or --nats-url", c.DataDir)
	}
	c.NATSAddr = "" // nobody else is to come
	if how.Bare {
		c.Storage.Durability = string(embedded.Relaxed) // a sync for each event takes a hundred times as long as one for all at the end
	}
	local := &embeddedBus{}
	err := local.start(upConfig{settings: c.settings}, how.Log)
	if errors.Is(err, errInUse) {
		return fmt.Errorf("%w; or reach the one that runs with --nats-url: `bellhop up --nats-addr` gives it an address", err)
	}
	if err != nil {
		return err
	}
	how.InProcess = local
	err = f(how)
	local.stop()
	if err == nil && how.Bare {
		err = embedded.Sync(at)
	}
	return err
}

// half tells what a restore that has failed has left behind.
func half(done []backup.Restored, err error) error {
	if len(done) == 0 {
		return err
	}
	var names []string
	for _, r := range done {
		names = append(names, r.Stream)
	}
	return fmt.Errorf("%w; remove what was restored before, streams %q, and whatever there is of that one, and begin again", err, names)
}

func printBackup(out io.Writer, dir string, m backup.Manifest) error {
	for _, s := range m.Streams {
		e, err := s.Extent()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %d messages up to number %d, %d consumers, %d bytes\n", s.Stream, e.Messages, e.Last, e.Consumers, s.Size)
	}
	fmt.Fprintf(out, "%s holds everything that was accepted before %s.\n", dir, m.Begun.Format("2006-01-02 15:04:05 MST"))
	return nil
}

func printRestored(out io.Writer, m backup.Manifest, done []backup.Restored) error {
	for _, r := range done {
		fmt.Fprintf(out, "%s: %d messages up to number %d, %d consumers", r.Stream, r.Is.Messages, r.Is.Last, r.Was.Consumers)
		if gone := r.Was.Messages - r.Is.Messages; gone > 0 {
			fmt.Fprintf(out, "; %d were too old to be kept", gone)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "The bus is as it was at %s. Now run `bellhop rebuild`, then start the services.\n", m.Begun.Format("2006-01-02 15:04:05 MST"))
	return nil
}
