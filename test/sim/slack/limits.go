package slack

import (
	"math"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
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
	return int(math.Ceil(float64(base) * b.Burst))
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

// charge accounts for a call and refuses it if it is one too many.
func (c *call) charge() *apiError {
	l := c.s.limits
	gauges := []*gauge{l.method(c.m.name, c.m.tier)}
	if c.m.tier == tierPost && c.p.values["channel"] != "" {
		gauges = append(gauges, l.channel(c.p.values["channel"]))
	}
	return c.spend(gauges)
}

func (c *call) chargeWebhook() *apiError { return c.spend([]*gauge{c.s.limits.webhook()}) }

func (c *call) spend(gauges []*gauge) *apiError {
	l := c.s.limits
	for _, g := range gauges {
		if err := c.thaw(g); err != nil {
			return err
		}
	}
	for _, g := range gauges {
		if wait := g.wait(c.now); wait > 0 && !l.budget.Off {
			wait = max(wait, l.budget.MinRetryAfter)
			g.freeze = quota.Freeze{Until: c.now.Add(time.Duration(seconds(wait)) * time.Second)}
			return c.deny(g, wait)
		}
	}
	for _, g := range gauges {
		g.take(c.now)
	}
	return nil
}

// thaw refuses while a Retry-After is in force.
func (c *call) thaw(g *gauge) *apiError {
	left := g.freeze.Left(c.now)
	if left == 0 {
		return nil
	}
	if g.freeze.Violated(c.now, c.arrived) {
		c.broke = true
		g.violations++
		c.s.limits.broken++
	}
	if c.s.limits.budget.Off {
		return nil
	}
	return c.deny(g, left)
}

func (c *call) deny(g *gauge, wait time.Duration) *apiError {
	g.denied++
	c.s.limits.denied++
	c.denied, c.told = true, &g.freeze
	return rateLimited(wait)
}

// injected429 freezes like a real one: requests inside its Retry-After are refused and count as violations. With the
// scope "workspace" a refused chat.postMessage freezes all channels.
func (x *exchange) injected429(f fault.Fault) fault.Answer {
	s := x.s
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := max(f.RetryAfter, time.Second)
	g := s.limits.method(x.log.Method, s.methods[x.log.Method].tier)
	if channel := x.p.values["channel"]; x.log.Method == "chat.postMessage" && channel != "" && f.Scope != "workspace" {
		g = s.limits.channel(channel)
	}
	g.freeze = quota.Freeze{Until: s.clock.Now().Add(wait)}
	g.denied++
	s.limits.denied++
	x.told, x.log.Denied = &g.freeze, true
	return refusal(rateLimited(wait), nil)
}
