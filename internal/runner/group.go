package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// defaultStopTimeout is a part's time for stopping; Kubernetes kills the whole pod after 30 s by default.
const defaultStopTimeout = 10 * time.Second

// overtime is left to a part that notices its deadline, before it is given up as one that doesn't.
const overtime = 250 * time.Millisecond

// ErrNotStopped is in the error of a part that was still running when its time for stopping was over. It was left behind.
var ErrNotStopped = errors.New("still running after its deadline")

var (
	errStarting = errors.New("starting")
	errStopping = errors.New("stopping")
)

// Server is a part that is asked to stop: an HTTP or gRPC server. Serve returns nil after Shutdown. Shutdown waits for
// what is in progress, cuts it off when ctx ends, and may come before Serve.
type Server interface {
	Serve() error
	Shutdown(ctx context.Context) error
}

// Group is the parts of one service. They are stopped in the reverse of the order in which they were added, one after another, each
// within its deadline: when the parent context ends, or as soon as one of them fails. Until its turn comes, a part's
// context goes on, so that what was added later can still use it to finish its work.
type Group struct {
	name   string
	log    *zap.Logger
	build  context.Context // ends when the group must stop; for building only
	end    context.CancelFunc
	parts  context.Context // the values of the parent, without its end
	health func()          // takes the readiness check out
	state  atomic.Pointer[error]

	mu    sync.Mutex
	stack []part
	first error
}

type part struct {
	name    string
	timeout time.Duration
	stop    func(context.Context) error
}

// Option changes how a part is stopped.
type Option func(*part)

// StopWithin replaces the 10 s that a part has for stopping.
func StopWithin(d time.Duration) Option { return func(p *part) { p.timeout = d } }

// NewGroup begins a service: until Wait it is "starting" in the readiness of rt. The context it returns ends with ctx, or as soon as a
// part has failed; it is for building only. What lives longer gets its context from Go.
func NewGroup(ctx context.Context, name string, rt Runtime) (*Group, context.Context) {
	rt = rt.WithDefaults()
	g := &Group{name: name, log: rt.Log, parts: context.WithoutCancel(ctx)}
	g.build, g.end = context.WithCancel(ctx)
	g.state.Store(&errStarting)
	g.health = rt.Health.Register(name, func(context.Context) error { return *g.state.Load() })
	return g, g.build
}

// Go runs a part beside the others. Its context ends when it is the part's turn to stop. An error stops the group; nil means that the part is
// done, and the group goes on.
func (g *Group) Go(name string, run func(context.Context) error, opts ...Option) {
	ctx, cancel := context.WithCancel(g.parts)
	done := g.start(ctx, name, func() error { return run(ctx) })
	g.push(name, opts, func(stop context.Context) error {
		cancel()
		return await(stop, done)
	})
}

// Serve runs a server beside the other parts.
func (g *Group) Serve(name string, s Server, opts ...Option) {
	done := g.start(g.parts, name, s.Serve)
	g.push(name, opts, func(stop context.Context) error {
		if err := s.Shutdown(stop); err != nil {
			return err
		}
		return await(stop, done)
	})
}

// Defer adds a clean-up: closing a connection, flushing a buffer. Its context ends at its deadline.
func (g *Group) Defer(name string, stop func(context.Context) error, opts ...Option) {
	g.push(name, opts, stop)
}

// Wait ends a run.go. With the error of building the service, it stops what already stands; with nil it declares the service ready and waits. It
// returns after the last part has stopped: the first real error, the others being logged, or nil if the parent context ended.
func (g *Group) Wait(built error) error {
	if built == nil {
		var ready error
		g.state.Store(&ready)
		g.log.Info(g.name + " started")
		<-g.build.Done()
	} else if g.build.Err() == nil || !errors.Is(built, context.Canceled) {
		g.fail(built)
	}
	g.state.Store(&errStopping)
	g.end()
	for p, ok := g.pop(); ok; p, ok = g.pop() {
		g.stop(p)
	}
	g.health()
	g.log.Info(g.name + " stopped")
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.first
}

// start runs a part in the background. What it returns because ctx ended is not a failure.
func (g *Group) start(ctx context.Context, name string, run func() error) (done <-chan struct{}) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := run()
		if err != nil && (ctx.Err() == nil || !errors.Is(err, context.Canceled)) {
			g.fail(fmt.Errorf("%s: %w", name, err))
		}
	}()
	return ended
}

func (g *Group) stop(p part) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(g.parts, p.timeout)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- p.stop(ctx) }()
	var err error
	select {
	case err = <-stopped:
	case <-time.After(p.timeout + overtime):
		err = ErrNotStopped
	}
	if err != nil {
		g.fail(fmt.Errorf("stop %s: %w", p.name, err))
		return
	}
	g.log.Debug("part stopped", zap.String("part", p.name), zap.Duration("took", time.Since(began)))
}

func (g *Group) push(name string, opts []Option, stop func(context.Context) error) {
	p := part{name: name, timeout: defaultStopTimeout, stop: stop}
	for _, opt := range opts {
		opt(&p)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stack = append(g.stack, p)
}

func (g *Group) pop() (part, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.stack) == 0 {
		return part{}, false
	}
	last := len(g.stack) - 1
	p := g.stack[last]
	g.stack = g.stack[:last]
	return p, true
}

// fail keeps the first error and stops the group.
func (g *Group) fail(err error) {
	g.mu.Lock()
	first := g.first == nil
	if first {
		g.first = err
	}
	g.mu.Unlock()
	if !first {
		g.log.Warn("failed while stopping", zap.Error(err))
	}
	g.end()
}

func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ErrNotStopped
	}
}
