package webhook

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

func newFakeClock() *fakeClock {
	return &fakeClock{now: time.Now().Truncate(time.Millisecond), timers: map[*fakeTimer]struct{}{}}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	timer := &fakeTimer{c.now.Add(max(d, 0)), f}
	c.timers[timer] = struct{}{}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.timers, timer)
	}
}

// next is the instant of the earliest timer; false when there is none.
func (c *fakeClock) next() (at time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for timer := range c.timers {
		if !ok || timer.at.Before(at) {
			at, ok = timer.at, true
		}
	}
	return at, ok
}

// set moves the clock forward and calls what is due, also what was when its timer was set.
func (c *fakeClock) set(now time.Time) {
	var due []*fakeTimer
	c.mu.Lock()
	c.now = now
	for timer := range c.timers {
		if !timer.at.After(now) {
			delete(c.timers, timer)
			due = append(due, timer)
		}
	}
	c.mu.Unlock()
	for _, timer := range due {
		timer.f()
	}
}
