package pusher

import (
	"sync"
	"time"
)

// fakeClock stands still until it is moved.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	timers map[*fakeTimer]struct{}
}

type fakeTimer struct {
	at time.Time
	f  func()
}

func newFakeClock() *fakeClock { return &fakeClock{now: time.Now(), timers: map[*fakeTimer]struct{}{}} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	timer := &fakeTimer{c.now.Add(d), f}
	c.timers[timer] = struct{}{}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.timers, timer)
	}
}

// ahead puts the clock before the bus's, for which nothing happens later than what was noted here.
func (c *fakeClock) ahead(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// jump moves the clock to the next timer, if there is one, and answers by how much.
func (c *fakeClock) jump() (by time.Duration, ok bool) {
	c.mu.Lock()
	var next *fakeTimer
	for timer := range c.timers {
		if next == nil || timer.at.Before(next.at) {
			next = timer
		}
	}
	if next == nil {
		c.mu.Unlock()
		return 0, false
	}
	delete(c.timers, next)
	by = next.at.Sub(c.now)
	c.now = next.at
	c.mu.Unlock()
	next.f()
	return by, true
}
