package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

// Options of a run.
type Options struct {
	Bin cluster.Binaries
	// Only names the scenarios to run; nil for all.
	Only []string
	// Brief is a run to see whether everything works: its figures mean nothing.
	Brief bool
	// Durability of the latency and memory scenarios: safe unless given.
	Durability string
	// Backlog is how many messages the scenario of that name has undelivered; Backlog unless given.
	Backlog int
	// Patient: how a backlog is worked off is watched to its end.
	Patient bool
	Out     io.Writer
}

// bench is one run.
type bench struct {
	Options
	dir  string
	rows []row
}

// row is one line of the table.
type row struct{ what, figure, note string }

func (b *bench) tell(what, figure, note string) {
	b.rows = append(b.rows, row{what, figure, note})
	fmt.Fprintf(b.Out, "· %s: %s  %s\n", what, figure, note)
}

// length is how long a load lasts: seconds of a real run, a tenth in a brief one.
func (b *bench) length(seconds int) time.Duration {
	if b.Brief {
		return time.Duration(seconds) * 100 * time.Millisecond
	}
	return time.Duration(seconds) * time.Second
}

// scenarios are all there are, in order.
var scenarios = []struct {
	name string
	run  func(*bench, context.Context) error
}{
	{"throughput", (*bench).throughput},
	{"cluster", (*bench).throughputOfCluster},
	{"delivery", (*bench).delivery},
	{"outage", (*bench).outage},
	{"platforms", (*bench).platforms},
	{"backlog", (*bench).backlog},
	{"reply", (*bench).replies},
	{"memory", (*bench).memory},
	{"fanout", (*bench).fanout},
	{"pusher", (*bench).pusher},
	{"upload", (*bench).upload},
	{"replicas", (*bench).replicas},
	{"growth", (*bench).growth},
}

// Scenarios are the names that Options.Only may hold.
func Scenarios() []string {
	names := make([]string, len(scenarios))
	for i, s := range scenarios {
		names[i] = s.name
	}
	return names
}

// Run measures, and prints the table. A scenario that fails does not keep the others from running.
func Run(ctx context.Context, o Options) error {
	dir, err := os.MkdirTemp("", "bellhop-bench-")
	if err != nil {
		return fmt.Errorf("make a directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // it is in the system's own temporary directory
	b := &bench{Options: o, dir: dir}
	var failed []error
	for _, s := range scenarios {
		if !wanted(o.Only, s.name) {
			continue
		}
		if err := s.run(b, ctx); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", s.name, err))
			fmt.Fprintf(o.Out, "· %s failed: %v\n", s.name, err)
		}
	}
	b.print()
	return errors.Join(failed...)
}

func wanted(only []string, name string) bool {
	for _, n := range only {
		if n == name {
			return true
		}
	}
	return len(only) == 0
}

func (b *bench) print() {
	fmt.Fprintln(b.Out)
	table := tabwriter.NewWriter(b.Out, 0, 0, 2, ' ', 0)
	for _, r := range b.rows {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.what, r.figure, r.note)
	}
	_ = table.Flush() // what cannot be printed cannot be complained of
	if b.Brief {
		fmt.Fprintln(b.Out, "a brief run: the figures mean nothing")
	}
}

// place is a fresh directory for one site.
func (b *bench) place(name string) (string, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make a directory: %w", err)
	}
	return dir, nil
}

// site is a running site, with a simulated Telegram if it has one.
type site struct {
	*cluster.Site
	sim *cluster.Harness
	bot cluster.Bot
	// heap is where its process collects garbage, if it is none of ours.
	heap string
}

// open starts a site; with telegram it has a bot, and the simulator limits no rate.
func (b *bench) open(ctx context.Context, name, durability string, telegram bool, run runner) (*site, error) {
	dir, err := b.place(name)
	if err != nil {
		return nil, err
	}
	s := &site{}
	settings := cluster.Settings{Durability: durability}
	if telegram {
		s.sim = cluster.New(dir)
		spec, bot, err := cluster.Telegram(b.Bin)
		if err == nil {
			err = s.sim.Start(ctx, spec)
		}
		if err != nil {
			return nil, errors.Join(err, s.sim.Close())
		}
		s.bot, settings.Telegram, settings.Webhook = bot, bot, true
	}
	if s.Site, err = run(ctx, b.Bin, dir, settings); err != nil {
		if s.sim != nil {
			err = errors.Join(err, s.sim.Close())
		}
		return nil, err
	}
	return s, nil
}

type runner func(context.Context, cluster.Binaries, string, cluster.Settings) (*cluster.Site, error)

// close stops the site and removes what it has written: runs follow each other on one disk.
func (s *site) close() error {
	fallen := s.Fallen()
	err := s.Close()
	if s.sim != nil {
		err = errors.Join(err, s.sim.Close())
	}
	return errors.Join(fallen, err, os.RemoveAll(s.Dir()))
}

// host is an address without its scheme.
func host(url string) string { return url[len("http://"):] }
