package discord

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

// limited is what a 429 tells.
type limited struct {
	wait   time.Duration
	scope  string
	header http.Header
	code   int // some limits have an error code
	text   string
}

// charge spends one call of the global limit and of the route's bucket, or refuses.
func (c *call) charge(name, resource string) *apiError {
	l := c.s.limits
	if name == bucketNone {
		return nil
	}
	if name != bucketWebhook { // what a webhook's own token does is not the bot's
		if err := c.thaw(&l.frozen, nil); err != nil {
			return err
		}
		if wait := l.global.Wait(c.now); wait > 0 && !l.budget.Off {
			return c.deny(nil, wait)
		}
		l.global.Take(c.now)
	}
	return c.spend(l.bucket(name, resource))
}

// spend takes one call out of a bucket.
func (c *call) spend(b *bucket) *apiError {
	if !b.hidden {
		c.bucket = b
	}
	if err := c.thaw(&b.frozen, b); err != nil {
		return err
	}
	var wait time.Duration
	for _, w := range b.windows {
		wait = max(wait, w.Wait(c.now))
	}
	if wait > 0 && !c.s.limits.budget.Off {
		return c.deny(b, wait)
	}
	for _, w := range b.windows {
		w.Take(c.now)
	}
	return nil
}

// thaw refuses while a retry-after is in force; b is nil for the global one. Only a request that arrived after the client
// was told counts as a violation: requests that were under way could not know.
func (c *call) thaw(f *quota.Freeze, b *bucket) *apiError {
	left := f.Left(c.now)
	if left <= 0 {
		return nil
	}
	if f.Violated(c.now, c.arrived) {
		c.log.Violation = true
		c.s.limits.broken++
		if b != nil {
			b.broken++
		}
	}
	if c.s.limits.budget.Off {
		return nil
	}
	return c.refuse429(b, f, left)
}

// deny starts a freeze of the bucket, or of everything if b is nil.
func (c *call) deny(b *bucket, wait time.Duration) *apiError {
	f := &c.s.limits.frozen
	if b != nil {
		f = &b.frozen
	}
	*f = quota.Freeze{Until: c.now.Add(wait)}
	return c.refuse429(b, f, wait)
}

func (c *call) refuse429(b *bucket, f *quota.Freeze, left time.Duration) *apiError {
	c.told, c.log.Denied = f, true
	c.s.limits.denied++
	out := &limited{wait: left, scope: "global", text: "You are being rate limited."}
	if b != nil {
		b.denied++
		out.scope = b.scope
	}
	if b != nil && b.name == bucketOldEdit {
		out.code, out.text = 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later."
	}
	out.header = http.Header{}
	if c.bucket != nil && out.scope != "global" {
		c.bucket.headers(out.header, c.now)
	}
	return &apiError{Status: http.StatusTooManyRequests, Message: out.text, limited: out}
}

// headers tells how the bucket stands.
func (b *bucket) headers(h http.Header, now time.Time) {
	first := b.windows[0]
	reset := first.Reset(now)
	remaining := first.Remaining(now)
	if left := b.frozen.Left(now); left > 0 && left > reset {
		remaining, reset = 0, left
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(first.Limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
	h.Set("X-RateLimit-Reset", millis(float64(now.Add(reset).UnixNano())/1e9))
	h.Set("X-RateLimit-Reset-After", millis(reset.Seconds()))
	h.Set("X-RateLimit-Bucket", b.hash())
}

// millis writes seconds with three decimals, rounded up, so that waiting exactly so long is enough.
func millis(seconds float64) string {
	return strconv.FormatFloat(math.Ceil(seconds*1000-1e-6)/1000, 'f', 3, 64)
}

func (l *limited) answer() fault.Answer {
	type wire struct {
		Message    string  `json:"message"`
		RetryAfter float64 `json:"retry_after"`
		Global     bool    `json:"global"`
		Code       int     `json:"code,omitempty"`
	}
	after, _ := strconv.ParseFloat(millis(l.wait.Seconds()), 64)
	a := jsonAnswer(http.StatusTooManyRequests, wire{l.text, after, l.scope == "global", l.code})
	for name := range l.header {
		a.Header.Set(name, l.header.Get(name))
	}
	a.Header.Set("Retry-After", fmt.Sprint(int(math.Ceil(after))))
	a.Header.Set("X-RateLimit-Scope", l.scope)
	if l.scope == "global" {
		a.Header.Set("X-RateLimit-Global", "true")
	}
	return a
}

// countInvalid counts an answer that Discord holds against the address, and blocks it when there were too many. The caller
// holds mu.
func (l *limiter) countInvalid(now time.Time, a fault.Answer) {
	bad := a.Status == 401 || a.Status == 403 || a.Status == 429 && a.Header.Get("X-RateLimit-Scope") != "shared"
	if !bad || l.blocked.After(now) {
		return
	}
	if l.invalid.Wait(now, 1) > 0 && !l.budget.Off {
		l.blocked = now.Add(l.budget.BlockFor)
		return
	}
	l.invalid.Take(now, 1)
}
