package slack

import (
	"math"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

// limiter does the accounting of one app in one workspace. Server.mu guards it.
type limiter struct {
	budget   Budget
	methods  map[string]*gauge
	channels map[string]*gauge // chat.postMessage by channel
	denied   int
	broken   int
}

// gauge is one thing that is limited, and the Retry-After that is in force for it.
type gauge struct {
	window     quota.Window
	bucket     *quota.Bucket // instead of the window's limit, if there is one
	freeze     quota.Freeze
	denied     int
	violations int
}

// Limits is the report of the accounting.
type Limits struct {
	Denied     int              `json:"denied"`     // answered 429, injected ones included
	Violations int              `json:"violations"` // sent inside a Retry-After that the client had been told of
	Methods    map[string]Usage `json:"methods"`
	Channels   map[string]Usage `json:"channels"` // chat.postMessage by channel
}

// Usage is the report of one method or channel. Windows are minutes; of channels, seconds.
type Usage struct {
	Calls      int       `json:"calls"`    // accepted since the last reset
	InWindow   int       `json:"inWindow"` // accepted in the present window
	Peak       int       `json:"peak"`     // most in any window
	Limit      int       `json:"limit"`
	Denied     int       `json:"denied"`
	Violations int       `json:"violations"`
	FrozenTill time.Time `json:"frozenTill,omitzero"`
}

func newLimiter(b Budget) *limiter {
	return &limiter{budget: b, methods: map[string]*gauge{}, channels: map[string]*gauge{}}
}

// perMinute is the limit of a tier.
func (b Budget) perMinute(t tier) int {
	base := map[tier]int{tier1: b.Tier1, tier2: b.Tier2, tier3: b.Tier3, tier4: b.Tier4, tierSpecial: b.Special}[t]
	if t == tierPost {
		return b.PostLimit
	}
	return int(math.Round(float64(base) * b.Burst))
}

func (l *limiter) method(name string, t tier) *gauge {
	g := l.methods[name]
	if g == nil {
		g = &gauge{window: quota.Window{Limit: l.budget.perMinute(t), Per: time.Minute}}
		l.methods[name] = g
	}
	return g
}

func (l *limiter) channel(id string) *gauge {
	g := l.channels[id]
	if g == nil {
		g = &gauge{
			window: quota.Window{Limit: math.MaxInt, Per: time.Second},
			bucket: quota.NewBucket(l.budget.ChannelRate, l.budget.ChannelBurst),
		}
		l.channels[id] = g
	}
	return g
}

func (l *limiter) webhook() *gauge {
	g := l.methods["webhook"]
	if g == nil {
		g = &gauge{
			window: quota.Window{Limit: math.MaxInt, Per: time.Minute},
			bucket: quota.NewBucket(l.budget.WebhookRate, l.budget.WebhookBurst),
		}
		l.methods["webhook"] = g
	}
	return g
}

func (g *gauge) wait(now time.Time) time.Duration {
	if g.bucket != nil {
		return g.bucket.Wait(now, 1)
	}
	return g.window.Wait(now, 1)
}

func (g *gauge) take(now time.Time) {
	g.window.Take(now, 1)
	if g.bucket != nil {
		g.bucket.Take(1)
	}
}

func (g *gauge) usage(now time.Time) Usage {
	u := Usage{
		Calls: g.window.Total(), InWindow: g.window.Used(now), Peak: g.window.Peak(), Denied: g.denied, Violations: g.violations,
	}
	if g.bucket == nil {
		u.Limit = g.window.Limit
	}
	if g.freeze.Left(now) > 0 {
		u.FrozenTill = g.freeze.Until
	}
	return u
}

func (l *limiter) report(now time.Time) Limits {
	out := Limits{Denied: l.denied, Violations: l.broken, Methods: map[string]Usage{}, Channels: map[string]Usage{}}
	for name, g := range l.methods {
		out.Methods[name] = g.usage(now)
	}
	for id, g := range l.channels {
		u := g.usage(now)
		u.Limit = l.budget.ChannelBurst
		out.Channels[id] = u
	}
	return out
}
