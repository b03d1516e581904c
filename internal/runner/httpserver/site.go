package httpserver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// Site is one service's place on a listener: its own, or a shared Front's.
type Site struct {
	front    *Front
	own      bool
	requests gate
	once     sync.Once
	draining chan struct{}
	watch    *watch // nil watches nothing
}

// Addr is the address that serves the site.
func (s *Site) Addr() net.Addr { return s.front.Addr() }

// Handle mounts h as Front.Handle does.
func (s *Site) Handle(pattern string, h http.Handler) error {
	h = s.watch.over(pattern, h)
	if s.own {
		return s.front.Handle(pattern, h)
	}
	return s.front.routes.add(route{pattern: pattern, handler: s.guard(h), site: s})
}

// guard counts the requests, which a listener of one's own does anyway.
func (s *Site) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.requests.enter() {
			w.Header().Set("Connection", "close")
			w.Header().Set("Retry-After", "1")
			Error(w, http.StatusServiceUnavailable, "shutting_down", "the service is shutting down")
			return
		}
		defer s.requests.leave()
		h.ServeHTTP(w, r)
	})
}

// Draining is closed when Shutdown begins. A handler that streams must end then, for Shutdown waits for it.
func (s *Site) Draining() <-chan struct{} { return s.draining }

// Serve serves until Shutdown, and then returns nil. A site on a shared front is served by whoever serves the front.
func (s *Site) Serve() error {
	if s.own {
		return s.front.Serve()
	}
	<-s.draining
	return nil
}

// Shutdown takes no more requests and waits until the last one has been answered, or ctx ends. On a shared front the
// listener stays open, and the site's patterns answer 503 with Retry-After.
func (s *Site) Shutdown(ctx context.Context) error {
	s.once.Do(func() { close(s.draining) })
	if s.own {
		return s.front.Shutdown(ctx)
	}
	select {
	case <-s.requests.shut():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("drain HTTP: %w", ctx.Err())
	}
}

// gate lets requests in until it is shut, and knows when the last one has left.
type gate struct {
	mu     sync.Mutex
	inside int
	empty  chan struct{} // not nil once shut
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.empty != nil {
		return false
	}
	g.inside++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.inside == 0 && g.empty != nil {
		close(g.empty)
	}
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.empty != nil
}

// shut may be called again; the channel is closed when nobody is inside any more.
func (g *gate) shut() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.empty == nil {
		g.empty = make(chan struct{})
		if g.inside == 0 {
			close(g.empty)
		}
	}
	return g.empty
}
