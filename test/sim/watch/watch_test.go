package watch_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/watch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWaitEndsWithTheConditionTheContextOrTheOwner(t *testing.T) {
	w, closed := watch.New(), make(chan struct{})
	var n atomic.Int64
	done := make(chan error)
	go func() { done <- w.Wait(t.Context(), closed, func() bool { return n.Load() == 3 }) }()
	for range 3 {
		n.Add(1)
		w.Touch()
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	never := func() bool { return false }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Wait(ctx, closed, never); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	close(closed)
	if err := w.Wait(t.Context(), closed, never); !errors.Is(err, watch.ErrClosed) {
		t.Fatal(err)
	}
	if _, version := w.Changes(); version != 3 {
		t.Fatalf("%d changes", version)
	}
}
