package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

// memory is what an idle WebSocket costs the all-in-one, each of its own session. The machine allows a process 20,000 files.
func (b *bench) memory(ctx context.Context) (err error) {
	steps := []int{10_000, 19_000}
	if b.Brief {
		steps = []int{500, 1000}
	}
	s, err := b.open(ctx, "memory", b.durability(), false, cluster.Up)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	g, err := spawn(ctx, "sockets", sockets{Host: host(s.URL), Most: steps[len(steps)-1]})
	if err != nil {
		return err
	}
	base, err := settled(s)
	if err != nil {
		return err
	}
	have := 0
	for _, n := range steps {
		if err := b.sockets(g, s, have, n, base); err != nil {
			return err
		}
		have = n
	}
	return g.end()
}

// sockets measures n of them, of which some are there already: first their sessions alone, then the sockets.
func (b *bench) sockets(g *generator, s *site, have, n int, base int64) error {
	if _, err := b.order(g, fmt.Sprintf("sessions %d", n)); err != nil {
		return err
	}
	connected, err := settled(s)
	if err != nil {
		return err
	}
	before, err := cpu(s.Site)
	if err != nil {
		return err
	}
	took, err := b.order(g, fmt.Sprintf("open %d", n))
	if err != nil {
		return err
	}
	used, err := cpu(s.Site)
	if err != nil {
		return err
	}
	open, err := settled(s)
	if err != nil {
		return err
	}
	b.tell(fmt.Sprintf("resident memory per idle WebSocket, %d of them", n), kib(open-connected, n-have),
		fmt.Sprintf("%s with its session; %d MiB in all, %d MiB before the first; opening %d took %s and %s of processor time",
			kib(open-base, n), open>>20, base>>20, n-have, short(took), short(used.since(before).sum())))
	return nil
}

// kib is each one's share of some memory.
func kib(bytes int64, n int) string { return fmt.Sprintf("%.1f KiB", float64(bytes)/float64(n)/1024) }

func (b *bench) order(g *generator, line string) (time.Duration, error) {
	begun := time.Now()
	if err := g.tell(line); err != nil {
		return 0, fmt.Errorf("%s: %w", line, err)
	}
	_, err := g.line()
	return time.Since(begun), err
}

// settled is the process's resident memory once garbage collected during connecting has gone back: the least of five seconds.
func settled(s *site) (int64, error) {
	least := int64(-1)
	for range 10 {
		if err := s.collect(); err != nil {
			return 0, err
		}
		now, err := resident(s.PID(s.Everything[0]))
		if err != nil {
			return 0, err
		}
		if least < 0 || now < least {
			least = now
		}
		time.Sleep(500 * time.Millisecond)
	}
	return least, nil
}
