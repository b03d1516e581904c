package bustest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// Ledger is a store of parts: what was applied to each, in order, guarded by the floor. It refuses nothing that a real store
// would take, so a hole or a repetition that the bus makes is seen in it.
type Ledger struct {
	mu    sync.Mutex
	parts [id.Parts][]uint64
	// Fails, when set, may refuse an application.
	Fails func(events []bus.Event) error
	holes []string
}

func (l *Ledger) floor(part id.Part) uint64 {
	if n := len(l.parts[part]); n > 0 {
		return l.parts[part][n-1]
	}
	return 0
}

// Floor of a part.
func (l *Ledger) Floor(part id.Part) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.floor(part)
}

// Spec is one replica that applies to the ledger.
func (l *Ledger) Spec(name string, batch int) bus.PartsSpec {
	var base [id.Parts]uint64 // what the next events follow
	floor := func(_ context.Context, part id.Part) (uint64, error) {
		base[part] = l.Floor(part)
		return base[part], nil
	}
	apply := func(_ context.Context, part id.Part, events []bus.Event) error {
		if err := l.apply(part, base[part], events); err != nil {
			return err
		}
		base[part] = events[len(events)-1].Seq
		return nil
	}
	return bus.PartsSpec{Name: name, Batch: batch, Floor: floor, Apply: apply}
}

func (l *Ledger) apply(part id.Part, base uint64, events []bus.Event) error {
	if l.Fails != nil {
		if err := l.Fails(events); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.floor(part) < base {
		return errWiped
	}
	last := base
	for _, ev := range events {
		if ev.Seq <= last || ev.Session.Part() != part {
			l.holes = append(l.holes, fmt.Sprintf("part %s got %d of %s after %d", part, ev.Seq, ev.Session.Part(), last))
		}
		last = ev.Seq
		if ev.Seq > l.floor(part) {
			l.parts[part] = append(l.parts[part], ev.Seq)
		}
	}
	return nil
}

var errWiped = errors.New("the store was wiped since its floor was read")

// Wipe forgets everything.
func (l *Ledger) Wipe() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parts = [id.Parts][]uint64{}
}

// Check waits until the ledger holds exactly what the stream holds, in its order.
func (l *Ledger) Check(t testing.TB, b *bus.Bus) {
	t.Helper()
	var stored [id.Parts][]uint64
	if err := b.Replay(t.Context(), 0, bus.Filter{}, func(ev bus.Event) error {
		stored[ev.Session.Part()] = append(stored[ev.Session.Part()], ev.Seq)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for part := range id.Part(id.Parts) {
		end := uint64(0)
		if n := len(stored[part]); n > 0 {
			end = stored[part][n-1]
		}
		Until(t, fmt.Sprintf("part %s is applied", part), func() bool {
			return l.Floor(part) >= end
		})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.holes) > 0 {
		t.Fatal(l.holes)
	}
	for part := range id.Parts {
		if got := l.parts[part]; !slices.Equal(got[:min(len(got), len(stored[part]))], stored[part]) {
			t.Fatalf("part %d is %v, the stream has %v", part, got, stored[part])
		}
	}
}

func (w *world) check(l *Ledger) {
	w.Helper()
	l.Check(w, w.bus)
}

func (w *world) parts(l *Ledger) (stop func()) {
	w.Helper()
	return w.background(func(ctx context.Context) error { return w.bus.Parts(ctx, l.Spec(w.name, 32)) })
}

// nudge publishes one event of every part.
func (w *world) nudge() {
	w.Helper()
	for seen, i := map[id.Part]bool{}, 0; len(seen) < id.Parts; i++ {
		s := id.Session("nudge" + strconv.Itoa(i))
		if !seen[s.Part()] {
			seen[s.Part()] = true
			w.say(s, "nudge")
		}
	}
}

func someSession(i int) id.Session { return id.Session("s" + strconv.Itoa(i%40)) }

func partsOneReplica(_ *testing.T, w *world) {
	w.crowd(100, someSession)
	var l Ledger
	w.parts(&l)
	w.crowd(300, someSession)
	w.check(&l)
}

func partsChaos(_ *testing.T, w *world) {
	var l Ledger
	var calls atomic.Int64
	l.Fails = func([]bus.Event) error {
		if calls.Add(1)%17 == 0 {
			return errors.New("store is busy")
		}
		return nil
	}
	ctx, cancel := context.WithCancel(w.Context())
	var replicas sync.WaitGroup
	for n := range 3 {
		replicas.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 7))
			for ctx.Err() == nil {
				b := w.site.Connect(w, bus.Config{Name: w.Name()})
				life, end := context.WithTimeout(ctx, time.Duration(200+random.IntN(500))*time.Millisecond)
				if random.IntN(2) == 0 { // killed, not stopped
					context.AfterFunc(life, b.Close)
				}
				if err := b.Parts(life, l.Spec(w.name, 32)); err != nil {
					w.Error(err)
				}
				end()
				b.Close()
			}
		})
	}
	for begun := time.Now(); time.Since(begun) < 2*time.Second; {
		w.crowd(16, someSession)
		time.Sleep(20 * time.Millisecond) // a load, not a flood
	}
	cancel()
	replicas.Wait()
	w.parts(&l)
	w.nudge()
	w.check(&l)
}

func partsWiped(_ *testing.T, w *world) {
	var l Ledger
	w.parts(&l)
	w.crowd(200, someSession)
	w.check(&l)
	l.Wipe()
	w.crowd(50, someSession)
	w.nudge()
	w.check(&l)
}

func partsPoison(_ *testing.T, w *world) {
	var l Ledger
	w.parts(&l)
	js := w.jetstream()
	for round := range 3 {
		w.say("s", "before")
		subject := "bellhop.v1." + id.Session("s").Part().String() + "." + w.name + ".s.message.created"
		_, err := js.Publish(w.context(), subject, []byte("poison "+strconv.Itoa(round)))
		w.must(err)
		w.until("it is buried", func() bool { return len(w.letters()) == round+1 })
		w.say("s", "after")
	}
	w.check(&l)
	if n := len(w.letters()); n != 3 {
		w.Fatalf("%d dead letters", n)
	}
}

func partsWaitForStore(_ *testing.T, w *world) {
	var away atomic.Bool
	var tried atomic.Int32
	away.Store(true)
	l := Ledger{Fails: func([]bus.Event) error {
		if away.Load() {
			tried.Add(1)
			return errors.New("store is away")
		}
		return nil
	}}
	w.parts(&l)
	w.crowd(100, someSession)
	w.until("it was tried", func() bool { return tried.Load() > 20 })
	away.Store(false)
	w.check(&l)
}

func partsFinishBatch(_ *testing.T, w *world) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := id.Session(w.name)
	var once sync.Once
	l := Ledger{Fails: func(events []bus.Event) error {
		if slices.ContainsFunc(events, func(ev bus.Event) bool { return ev.Session == s }) {
			once.Do(func() {
				close(entered)
				<-release
			})
		}
		return nil
	}}
	w.nudge()
	stop := w.parts(&l)
	w.check(&l) // whatever was there before
	w.say(s, "begun")
	await(w, "a batch is begun", entered)
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	close(release)
	await(w, "it has stopped", stopped)
	if floor, last := l.Floor(s.Part()), w.last(s); floor < last {
		w.Fatalf("stopped at %d, the batch that was begun ends at %d", floor, last)
	}
	// And acknowledged and let go: the next one need not wait for it.
	begun := time.Now()
	w.parts(&l)
	w.say(s, "next")
	w.until("the next replica applies", func() bool { return l.Floor(s.Part()) >= w.last(s) })
	if d := time.Since(begun); d > 4*time.Second {
		w.Errorf("the next replica waited %s", d)
	}
}
