package schema

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// patience is how long the last events may take at the end.
const patience = 10 * time.Second

// Watch checks everything that is stored on a bus from now on until the test's end, and fails the test then for what is wrong.
func Watch(t testing.TB, b *bus.Bus) {
	t.Helper()
	checker, err := New()
	if err != nil {
		t.Fatal(err)
	}
	w := &watch{checker: checker, ready: make(chan struct{}), heard: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- b.Follow(ctx, bus.FollowSpec{OnEvent: w.look, OnReady: func() { close(w.ready) }})
	}()
	t.Cleanup(func() {
		w.catchUp(b)
		stop()
		if err := <-done; err != nil {
			t.Errorf("follow the bus: %v", err)
		}
		for _, wrong := range w.wrong {
			t.Errorf("%v", wrong)
		}
	})
	select {
	case <-w.ready:
	case <-time.After(patience):
		t.Fatal("the bus cannot be followed")
	}
}

type watch struct {
	checker      Checker
	ready, heard chan struct{}

	mu    sync.Mutex
	last  uint64
	wrong []error
}

// enough is how many faults are told: the same one in every message says no more.
const enough = 5

func (w *watch) look(live bus.Live) {
	err := w.checker.Check(string(live.Type), live.Body())
	w.mu.Lock()
	w.last = live.Seq
	if err != nil && len(w.wrong) < enough {
		w.wrong = append(w.wrong, err)
	}
	w.mu.Unlock()
	select {
	case w.heard <- struct{}{}:
	default:
	}
}

// catchUp waits for what is stored already. A bus that is gone by then has nothing more to say; neither has one whose newest events
// were erased.
func (w *watch) catchUp(b *bus.Bus) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, end, _, err := b.Bounds(ctx)
	for err == nil && w.seen() < end {
		if _, err = b.Event(ctx, end); err != nil {
			return
		}
		select {
		case <-w.heard:
		case <-ctx.Done():
			return
		}
	}
}

func (w *watch) seen() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}
