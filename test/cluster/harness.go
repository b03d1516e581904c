package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Harness is a set of processes. Its methods may be called from any goroutine.
type Harness struct {
	dir    string
	births *births

	mu    sync.Mutex
	procs map[string]*process
	order []string
}

// New makes an empty harness whose processes write their logs into a directory.
func New(dir string) *Harness {
	return &Harness{dir: dir, births: newBirths(), procs: map[string]*process{}}
}

// Dir is where the logs are.
func (h *Harness) Dir() string { return h.dir }

// Start runs a process and waits until it is ready.
func (h *Harness) Start(ctx context.Context, spec Spec) error {
	p, err := h.begin(spec)
	if err != nil {
		return err
	}
	return p.await(ctx)
}

// begin runs a process without waiting.
func (h *Harness) begin(spec Spec) (*process, error) {
	p, err := start(h.births.begin, h.dir, spec)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.procs[spec.Name] = p
	if !slices.Contains(h.order, spec.Name) {
		h.order = append(h.order, spec.Name)
	}
	return p, nil
}

// Kill9 ends a process with SIGKILL and waits until it is gone.
func (h *Harness) Kill9(name string) error {
	p, err := h.find(name)
	if err != nil {
		return err
	}
	p.kill9()
	return nil
}

// Stop asks a process to end and waits until it has.
func (h *Harness) Stop(name string) error {
	p, err := h.find(name)
	if err != nil {
		return err
	}
	return p.stop()
}

// Restart starts processes that have ended again, on their ports and disks, and waits until all are ready: some need each other.
func (h *Harness) Restart(ctx context.Context, names ...string) error {
	var begun []*process
	for _, name := range names {
		p, err := h.find(name)
		if err != nil {
			return err
		}
		<-p.done
		if p, err = h.begin(p.spec); err != nil {
			return err
		}
		begun = append(begun, p)
	}
	for _, p := range begun {
		if err := p.await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// PID is a process's id.
func (h *Harness) PID(name string) int {
	p, err := h.find(name)
	if err != nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// Names are the processes in the order in which they were first started.
func (h *Harness) Names() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.order)
}

// Tail is the end of a process's log.
func (h *Harness) Tail(name string) string {
	p, err := h.find(name)
	if err != nil {
		return err.Error()
	}
	return p.tail()
}

// Fallen are the processes that ended without having been told to, with the ends of their logs.
func (h *Harness) Fallen() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var fallen []error
	for _, name := range h.order {
		if p := h.procs[name]; !p.alive() && !p.stopped.Load() {
			fallen = append(fallen, fmt.Errorf("%s ended by itself: %w\n%s", name, p.err, p.tail()))
		}
	}
	return errors.Join(fallen...)
}

// Close stops everything, the last started first.
func (h *Harness) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var errs []error
	for _, name := range slices.Backward(h.order) {
		if p := h.procs[name]; p.alive() {
			errs = append(errs, p.stop())
		}
	}
	h.births.close()
	h.order, h.procs = nil, map[string]*process{}
	return errors.Join(errs...)
}

func (h *Harness) find(name string) (*process, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.procs[name]
	if p == nil {
		return nil, fmt.Errorf("no process %q", name)
	}
	return p, nil
}
