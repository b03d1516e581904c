package pusher

import (
	"fmt"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

// toldCount is the next count that a client is told.
func (c *client) toldCount() (n int64) {
	c.Helper()
	f := c.hears("pusher_internal:subscription_count")
	if _, err := fmt.Sscanf(f.text(), `{"subscription_count":%d}`, &n); err != nil {
		c.Fatalf("a count says %s", f.Data)
	}
	return n
}

func TestManySubscribersAreToldTheirNumberNowAndThenAndTheLastOneAlways(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	a.leased = true
	g := a.gateway()
	c := g.client()
	c.subscribes("counted")
	if n := c.toldCount(); n != 1 {
		t.Fatalf("told %d", n)
	}
	r := g.rooms.find("counted")
	bustest.Until(t, "the report is answered", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.report.known && !r.report.flies
	})
	a.sessions.Away.Store(true) // it would say how many there really are
	defer a.sessions.Away.Store(false)
	// all at once, so long after the last number was told
	number := func(after time.Duration, numbers ...int64) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.count.told = time.Now().Add(-after)
		for _, n := range numbers {
			r.counted(r.count.version+1<<40, n) // newer than what the sessions service says of the one that there is
		}
	}
	for _, step := range []struct {
		after         time.Duration
		numbers, told []int64
	}{
		{0, []int64{countsAtOnce - 1, countsAtOnce}, []int64{countsAtOnce - 1, countsAtOnce}},
		{countEvery - time.Second/4, []int64{countsAtOnce + 1, countsAtOnce + 3, countsAtOnce + 2}, []int64{countsAtOnce + 2}},
		{countEvery, []int64{countsAtOnce + 3}, []int64{countsAtOnce + 3}},
	} {
		number(step.after, step.numbers...)
		for _, want := range step.told {
			if n := c.toldCount(); n != want {
				t.Errorf("%v is told as %d, want %d", step.numbers, n, want)
			}
		}
	}
	if f := c.heard(); len(f) > 0 {
		t.Errorf("heard %+v", f)
	}
}

func TestWhoComesWhileAnotherGoesIsToldHowManyThereAre(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	a.leased = true
	g := a.gateway()
	first := g.client()
	first.subscribes("counted")
	if n := first.toldCount(); n != 1 {
		t.Fatalf("told %d", n)
	}
	r := g.rooms.find("counted")
	r.mu.Lock()
	r.report.waits = true // one report for both, as in a burst
	r.mu.Unlock()
	second := g.client()
	second.subscribes("counted")
	first.send(`{"event":"pusher:unsubscribe","data":{"channel":"counted"}}`)
	first.heard()
	r.mu.Lock()
	r.report.waits = false
	r.changed()
	r.mu.Unlock()
	if n := second.toldCount(); n != 1 {
		t.Errorf("told %d", n)
	}
}
