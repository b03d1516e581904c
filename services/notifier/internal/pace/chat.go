package pace

import (
	"slices"
	"time"
)

// chat is one chat's account. Pacer.mu guards it.
type chat struct {
	waiting []*waiter // by class, then by the order of asking
	busy    int       // permits that are out

	spent  []time.Time // ends of the calls inside the window, oldest first
	tokens float64     // of the bucket that holds Burst, as of at
	at     time.Time
	frozen time.Time
	timer  *time.Timer
}

// waiter is one request.
type waiter struct {
	class   Class
	units   int
	granted chan struct{}
	done    bool
}

func (c *chat) enqueue(w *waiter) {
	at := slices.IndexFunc(c.waiting, func(other *waiter) bool { return other.class > w.class })
	if at < 0 {
		at = len(c.waiting)
	}
	c.waiting = slices.Insert(c.waiting, at, w)
}

// wait is how long the first request has to wait, if time alone will help it.
func (c *chat) wait(l Limits, w *waiter, now time.Time) (wait time.Duration, byTime bool) {
	if !l.limited() {
		return max(0, c.frozen.Sub(now)), true
	}
	if c.busy > 0 {
		return 0, false
	}
	return max(0, c.frozen.Sub(now), c.windowWait(l, w, now), c.bucketWait(l, w, now)), true
}

// windowWait is how long until the window has room.
func (c *chat) windowWait(l Limits, w *waiter, now time.Time) time.Duration {
	if l.Units <= 0 {
		return 0
	}
	allowed := l.Units
	if w.class != First {
		allowed = max(1, l.Units-l.Reserve)
	}
	c.prune(l, now)
	over := len(c.spent) + min(w.units, allowed) - allowed
	if over <= 0 {
		return 0
	}
	return c.spent[over-1].Add(l.Window + l.Margin).Sub(now)
}

// bucketWait is how long until the bucket holds enough.
func (c *chat) bucketWait(l Limits, w *waiter, now time.Time) time.Duration {
	if l.Rate <= 0 {
		return 0
	}
	c.refill(l, now)
	missing := min(float64(w.units), float64(max(l.Burst, 1))) - c.tokens
	if missing <= 1e-9 {
		return 0
	}
	return time.Duration(missing/l.Rate*float64(time.Second)) + 1
}

// spend counts a call that ended now. The bucket pays at the end of a call as well: the platform's own has filled for longer.
func (c *chat) spend(l Limits, now time.Time) {
	c.prune(l, now)
	if l.Units > 0 {
		c.spent = append(c.spent, now)
	}
	c.refill(l, now)
	c.tokens--
}

func (c *chat) refill(l Limits, now time.Time) {
	c.tokens = min(float64(max(l.Burst, 1)), c.tokens+l.Rate*now.Sub(c.at).Seconds())
	c.at = now
}

func (c *chat) prune(l Limits, now time.Time) {
	edge := now.Add(-l.Window - l.Margin)
	i := 0
	for i < len(c.spent) && !c.spent[i].After(edge) {
		i++
	}
	c.spent = c.spent[i:]
}
