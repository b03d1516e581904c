package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

// growths are how many sessions a split site has; each begins with one message.
var growths = []int{1_000, 10_000, 100_000}

const (
	// growthMessages are said then, over all sessions, by so many at once.
	growthMessages, growthConnections = 5_000, 16
	growthSeconds                     = 60
)

// growth is what a session and a message cost a split site in processor time, memory and disk, the more sessions there are. No platform
// is connected.
func (b *bench) growth(ctx context.Context) error {
	sizes := growths
	if b.Brief {
		sizes = []int{100, 300}
	}
	for _, n := range sizes {
		if err := b.grownTo(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) grownTo(ctx context.Context, n int) (err error) {
	s, err := b.open(ctx, fmt.Sprintf("growth-%d", n), "safe", false, cluster.Split)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	idle, err := s.look()
	if err != nil {
		return err
	}
	g, err := spawn(ctx, "flood", flood{
		Host: host(s.URL), Connections: growthConnections, Sessions: n, For: b.length(growthSeconds), Most: growthMessages,
	})
	if err != nil {
		return err
	}
	begun, err := s.look()
	if err != nil {
		return err
	}
	said, _, err := measure[flooded](g)
	if err != nil {
		return err
	}
	full, err := s.look()
	if err != nil {
		return err
	}
	b.tell(fmt.Sprintf("%d sessions of one message: processor per session", n), begun.used.since(idle.used).byService().perMessage(n), "connect and first message")
	b.tell(fmt.Sprintf("%d sessions: memory", n), begun.memory.String(), "of all processes of each kind; before the first session "+idle.memory.String())
	b.tell(fmt.Sprintf("%d sessions: disk per session", n), begun.disk.since(idle.disk).each(n), "all three nodes; the append-only file as it stands")
	b.tell(fmt.Sprintf("%d sessions: processor per further message", n), full.used.since(begun.used).byService().perMessage(said.Accepted),
		fmt.Sprintf("%d messages, %s", said.Accepted, said.Latency))
	b.tell(fmt.Sprintf("%d sessions: disk per further message", n), full.disk.since(begun.disk).each(said.Accepted), "")
	return nil
}

// state is what a site has used and holds at one moment, by the kind of process.
type state struct {
	used         usage
	memory, disk octets
}

// look waits until a site is quiet, and looks.
func (s *site) look() (now state, err error) {
	if now.used, err = quiet(s); err != nil {
		return now, err
	}
	now.memory, now.disk = octets{}, octets{}
	for _, name := range s.Everything {
		if slices.Contains(s.Services, name) {
			if err := s.Collect(name); err != nil {
				return now, err
			}
		}
		held, err := resident(s.PID(name))
		if err != nil {
			return now, err
		}
		now.memory[kind(name)] += held
	}
	err = filepath.WalkDir(s.Dir(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a server writes on while it is looked at
		}
		if rest, err := filepath.Rel(s.Dir(), path); err == nil && strings.Contains(rest, string(filepath.Separator)) {
			now.disk[kind(rest)] += info.Size()
		}
		return err
	})
	return now, err
}

// kind is what a process or its directory is one of: "nats-1" is one of nats.
func kind(name string) string {
	if i := strings.IndexAny(name, "-/"); i >= 0 {
		return name[:i]
	}
	return name
}

// octets are sizes in bytes, by the kind of process.
type octets map[string]int64

func (b octets) since(before octets) octets {
	more := octets{}
	for name, n := range b {
		more[name] = n - before[name]
	}
	return more
}

func (b octets) String() string {
	return b.shares(func(size int64) string { return fmt.Sprintf("%d MiB", size>>20) })
}

// each is the share of each of n.
func (b octets) each(n int) string {
	return b.shares(func(size int64) string { return kib(size, n) })
}

func (b octets) shares(of func(int64) string) string {
	var parts []string
	for _, name := range slices.SortedFunc(maps.Keys(b), func(x, y string) int { return int(b[y] - b[x]) }) {
		parts = append(parts, name+" "+of(b[name]))
	}
	return strings.Join(parts, ", ")
}
