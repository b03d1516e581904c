package slack

import (
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

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
