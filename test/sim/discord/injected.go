package discord

import (
	"net/http"
	"strconv"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

// defaultCodes are the refusals that a fault with nothing but a status stands for.
var defaultCodes = map[int]*apiError{
	400: refuse(400, 50035, "Invalid Form Body"),
	401: errUnauthorized,
	403: errMissingPermissions,
	404: errUnknownChannel,
	413: errTooLarge,
}

// injected is Discord's answer for a fault's status.
func (x *exchange) injected(f fault.Fault) fault.Answer {
	if f.Status == http.StatusTooManyRequests {
		return x.injected429(f)
	}
	e := refuse(f.Status, 0, http.StatusText(f.Status))
	if d := defaultCodes[f.Status]; d != nil {
		*e = *d
	}
	if code, err := strconv.Atoi(f.Code); err == nil {
		e.Code = code
	}
	if f.Description != "" {
		e.Message = f.Description
	}
	return e.answer()
}

// injected429 freezes like a real one: requests inside its retry-after are refused and count as violations. Scope is
// user (the default), shared or global.
func (x *exchange) injected429(f fault.Fault) fault.Answer {
	s := x.s
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{s: s, w: s.world, r: x.r, log: x.log, now: s.clock.Now(), arrived: x.arrived}
	x.call = c
	wait := max(f.RetryAfter, time.Millisecond)
	if f.Scope == "global" || x.route.bucket == bucketNone {
		return c.deny(nil, wait).answer()
	}
	b := s.limits.bucket(x.route.bucket, c.resource(x.route.bucket))
	c.bucket = b
	e := c.deny(b, wait)
	if f.Scope != "" {
		e.limited.scope = f.Scope
	}
	b.frozen = quota.Freeze{Until: c.now.Add(wait)}
	c.told = &b.frozen
	return e.answer()
}
