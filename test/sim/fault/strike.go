package fault

import (
	"context"
	"net/http"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
)

// Strike is one fault that meets one request.
type Strike struct {
	Fault Fault
	clock *clock.Clock
}

// Around runs a request's effect under the fault. refuse builds the platform's own answer for Fault.Status; a 5xx without
// code and description, and a 3xx, are answered here. ctx ends when the client or the simulator goes away.
func (s *Strike) Around(ctx context.Context, refuse func(Fault) Answer, effect func() Answer) Answer {
	f := s.Fault
	if f.Latency > 0 && s.clock.Sleep(ctx, f.Latency) != nil || f.Hang && !s.hang(ctx) || f.Reset == ResetBefore {
		return Answer{Reset: true}
	}
	if f.Status != 0 && !f.AfterEffect {
		return s.damage(ctx, s.status(refuse))
	}
	a := effect()
	if f.Reset == ResetAfter {
		return Answer{Reset: true}
	}
	if f.Status != 0 {
		a = s.status(refuse)
	}
	return s.damage(ctx, a)
}

// hang waits until the fault is removed; false if ctx ended first.
func (s *Strike) hang(ctx context.Context) bool {
	select {
	case <-s.Fault.released:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Strike) status(refuse func(Fault) Answer) Answer {
	f := s.Fault
	switch {
	case f.Status >= 300 && f.Status < 400:
		return Answer{Status: f.Status, Header: http.Header{"Location": {f.Location}}}
	case f.Status >= 500 && f.Code == "" && f.Description == "":
		return HTML(f.Status)
	}
	return refuse(f)
}

func (s *Strike) damage(ctx context.Context, a Answer) Answer {
	f := s.Fault
	if f.ContentType != "" {
		a.Header = a.Header.Clone()
		if a.Header == nil {
			a.Header = http.Header{}
		}
		a.Header.Set("Content-Type", f.ContentType)
	}
	a.Truncate = f.Truncate
	if f.SlowBody > 0 {
		a.Pause = func() bool { return s.clock.Sleep(ctx, f.SlowBody) == nil }
	}
	return a
}
