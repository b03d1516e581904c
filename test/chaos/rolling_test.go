package chaos

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// update says how many visitors are there when the gateways are replaced, and what they say.
func update() (visitors int, t tempo) {
	if *full {
		return 2000, tempo{each: 24, pause: 6500 * time.Millisecond}
	}
	return 200, tempo{each: 6, pause: 2 * time.Second}
}

// TestRollingUpdateCostsEachVisitorOneReconnect replaces both gateways while visitors talk and are answered.
func TestRollingUpdateCostsEachVisitorOneReconnect(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 8*time.Minute)
	defer cancel()
	r, err := openRolling(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Fallen(); err != nil {
			t.Error(err)
		}
		if err := r.close(); err != nil {
			t.Error(err)
		}
	}()
	visitors, pace := update()
	c, err := newCrowd(ctx, "rolling", r.front.URL(), nil, visitors)
	defer c.close()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.listening(ctx); err != nil {
		t.Fatal(err)
	}
	stop := c.reopenings()
	r.under(ctx, t, c, pace)
	times := stop()
	settled, done := context.WithTimeout(ctx, settleTime)
	defer done()
	result, err := c.check(settled)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("two gateways replaced under %d visitors: %v", visitors, result)
	if result.broken() || result.Unasked > 0 {
		t.Error("a promise was broken")
	}
	c.movedOnce(t, times)
}

// under replaces the gateways while everybody talks.
func (r *rolling) under(ctx context.Context, t *testing.T, c *crowd, pace tempo) {
	t.Helper()
	var said atomic.Int64
	var wg sync.WaitGroup
	begin, over := make(chan struct{}), make(chan struct{})
	wg.Go(func() {
		<-begin
		if err := r.roll(ctx); err != nil {
			t.Error(err)
		}
	})
	wg.Go(func() { // the team answers one visitor after the other
		<-begin
		for n := 0; ; n++ {
			select {
			case <-over:
				return
			case <-time.After(replyEvery):
			}
			if err := r.reply(ctx, c.visitors[n%len(c.visitors)], n); err != nil {
				t.Error(err)
				return
			}
		}
	})
	due := int64(len(c.visitors)*pace.each) / 4
	err := c.talk(ctx, pace, func() {
		if said.Add(1) == due {
			close(begin)
		}
	})
	close(over)
	wg.Wait()
	if err != nil {
		t.Error(err)
	}
}

// movedOnce checks that everybody was moved, once, and how evenly. Of the short form, in which the clients of two gateways come again within
// two seconds, how evenly is only told: any pause of the machine looks like a rush.
func (c *crowd) movedOnce(t *testing.T, times []time.Time) {
	t.Helper()
	for _, v := range c.visitors {
		if n := v.Opened(); n != 2 {
			t.Errorf("%s has opened %d sockets", v.name, n)
		}
	}
	const parts = 10
	most, even := crest(times, parts)
	t.Logf("%d came again, in the fullest tenth of the time %.2f times the even rate", len(times), float64(most)/even)
	if *full && float64(most) > 2*even {
		t.Errorf("%d came again in a tenth of the time", most)
	}
}

func TestCrestFindsTheFullestPart(t *testing.T) {
	begin := time.Now()
	var times []time.Time
	for _, at := range []int{0, 1, 2, 9, 10, 11, 12, 13, 29, 40} {
		times = append(times, begin.Add(time.Duration(at)*time.Millisecond))
	}
	if most, even := crest(times, 4); most != 5 || even != 2.5 {
		t.Errorf("%d, %g", most, even)
	}
	if most, even := crest(times[:1], 4); most != 1 || even != 0.25 {
		t.Errorf("one alone: %d, %g", most, even)
	}
}
