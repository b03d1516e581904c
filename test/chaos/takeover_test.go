package chaos

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/stage"
)

// steady is a crowd that talks for longer than a takeover takes, and teams that write whether or not anything reaches them, and go on
// writing when somebody was killed.
func steady() tempo {
	t := tempo{each: 24, pause: 160 * time.Millisecond, after: 4, chatter: 600 * time.Millisecond}
	if *full {
		t.each, t.after = 48, 8
	}
	return t
}

// TestChaosOfATakeover kills the notifier that sends for all bots and the inbound service that receives for all of them, while another
// of each stands by.
func TestChaosOfATakeover(t *testing.T) {
	w := open(t, cluster.Split, false)
	o, err := watchTakeover(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.close() }) // it has only looked
	rounds := [][]string{{senders, receivers}}
	if *full {
		rounds = [][]string{{senders}, {receivers}, {senders}, {receivers}, {senders, receivers}}
	}
	var dead []string
	for n, prefixes := range rounds {
		for _, victim := range dead {
			if err := w.Restart(t.Context(), victim); err != nil {
				t.Fatal(err)
			}
		}
		dead = o.taken(t, fmt.Sprintf("takeover%d", n), prefixes)
	}
}

// taken checks a round in which whoever has some leases is killed, and answers who that was.
func (o *takeover) taken(t *testing.T, name string, prefixes []string) []string {
	t.Helper()
	var m *moment
	var talking *crowd
	result, err := o.round(t.Context(), name, steady(), 0.2, func(ctx context.Context, c *crowd) (err error) {
		talking, c.kills = c, len(prefixes)
		m, err = o.strike(ctx, prefixes...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range prefixes {
		what, look := "another sends", func() map[string]time.Duration { return o.delivered(m) }
		if prefix == receivers {
			what, look = "another hears", func() map[string]time.Duration { return o.received(m, talking) }
		}
		took := look()
		for _, platform := range stage.Names() {
			if took[platform] < 0 {
				t.Errorf("kill -9 of %s: nobody has taken over for %s", m.victims, platform)
				continue
			}
			t.Logf("kill -9 of %s: %s for %s after %.1f s", m.victims, what, platform, took[platform].Seconds())
		}
	}
	t.Logf("kill -9 of %s: %v", m.victims, result)
	if result.broken() {
		t.Errorf("a promise was broken")
	}
	return m.victims
}
