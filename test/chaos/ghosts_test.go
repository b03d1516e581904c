package chaos

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/visitor"
)

// TestPresenceHasNoGhosts kills gateways with members of presence channels again and again, and counts what the sockets at another are told.
func TestPresenceHasNoGhosts(t *testing.T) {
	lanes, rounds, forgettings := 3, 1, 1
	if *full {
		lanes, rounds, forgettings = 10, 100, 20
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 80*time.Minute)
	defer cancel()
	h, err := openHaunted(ctx, t.TempDir(), lanes)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(h.Fallen(), h.close()); err != nil {
			t.Error(err)
		}
	}()
	all := make([]*lane, lanes)
	for i := range all {
		if all[i], err = h.lane(ctx, i); err != nil {
			t.Fatal(err)
		}
		defer all[i].close()
	}
	for i := range forgettings {
		h.forgotten(ctx, t, all, i)
	}
	var killed haunting
	each(t, all, func(l *lane) error { return killed.rounds(ctx, l, rounds) })
	killed.verdict(t, "gateways killed")
	if *full {
		h.both(ctx, t, all, forgettings)
	}
}

func (h *haunting) verdict(t *testing.T, what string) {
	t.Helper()
	t.Logf("%s: %v", what, h)
	if h.broken() {
		t.Error("a promise was broken")
	}
}

// each does something for all lanes at once.
func each(t *testing.T, lanes []*lane, do func(*lane) error) {
	t.Helper()
	var wg sync.WaitGroup
	for _, l := range lanes {
		wg.Go(func() {
			if err := do(l); err != nil {
				t.Errorf("%s: %v", l.channel, err)
			}
		})
	}
	wg.Wait()
}

// quiet is how long after Redis was emptied somebody may still be taken for gone: a lease, what a state takes to settle, a renewal that tells
// the gateways so, and their next look, with some room.
const quiet = 10*time.Second + 2*time.Second + 3*time.Second + 10*time.Second + 3*time.Second

// forgotten kills the sessions service, empties Redis, or does both: while nobody comes or goes nobody is told anything. The short form does
// not wait: what is told falsely, and late, counts in what follows.
func (h *haunted) forgotten(ctx context.Context, t *testing.T, lanes []*lane, i int) {
	t.Helper()
	if err := h.forget(ctx, i%3 != 1, i%3 != 2); err != nil {
		t.Fatal(err)
	}
	if *full {
		visitor.Sleep(ctx, quiet)
	}
	var told haunting
	each(t, lanes, func(l *lane) error {
		err := l.complete(ctx)
		for _, w := range l.watchers {
			told.judge(w, nil)
		}
		return err
	})
	told.verdict(t, "forgotten")
}

// both kills all victims while the sessions service and Redis forget: who went is told once, who stays not at all.
func (h *haunted) both(ctx context.Context, t *testing.T, lanes []*lane, times int) {
	t.Helper()
	var told haunting
	for range times {
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := h.forget(ctx, true, true); err != nil {
				t.Error(err)
			}
		})
		each(t, lanes, func(l *lane) error { return told.rounds(ctx, l, 1) })
		wg.Wait()
	}
	told.verdict(t, "gateways killed while all was forgotten")
}
