package bustest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// Follower is a running Follow that remembers everything.
type Follower struct {
	mu     sync.Mutex
	seqs   []uint64
	own    []string
	Missed atomic.Uint64
	Resets atomic.Int32
}

// Follow starts a follower, waits until it is ready, and stops it with the test. hold is called for every event and may be
// nil; contents are remembered of one project.
func Follow(t testing.TB, b *bus.Bus, project id.Project, spec bus.FollowSpec, hold func()) *Follower {
	t.Helper()
	f := &Follower{}
	ready := make(chan struct{})
	spec.OnReady = func() { close(ready) }
	spec.OnReset = func(missed uint64) {
		f.Missed.Add(missed)
		f.Resets.Add(1)
	}
	spec.OnEvent = func(l bus.Live) {
		f.take(t, l, project)
		if hold != nil && l.Project == project {
			hold()
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := b.Follow(ctx, spec); err != nil {
			t.Errorf("follow ended with %v", err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	<-ready
	return f
}

func (f *Follower) take(t testing.TB, l bus.Live, project id.Project) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seqs = append(f.seqs, l.Seq)
	if l.Project != project {
		return
	}
	ev, err := l.Event()
	if err != nil || ev.Seq != l.Seq {
		t.Errorf("event %d cannot be read: %v", l.Seq, err)
	}
	f.own = append(f.own, content(ev))
}

// Own are the contents of the project's messages, in the order heard.
func (f *Follower) Own() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.own...)
}

// CheckOrder fails when an event was heard twice or out of order.
func (f *Follower) CheckOrder(t testing.TB) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := 1; i < len(f.seqs); i++ {
		if f.seqs[i] <= f.seqs[i-1] {
			t.Fatalf("heard %d after %d", f.seqs[i], f.seqs[i-1])
		}
	}
}

func followHearsEachOnce(_ *testing.T, w *world) {
	w.say("s", "before")
	f := Follow(w, w.connect(), w.project, bus.FollowSpec{}, nil)
	w.say("s", numbered(100)...)
	w.until("all are heard", func() bool { return len(f.Own()) >= 100 })
	w.same("heard", f.Own(), numbered(100))
	f.CheckOrder(w)
}

// gate holds a follower at its first event until it is opened.
type gate struct {
	entered chan struct{}
	open    chan struct{}
	once    sync.Once
}

func newGate() *gate { return &gate{entered: make(chan struct{}), open: make(chan struct{})} }

func (g *gate) pass() {
	g.once.Do(func() { close(g.entered) })
	<-g.open
}

func followFillsDropped(_ *testing.T, w *world) {
	g := newGate()
	f := Follow(w, w.connect(), w.project, bus.FollowSpec{Buffer: 4}, g.pass)
	w.say("s", numbered(100)...)
	await(w, "the first event is heard", g.entered)
	close(g.open)
	w.say("s", "last")
	w.until("all are heard", func() bool { return len(f.Own()) >= 101 })
	w.same("heard", f.Own(), append(numbered(100), "last"))
	f.CheckOrder(w)
}

func followFindsTail(_ *testing.T, w *world) {
	g := newGate()
	f := Follow(w, w.connect(), w.project, bus.FollowSpec{Buffer: 1}, g.pass)
	w.say("s", numbered(10)...)
	await(w, "the first event is heard", g.entered)
	close(g.open) // and nothing comes after
	w.until("all are heard", func() bool { return len(f.Own()) >= 10 })
	w.same("heard", f.Own(), numbered(10))
}

func followResets(_ *testing.T, w *world) {
	g := newGate()
	f := Follow(w, w.connect(), w.project, bus.FollowSpec{Buffer: 1, MaxGap: 20}, g.pass)
	w.say("s", numbered(100)...)
	await(w, "the first event is heard", g.entered)
	close(g.open)
	w.until("it is told", func() bool { return f.Resets.Load() > 0 })
	w.until("it hears again", func() bool {
		w.say("s", "after")
		own := f.Own()
		return own[len(own)-1] == "after"
	})
	f.CheckOrder(w)
	if n := uint64(len(f.Own())); n+f.Missed.Load() < 101 {
		w.Fatalf("heard %d, told of %d", n, f.Missed.Load())
	}
}
