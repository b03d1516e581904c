package chaos

import (
	"context"
	"flag"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

// full is `make chaos`.
var full = flag.Bool("full", false, "kill everything in turn, two minutes at most")

const (
	crowdSize = 8
	// settleTime is how long everything may take to arrive after the last message was accepted.
	settleTime = 30 * time.Second
)

// messages is how many each visitor says in a round: with answers and repetitions less than a page of history, 100.
func messages() int {
	if *full {
		return 63 // 8 visitors, 500 messages
	}
	return 16
}

// world is a site with its Telegram.
type world struct {
	*cluster.Site
	sim *telegram.Server
}

// open starts a site in which nothing limits a rate.
func open(t *testing.T, run func(context.Context, cluster.Binaries, string, cluster.Settings) (*cluster.Site, error), programs ...string) *world {
	t.Helper()
	bin, err := cluster.Build(t.Context(), programs...)
	if err != nil {
		t.Fatal(err)
	}
	sim := telegram.New(telegram.Options{Budget: telegram.Budget{Off: true}})
	if err := sim.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	site, err := run(context.WithoutCancel(t.Context()), bin, t.TempDir(), cluster.Settings{
		Telegram: cluster.Bot{URL: sim.URL(), Token: sim.Token(), Chat: sim.ChatID()}, Webhook: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Fallen(); err != nil {
			t.Errorf("%v", err)
		}
		if err := site.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &world{site, sim}
}

// round lets a crowd talk, kills a process when a third of it was said, leaves it dead for a while, starts it again, and checks.
func (w *world) round(t *testing.T, victim string, dead time.Duration, kills int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), settleTime+time.Minute)
	defer cancel()
	c, err := newCrowd(ctx, victim, w.URL, team.OnTelegram(w.sim), crowdSize)
	defer c.close()
	if err != nil {
		t.Fatal(err)
	}
	var said atomic.Int64
	third := make(chan struct{})
	killed := make(chan error, 1)
	go func() { killed <- w.killAfter(ctx, third, victim, dead, kills) }()
	err = c.talk(ctx, messages(), func() {
		if said.Add(1) == int64(crowdSize*messages()/3) {
			close(third)
		}
	})
	if err != nil {
		t.Errorf("%v\n%s", err, w.Tail(victim))
	}
	if err := <-killed; err != nil {
		t.Fatal(err)
	}
	settled, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	result, err := c.check(settled)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("kill -9 %s: %v", victim, result)
	if result.broken() {
		t.Errorf("a promise was broken")
	}
}

func (w *world) killAfter(ctx context.Context, begin <-chan struct{}, victim string, dead time.Duration, kills int) error {
	select {
	case <-begin:
	case <-ctx.Done():
		return ctx.Err()
	}
	for range kills {
		if err := w.Kill9(victim); err != nil {
			return err
		}
		visitor.Sleep(ctx, dead)
		if err := w.Restart(ctx, victim); err != nil {
			return err
		}
	}
	return nil
}

func TestChaosOfTheAllInOne(t *testing.T) {
	w := open(t, cluster.Up, "bellhop")
	kills := 1
	if *full {
		kills = 3
	}
	w.round(t, "bellhop", 200*time.Millisecond, kills)
}

func TestChaosOfTheSplitSite(t *testing.T) {
	w := open(t, cluster.Split)
	victims := []string{"gateway", cluster.Nodes[0]}
	if *full {
		victims = append([]string{"gateway", "sessions", "notifier", "inbound", "redis"}, cluster.Nodes...)
	}
	for _, victim := range victims {
		t.Run(victim, func(t *testing.T) { w.round(t, victim, 500*time.Millisecond, 1) })
	}
}
