package watch

import (
	"context"
	"errors"
	"sync"
)

// ErrClosed ends a wait whose simulator was closed.
var ErrClosed = errors.New("watch: closed")

// Watch counts changes and wakes whoever waits for one. Build it with New; it is safe for concurrent use, under any lock
// of its owner.
type Watch struct {
	mu      sync.Mutex
	version int64
	changed chan struct{}
}

// New returns a watch that has seen no change.
func New() *Watch { return &Watch{changed: make(chan struct{})} }

// Touch wakes every waiter.
func (w *Watch) Touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.version++
	close(w.changed)
	w.changed = make(chan struct{})
}

// Changes returns a channel that is closed at the next change, and the number of changes so far.
func (w *Watch) Changes() (<-chan struct{}, int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed, w.version
}

// Wait returns nil as soon as condition holds; it looks again after each change. It returns ctx's error if ctx ends
// first, and ErrClosed if closed does.
func (w *Watch) Wait(ctx context.Context, closed <-chan struct{}, condition func() bool) error {
	for {
		changed, _ := w.Changes()
		if condition() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-closed:
			return ErrClosed
		}
	}
}
