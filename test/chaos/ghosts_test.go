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
		lanes, rounds, forgettings = 10, 100, 12
	}
	begun := time.Now()
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
	var killed haunting
	each(t, all, func(l *lane) error { return killed.rounds(ctx, l, rounds) })
	killed.verdict(t, "gateways killed")
	visitor.Sleep(ctx, time.Until(begun.Add(settled))) // before, gateways believe nobody gone whom they do not find
	for i := range forgettings {
		h.forgotten(ctx, t, all, i)
	}
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

const (
	// settled is after how long the gateways of a new site know that all of them have reported: a lease, 2 s, and the next renewal, with room for
	// the start of the first.
	settled = 10*time.Second + 2*time.Second + 3*time.Second + 2*time.Second
	// quiet is how long after Redis was emptied somebody may still be taken for gone: until that, and the gateways' next look.
	quiet = settled + 10*time.Second
	// soon is until all gateways have reported again, and looked up what the others' reports made them doubt.
	soon = 4 * time.Second
)

// forgotten kills the sessions service, empties Redis, or does both: while nobody comes or goes nobody is told anything.
func (h *haunted) forgotten(ctx context.Context, t *testing.T, lanes []*lane, i int) {
	t.Helper()
	for _, l := range lanes {
		for _, m := range l.sockets() {
			m.told() // what has happened
		}
	}
	if err := h.forget(ctx, i%3 != 1, i%3 != 2); err != nil {
		t.Fatal(err)
	}
	wait := soon
	if *full {
		wait = quiet
	}
	visitor.Sleep(ctx, wait)
	var told haunting
	each(t, lanes, func(l *lane) error {
		err := l.complete(ctx)
		for _, m := range l.sockets() {
			told.judge(m, nil)
		}
		return err
	})
	told.verdict(t, []string{"sessions killed and Redis emptied", "Redis emptied", "sessions killed"}[i%3])
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
	told.verdict(t, "gateways and sessions killed and Redis emptied")
}
