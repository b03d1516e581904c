package chaos

import (
	"context"
	"flag"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/test/cluster"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

// full is `make chaos`.
var full = flag.Bool("full", false, "kill everything in turn, for minutes")

// talking is what each visitor says in a round: with answers and repetitions less than a page of history, 100.
func talking() tempo {
	t := tempo{each: 16, pause: 20 * time.Millisecond, answerEvery: 5}
	if *full {
		t.each = 63 // 8 visitors, 500 messages
	}
	return t
}

// open starts a site until the test's end.
func open(t *testing.T, run runner, public bool, programs ...string) *world {
	t.Helper()
	return openIn(t, t.TempDir(), run, cluster.Settings{Webhook: public}, programs...)
}

// openIn is open with the data in a directory.
func openIn(t *testing.T, dir string, run runner, s cluster.Settings, programs ...string) *world {
	t.Helper()
	w, err := begin(t.Context(), run, dir, s, programs...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Fallen(); err != nil {
			t.Errorf("%v", err)
		}
		if err := w.end(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return w
}

// killed checks a round in which a process is killed when a third was said.
func (w *world) killed(t *testing.T, victim string, dead time.Duration, times int) {
	t.Helper()
	result, err := w.round(t.Context(), victim, talking(), 1./3, func(ctx context.Context, c *crowd) error {
		c.kills = times
		return w.kill(ctx, victim, dead, times)
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, w.Tail(victim))
	}
	t.Logf("kill -9 %s: %v", victim, result)
	if result.broken() {
		t.Errorf("a promise was broken")
	}
}

func TestChaosOfTheAllInOne(t *testing.T) {
	w := open(t, cluster.Up, true, "bellhop")
	kills := 1
	if *full {
		kills = 3
	}
	w.killed(t, "bellhop", 200*time.Millisecond, kills)
}

func TestChaosOfTheSplitSite(t *testing.T) {
	w := open(t, cluster.Split, true)
	victims := []string{"gateway", cluster.Nodes[0]}
	if *full {
		victims = append([]string{"gateway", "sessions", "notifier", "inbound", "redis"}, cluster.Nodes...)
	}
	for _, victim := range victims {
		t.Run(victim, func(t *testing.T) { w.killed(t, victim, 500*time.Millisecond, 1) })
	}
}
