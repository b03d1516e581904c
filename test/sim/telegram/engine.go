package telegram

import (
	"context"
	"math/rand"
	"net/http"
	"slices"
	"time"
)

// Webhook delivery: how long a failing update waits, and when a webhook that answers 410 is given up.
const (
	firstRetry      = time.Second
	shortestCap     = 60 * time.Second
	longestCap      = 120 * time.Second
	longestRetry    = time.Hour // of a Retry-After
	goneAfter       = 23 * time.Hour
	deliveryTimeout = 60 * time.Second // the machine's time
)

// engine delivers updates to the webhook, one goroutine per queue while the queue is not empty. Server.mu guards it.
type engine struct {
	client  *http.Client
	running map[string]bool
	hook    *hook // nil without a webhook
}

// hook is one registration of a webhook; setting another ends it.
type hook struct {
	ctx   context.Context
	end   context.CancelFunc
	slots chan struct{} // max_connections
}

func newEngine() engine {
	return engine{
		running: map[string]bool{},
		client: &http.Client{
			Timeout: deliveryTimeout,
			Transport: &http.Transport{
				Proxy: nil, DialContext: dialLoopback, MaxIdleConnsPerHost: 100, IdleConnTimeout: time.Minute,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// startHook begins delivering to the webhook of the world, ending what ran before. The caller holds mu.
func (s *Server) startHook() {
	if s.engine.hook != nil {
		s.engine.hook.end()
		s.engine.hook = nil
	}
	s.engine.running = map[string]bool{}
	if s.world.Hook.URL == "" {
		return
	}
	h := &hook{slots: make(chan struct{}, s.world.Hook.MaxConnections)}
	h.ctx, h.end = context.WithCancel(s.ctx)
	s.engine.hook = h
	for _, u := range s.world.Pending {
		s.pump(u.Queue)
	}
}

// pump makes sure that a queue is being delivered. The caller holds mu.
func (s *Server) pump(queue string) {
	h := s.engine.hook
	if h == nil || s.engine.running[queue] || s.ctx.Err() != nil {
		return
	}
	s.engine.running[queue] = true
	s.wg.Go(func() { s.deliver(h, queue) })
}

// deliver brings a queue's updates one after another, each until it is accepted or expires.
func (s *Server) deliver(h *hook, queue string) {
	attempt := 0
	var last int64
	for {
		u, held := s.nextIn(h, queue)
		if u == nil {
			return
		}
		if u.ID != last {
			last, attempt = u.ID, 0
		}
		if held > 0 {
			if s.clock.Sleep(h.ctx, held) != nil {
				return
			}
			continue
		}
		attempt++
		wait, ok := s.attempt(h, u, attempt)
		if ok {
			last = 0 // a duplicate has the same id and starts anew
		} else if s.clock.Sleep(h.ctx, wait) != nil {
			return
		}
	}
}

// nextIn returns the oldest update of a queue and how long it is held back; nil ends the queue's goroutine.
func (s *Server) nextIn(h *hook, queue string) (*pendingUpdate, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine.hook != h || h.ctx.Err() != nil {
		return nil, 0
	}
	s.expire()
	for _, u := range s.world.Pending {
		if u.Queue == queue {
			return u, u.NotYet.Sub(s.clock.Now())
		}
	}
	delete(s.engine.running, queue)
	return nil, 0
}

// attempt delivers once, and says how long to wait before the next try if it was not accepted.
func (s *Server) attempt(h *hook, u *pendingUpdate, n int) (wait time.Duration, ok bool) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-h.ctx.Done():
		return 0, false
	}
	s.mu.Lock()
	forged, dropAck := s.tamper(u)
	target := s.world.Hook
	s.mu.Unlock()
	if forged != "" {
		s.record(h, s.send(h, target, u, n, forged), nil)
	}
	out := s.send(h, target, u, n, "")
	out.Dropped = dropAck && out.Accepted
	s.record(h, out, u)
	if out.Accepted && !out.Dropped {
		s.execute(out.reply)
		return 0, true
	}
	return s.retryIn(n, out.retryAfter), false
}

// record logs an attempt and settles its update if it was accepted; u is nil for a forged delivery.
func (s *Server) record(h *hook, out outcome, u *pendingUpdate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts.add(out.Delivery)
	defer s.touch()
	if u == nil || s.engine.hook != h || h.ctx.Err() != nil {
		return
	}
	now := s.clock.Now()
	if !out.Accepted || out.Dropped {
		s.world.Hook.fail(now, out.Delivery)
		if s.world.Hook.goneFor(now) >= goneAfter {
			s.world.Hook = hookState{}
			s.startHook()
		}
		return
	}
	s.world.Hook.GoneSince = time.Time{}
	at := slices.Index(s.world.Pending, u)
	if at >= 0 { // one copy only: an injected duplicate is the same update again
		s.world.Pending = slices.Delete(s.world.Pending, at, at+1)
	}
}

// retryIn doubles from one second up to a cap that differs from case to case, unless the receiver named a time.
func (s *Server) retryIn(attempt int, told time.Duration) time.Duration {
	if told > 0 {
		return min(told, longestRetry)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return backoff(attempt, s.rng)
}

func backoff(attempt int, rng *rand.Rand) time.Duration {
	limit := shortestCap + time.Duration(rng.Int63n(int64(longestCap-shortestCap)))
	if attempt > 7 {
		return limit
	}
	return min(firstRetry<<(attempt-1), limit)
}
