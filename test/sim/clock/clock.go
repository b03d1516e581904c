package clock

import (
	"context"
	"sort"
	"sync"
	"time"
)

// Clock is safe for concurrent use. Build it with Real or Manual; the zero value is not usable.
type Clock struct {
	mu      sync.Mutex
	manual  bool
	now     time.Time     // manual only
	skew    time.Duration // real only: what Advance added
	timers  map[*Timer]struct{}
	changed chan struct{} // closed and replaced whenever a timer is added or removed
}

// Timer fires once on C.
type Timer struct {
	C     <-chan time.Time
	c     chan time.Time
	clock *Clock
	due   time.Time
	alarm *time.Timer // real only
}

// Real returns a clock that follows the machine's time; Advance adds to it.
func Real() *Clock {
	return &Clock{timers: map[*Timer]struct{}{}, changed: make(chan struct{})}
}

// Manual returns a clock that stands at start until Advance moves it.
func Manual(start time.Time) *Clock {
	c := Real()
	c.manual, c.now = true, start
	return c
}

// Now is the clock's present.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked()
}

func (c *Clock) nowLocked() time.Time {
	if c.manual {
		return c.now
	}
	return time.Now().Add(c.skew)
}

// Advance moves the clock forward by d and fires, in the order of their time, the timers that became due.
// A negative d is ignored.
func (c *Clock) Advance(d time.Duration) {
	if d < 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.manual {
		c.now = c.now.Add(d)
	} else {
		c.skew += d
	}
	now := c.nowLocked()
	var due []*Timer
	for t := range c.timers {
		if !t.due.After(now) {
			due = append(due, t)
		} else if t.alarm != nil {
			t.alarm.Reset(t.due.Sub(now))
		}
	}
	sort.Slice(due, func(i, j int) bool { return due[i].due.Before(due[j].due) })
	for _, t := range due {
		c.fire(t, now)
	}
}

// NewTimer fires after d of this clock's time; at once if d is not positive.
func (c *Clock) NewTimer(d time.Duration) *Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	now := c.nowLocked()
	t := &Timer{C: ch, c: ch, clock: c, due: now.Add(d)}
	if d <= 0 {
		ch <- now
		return t
	}
	c.timers[t] = struct{}{}
	if !c.manual {
		t.alarm = time.AfterFunc(d, t.ring)
	}
	c.notify()
	return t
}

// Stop releases the timer; a timer that has not fired will not fire.
func (t *Timer) Stop() {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	t.clock.remove(t)
}

func (t *Timer) ring() {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	t.clock.fire(t, t.clock.nowLocked())
}

func (c *Clock) fire(t *Timer, now time.Time) {
	if c.remove(t) {
		t.c <- now
	}
}

func (c *Clock) remove(t *Timer) bool {
	if _, ok := c.timers[t]; !ok {
		return false
	}
	delete(c.timers, t)
	if t.alarm != nil {
		t.alarm.Stop()
	}
	c.notify()
	return true
}

func (c *Clock) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Sleep waits d of this clock's time, or until ctx ends and then returns its error.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := c.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// AwaitTimers waits until at least n timers are armed, so that a test advances the clock only once
// the code under test is waiting. It returns ctx's error if ctx ends first.
func (c *Clock) AwaitTimers(ctx context.Context, n int) error {
	for {
		c.mu.Lock()
		armed, changed := len(c.timers), c.changed
		c.mu.Unlock()
		if armed >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
