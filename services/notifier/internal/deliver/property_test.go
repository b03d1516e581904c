package deliver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
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

var troubles = []trouble{"", "", "", "", "timeout", "rate limited", "threads deleted", "threads closed", "text refused", "answer lost", "killed", "bus away", "sessions away", "revoked"}

// TestNoTroubleReordersLosesOrRepeatsAPost: three sessions write while each call may meet any trouble. In the end each
// message was posted in its session's threads, in order, once unless an answer was lost, and nothing was given up.
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
	deleted, lost := 0, 0
	var kills atomic.Int64
	lose := false
	f.lose = func(string, *Post) error {
		if !lose {
			return nil
		}
		lose = false
		return errors.New("connection reset")
	}
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
		if next == "answer lost" || next == "killed" {
			if lose, lost = true, lost+1; next == "killed" {
				kills.Add(1)
			}
		}
		return befall(f, worlds, next)
	}
	var failures []string
	done := make(chan string)
	for i, w := range worlds {
		go func() { done <- converse(t, w, counts[i], &kills, func() *Engine { return newEngine(w, f, limits) }) }()
	}
	for range worlds {
		if failure := <-done; failure != "" {
			failures = append(failures, failure)
		}
	}
	for i, w := range worlds {
		failures = append(failures, wrong(w, f, counts[i], lost)...)
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

// converse writes messages and delivers their events as the bus would: in order, each until it is settled, by a process that
// remembers nothing after a kill.
func converse(t *testing.T, w *world, count int, kills *atomic.Int64, start func() *Engine) string {
	e, life := start(), kills.Load()
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
			if now := kills.Load(); now != life {
				e, life = start(), now
			}
		}
	}
	return ""
}

// wrong compares what stands in a session's threads with what was written.
func wrong(w *world, f *fake, count, lost int) (failures []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.buried) > 0 {
		failures = append(failures, fmt.Sprintf("%s: buried %v", w.session, w.buried))
	}
	var want, got []string
	posted := 0
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
			posted += len(p.texts)
			for _, text := range p.texts {
				if !slices.Contains(got, text) {
					got = append(got, text)
				}
			}
		}
	}
	if posted > len(got) && lost == 0 {
		failures = append(failures, fmt.Sprintf("%s: %d texts are there twice", w.session, posted-len(got)))
	}
	if !slices.Equal(got, want) {
		failures = append(failures, fmt.Sprintf("%s: %v instead of %v", w.session, got, want))
	}
	return failures
}
