package deliver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// trouble is what may happen to a call.
type trouble string

var troubles = []trouble{"", "", "", "", "timeout", "rate limited", "threads deleted", "threads closed", "text refused", "bus away", "sessions away", "revoked"}

// TestNoTroubleReordersLosesOrRepeatsAPost: three sessions write while each call may meet any trouble. In the end each
// message was posted once in its session's threads, in order, and nothing was given up.
func TestNoTroubleReordersLosesOrRepeatsAPost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		plan := rapid.SliceOfN(rapid.SampledFrom(troubles), 5, 60).Draw(r, "troubles")
		counts := rapid.SliceOfN(rapid.IntRange(1, 6), 1, 3).Draw(r, "messages")
		units := rapid.SampledFrom([]int{0, 6}).Draw(r, "units")
		var failed string
		synctest.Test(t, func(t *testing.T) { failed = chaos(t, plan, counts, pace.Limits{Units: units, Window: time.Minute}) })
		if failed != "" {
			r.Fatal(failed)
		}
	})
}

// chaos plays it and answers what went wrong.
func chaos(t *testing.T, plan []trouble, counts []int, limits pace.Limits) string {
	f := newFake()
	var worlds []*world
	for i := range counts {
		worlds = append(worlds, newWorld(id.Session(fmt.Sprint("ses_", i))))
	}
	deleted := 0
	f.fail = func(call string, p *Post) error {
		if len(plan) == 0 || call == "probe" {
			return nil
		}
		next := plan[0]
		plan = plan[1:]
		if next == "threads deleted" {
			if deleted++; deleted > maxReopened {
				return nil
			}
		}
		if next == "text refused" && (p == nil || p.Plain) {
			return nil
		}
		return befall(f, worlds, next)
	}
	var failures []string
	done := make(chan string)
	for i, w := range worlds {
		go func() { done <- converse(t, w, newEngine(w, f, limits), counts[i]) }()
	}
	for range worlds {
		if failure := <-done; failure != "" {
			failures = append(failures, failure)
		}
	}
	for i, w := range worlds {
		failures = append(failures, wrong(w, f, counts[i])...)
	}
	return strings.Join(failures, "\n")
}

// befall makes a trouble happen; the fake is locked.
func befall(f *fake, worlds []*world, next trouble) error {
	switch next {
	case "timeout":
		return errors.New("timeout")
	case "rate limited":
		return &Failure{Kind: RateLimited, After: 3 * time.Second, Err: errors.New("slow down")}
	case "revoked":
		return refuse(Forbidden)
	case "text refused":
		return refuse(TextRefused)
	case "threads deleted":
		for thread := range f.threads {
			f.threads[thread] = "gone"
		}
	case "threads closed":
		for thread, state := range f.threads {
			if state == "open" {
				f.threads[thread] = "closed"
			}
		}
	case "bus away", "sessions away":
		for _, w := range worlds {
			w.set(func(w *world) { w.deaf = next == "bus away"; w.down = next == "sessions away" })
			time.AfterFunc(5*time.Second, func() { w.set(func(w *world) { w.deaf, w.down = false, false }) })
		}
	}
	return nil
}

// converse writes messages and delivers their events as the bus would: in order, each until it is settled.
func converse(t *testing.T, w *world, e *Engine, count int) string {
	var events []bus.Event
	for i := range count {
		events = append(events, w.says(fmt.Sprint("m", i)))
		if i%2 == 0 {
			time.Sleep(time.Second)
		}
	}
	for _, ev := range events {
		tries := 0
		for e.Handle(t.Context(), ev) != nil {
			if tries++; tries > 5000 {
				return fmt.Sprintf("%s: event %d is never settled", w.session, ev.Seq)
			}
			time.Sleep(time.Second)
		}
	}
	return ""
}

// wrong compares what stands in a session's threads with what was written.
func wrong(w *world, f *fake, count int) (failures []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.buried) > 0 {
		failures = append(failures, fmt.Sprintf("%s: buried %v", w.session, w.buried))
	}
	var want, got []string
	for i := range count {
		want = append(want, fmt.Sprint("m", i))
	}
	threads := map[string]bool{}
	for _, ev := range w.events {
		if opened, ok := ev.Data.(*eventv1.ThreadOpened); ok {
			threads[opened.Thread] = true
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.posts {
		if threads[p.thread] {
			got = append(got, p.texts...)
		}
	}
	if !slices.Equal(got, want) {
		failures = append(failures, fmt.Sprintf("%s: %v instead of %v", w.session, got, want))
	}
	return failures
}
