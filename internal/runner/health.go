package runner

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// checkTimeout bounds a readiness check. Kubernetes gives a probe 1 s by default; the answer that names the slow check must be sooner.
const checkTimeout = 800 * time.Millisecond

// Why a service isn't ready, beside what its checks say.
var (
	errNotRegistered = errors.New("not started yet")
	errDraining      = errors.New("shutting down")
	errCheckSlow     = errors.New("no answer in time")
)

// Health knows whether the process should be sent work. Its zero value is usable and not ready: nothing is registered yet.
type Health struct {
	mu       sync.Mutex
	checks   []*check
	expected []string
	draining bool
}

// NewHealth returns a Health that is not ready.
func NewHealth() *Health { return &Health{} }

// Register adds a readiness check, which must end when its context does (800 ms). The name appears in /readyz and in the
// log; several parts may use the same. unregister takes this check out again and may be called more than once.
func (h *Health) Register(name string, ready func(context.Context) error) (unregister func()) {
	added := &check{name: name, ready: ready}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checks = append(h.checks, added)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.checks = slices.DeleteFunc(h.checks, func(c *check) bool { return c == added })
	}
}

// Expect makes the process not ready until a check of each name is registered: what starts several services in one
// process names them before the first has run.
func (h *Health) Expect(names ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expected = append(h.expected, names...)
}

// SetDraining makes the process not ready for good, while it finishes what it has begun.
func (h *Health) SetDraining() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.draining = true
}

// Failing runs all checks at once and returns the errors by name; an empty map means ready.
func (h *Health) Failing(ctx context.Context) map[string]error {
	checks, failing := h.plan()
	results := make([]error, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() { results[i] = c.run(ctx) })
	}
	wg.Wait()
	for i, err := range results {
		if err != nil {
			name := checks[i].name
			failing[name] = errors.Join(failing[name], err)
		}
	}
	return failing
}

// plan returns the checks to run, and what fails without running any.
func (h *Health) plan() ([]*check, map[string]error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	failing := map[string]error{}
	if h.draining {
		return nil, map[string]error{"process": errDraining}
	}
	if len(h.checks) == 0 {
		failing["process"] = errNotRegistered
	}
	for _, name := range h.expected {
		if !slices.ContainsFunc(h.checks, func(c *check) bool { return c.name == name }) {
			failing[name] = errNotRegistered
		}
	}
	return slices.Clone(h.checks), failing
}

// check runs at most once at a time, however many ask: one that hangs costs one goroutine, not one per probe.
type check struct {
	name  string
	ready func(context.Context) error

	mu      sync.Mutex
	running *result
}

type result struct {
	done chan struct{}
	err  error
}

// run waits for the check that is running, or starts one; for both it waits no longer than the check may take.
func (c *check) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	current := c.start()
	select {
	case <-current.done:
		return current.err
	case <-ctx.Done():
		return errCheckSlow
	}
}

func (c *check) start() *result {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		return c.running
	}
	current := &result{done: make(chan struct{})}
	c.running = current
	go func() {
		// Not the asker's context: others may be waiting for the same answer.
		ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
		defer cancel()
		current.err = c.ready(ctx)
		c.mu.Lock()
		c.running = nil
		c.mu.Unlock()
		close(current.done)
	}()
	return current
}
