package bustest

import (
	"context"
	"testing"

	"pgregory.net/rapid"
)

// partsBursts draws batch sizes, bursts, wipes and restarts, and compares with the stream after each.
func partsBursts(t *testing.T, w *world) {
	var l Ledger
	rounds := 0
	rapid.Check(t, func(t *rapid.T) {
		if rounds++; rounds > 3 { // each makes 16 consumers; rapid's own count is for pure functions
			return
		}
		spec := l.Spec(w.name, rapid.SampledFrom([]int{1, 2, 7, 64}).Draw(t, "batch"))
		ctx, cancel := context.WithCancel(w.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- w.bus.Parts(ctx, spec) }()
		for range rapid.IntRange(1, 2).Draw(t, "bursts") {
			w.crowd(rapid.IntRange(1, 80).Draw(t, "burst"), someSession)
			if rapid.Bool().Draw(t, "wipe") {
				l.Wipe()
				w.nudge()
			}
		}
		w.check(&l)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}
