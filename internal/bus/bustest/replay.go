package bustest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func replayFilters(_ *testing.T, w *world) {
	a, b := id.NewSession(), id.NewSession()
	w.say(a, "a1", "a2")
	w.say(b, "b1")
	second := w.last(a)
	w.say(a, "a3")
	w.same("project", w.replayed(bus.Filter{Project: w.project}), []string{"a1", "a2", "b1", "a3"})
	w.same("session", w.replayed(bus.Filter{Project: w.project, Session: a}), []string{"a1", "a2", "a3"})
	w.same("type", w.replayed(bus.Filter{Project: w.project, Type: bus.SessionClosed}), nil)
	w.same("everything of", w.replayed(bus.Filter{Project: w.project, Session: b, Type: w.kind()}), []string{"b1"})
	var heard log
	w.must(w.bus.Replay(w.context(), second, bus.Filter{Session: a}, func(ev bus.Event) error { heard.add(ev); return nil }))
	w.same("from", heard.contents(""), []string{"a2", "a3"})
	enough := errors.New("enough")
	if err := w.bus.Replay(w.context(), 0, bus.Filter{Session: a}, func(bus.Event) error { return enough }); !errors.Is(err, enough) {
		w.Fatal(err)
	}
}

func (w *world) last(s id.Session) uint64 {
	w.Helper()
	seq, err := w.bus.LastSeq(w.context(), w.project, s)
	w.must(err)
	return seq
}

// crowd publishes n messages from several goroutines and answers their sequences by content.
func (w *world) crowd(n int, session func(i int) id.Session) {
	w.Helper()
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := worker; i < n; i += 8 {
				if _, err := w.bus.Publish(w.Context(), w.message(session(i), strconv.Itoa(i))); err != nil {
					w.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func replayReadsFar(_ *testing.T, w *world) {
	const n = 700
	w.crowd(n, func(i int) id.Session { return id.Session("s" + strconv.Itoa(i%7)) })
	var seqs []uint64
	w.must(w.bus.Replay(w.context(), 0, bus.Filter{Project: w.project}, func(ev bus.Event) error { seqs = append(seqs, ev.Seq); return nil }))
	if len(seqs) != n {
		w.Fatalf("%d of %d", len(seqs), n)
	}
	for i := 1; i < n; i++ {
		if seqs[i] <= seqs[i-1] {
			w.Fatalf("%d after %d", seqs[i], seqs[i-1])
		}
	}
}

func replayPart(_ *testing.T, w *world) {
	const n = 200
	w.crowd(n, func(i int) id.Session { return id.Session(w.name + strconv.Itoa(i%40)) })
	got := 0
	for part := range id.Part(id.Parts) {
		var last uint64
		w.must(w.bus.ReplayPart(w.context(), part, 0, 5, func(events []bus.Event) error {
			if len(events) == 0 || len(events) > 5 {
				return fmt.Errorf("batch of %d", len(events))
			}
			for _, ev := range events {
				if ev.Session.Part() != part || ev.Seq <= last {
					return fmt.Errorf("part %s after %d: %+v", part, last, ev)
				}
				last = ev.Seq
				if ev.Project == w.project {
					got++
				}
			}
			return nil
		}))
		end, err := w.bus.PartEnd(w.context(), part)
		w.must(err)
		if end < last {
			w.Fatalf("part %s ends at %d, read %d", part, end, last)
		}
	}
	if got != n {
		w.Fatalf("%d of %d", got, n)
	}
}

func lastSeq(_ *testing.T, w *world) {
	s := id.NewSession()
	if got := w.last(s); got != 0 {
		w.Fatalf("of a new session %d", got)
	}
	seq, err := w.bus.Publish(w.context(), w.message(s, "1"))
	w.must(err)
	w.say(id.NewSession(), "another")
	if got := w.last(s); got != seq {
		w.Fatalf("%d, want %d", got, seq)
	}
	end, err := w.bus.PartEnd(w.context(), s.Part())
	w.must(err)
	if end < seq {
		w.Fatalf("part ends at %d before %d", end, seq)
	}
}
