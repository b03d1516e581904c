package webhook

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestWhatWaitsSurvivesARestartAndKeepsItsOrder(t *testing.T) {
	w := newWorld(t)
	first := w.serve(Events)
	w.receiver.always(http.StatusInternalServerError)
	w.say("s", "0", "1")
	first.pass(time.Hour)
	attempts := len(w.receiver.all())
	first.stop()
	w.say("s", "2") // while nobody serves

	second := w.serve(Events)
	second.rest()
	w.say("s", "3")
	second.pass(time.Minute)
	if n := len(w.receiver.all()); n != attempts {
		t.Errorf("%d attempts after the restart, although the next is due in hours", n-attempts)
	}
	w.receiver.always(http.StatusOK)
	second.pass(3 * time.Hour)
	w.same("the session", w.receiver.took("s"), numbered(4))
}

// TestKilledInTheMiddleAndTakenOver kills a process while the receiver has a request of it, and one that it never answered. What
// came meanwhile must not be sent before those, although the bus gives it to the successor first.
func TestKilledInTheMiddleAndTakenOver(t *testing.T) {
	w := newWorld(t)
	w.ackWait = 6 * time.Second // more than the lease needs
	begun, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.receiver.answers(func(_ http.ResponseWriter, got post) int {
		first := false
		once.Do(func() { first = true })
		if first {
			close(begun)
			<-release
			return http.StatusGatewayTimeout
		}
		return http.StatusOK
	})
	defer func() { close(release) }()
	killed := w.serve(Events)
	w.say("s", "0", "1")
	select {
	case <-begun:
	case <-time.After(30 * time.Second):
		t.Fatal("nothing is sent")
	}
	killed.kill()
	w.say("s", "2")
	successor := w.serve(Events)
	successor.rest()
	w.say("s", "3")
	successor.rest()
	w.same("the session", w.receiver.took("s"), numbered(4))
}

func TestAnOrderlyStopRepeatsNothing(t *testing.T) {
	w := newWorld(t)
	begun, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.receiver.answers(func(http.ResponseWriter, post) int {
		once.Do(func() { close(begun); <-release })
		return http.StatusOK
	})
	first := w.serve(Events)
	w.say("s", numbered(10)...)
	<-begun
	stopped := make(chan struct{})
	go func() { first.stop(); close(stopped) }()
	close(release)
	<-stopped
	second := w.serve(Events)
	second.rest()
	w.same("the session", w.receiver.took("s"), numbered(10))
}

// TestAStoppingProcessNotesNothingNew lets a process stop while an attempt is running that fails afterwards: its successor may have
// read the notebook already, so the event itself must reach it.
func TestAStoppingProcessNotesNothingNew(t *testing.T) {
	w := newWorld(t)
	begun, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.receiver.answers(func(http.ResponseWriter, post) int {
		first := false
		once.Do(func() { first = true })
		if first {
			close(begun)
			<-release
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	first := w.serve(Events)
	w.say("s", "0", "1")
	<-begun
	engine := first.metrics.engine.Load()
	stopped := make(chan struct{})
	go func() { first.stop(); close(stopped) }()
	<-engine.stopping.Done()
	close(release)
	<-stopped
	if state, err := StateOf(t.Context(), w.bus, Events); err != nil || state.Waiting != 0 {
		t.Fatalf("%+v, %v", state, err)
	}
	second := w.serve(Events)
	second.rest()
	w.same("the session", w.receiver.took("s"), numbered(2))
}

// TestAForeignNoteMakesItReadTheNotebookAnew changes a note behind a process's back, as one does that has lost its lease and does
// not know it yet.
func TestAForeignNoteMakesItReadTheNotebookAnew(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.receiver.always(http.StatusInternalServerError)
	w.say("s", "0")
	p.rest()
	path := lineKey{id.Default, "s"}.path(Events)
	note, err := w.bus.Notebook().Get(t.Context(), path)
	w.must(err)
	_, err = w.bus.Notebook().Update(t.Context(), path, note.Value, note.Revision)
	w.must(err)
	before := p.metrics.engine.Load()
	w.say("s", "1")
	w.until("another engine works", func() bool { e := p.metrics.engine.Load(); return e != nil && e != before })
	if !errors.Is(context.Cause(before.stopping), errOutdated) {
		t.Errorf("ended because of %v", context.Cause(before.stopping))
	}
	p.rest()
	w.receiver.always(http.StatusOK)
	p.pass(time.Hour)
	w.same("the session", w.receiver.took("s"), numbered(2))
}

// TestOrderIsKeptWhateverHappens has a receiver that fails at random, and processes that are stopped, killed and started.
func TestOrderIsKeptWhateverHappens(t *testing.T) {
	const sessions, each = 6, 30
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	var mu sync.Mutex
	roll := func(n int) int { mu.Lock(); defer mu.Unlock(); return dice.IntN(n) }
	w := newWorld(t)
	w.receiver.answers(func(http.ResponseWriter, post) int {
		return []int{200, 200, 200, 500, 404, 429, 302}[roll(7)]
	})
	p := w.serve(Events)
	for i := range each {
		for s := range sessions {
			w.say(id.Session(fmt.Sprint("s", s)), fmt.Sprint(i))
		}
		switch {
		case i%12 == 6:
			p.kill()
			p = w.serve(Events)
		case roll(8) == 0:
			p.stop()
			p = w.serve(Events)
		case roll(4) == 0:
			p.pass(time.Duration(roll(3600)) * time.Second)
		}
	}
	w.receiver.always(http.StatusOK)
	for range 100 { // whatever was scheduled last
		p.pass(24 * time.Hour)
		if state, err := StateOf(t.Context(), w.bus, Events); err == nil && state.Waiting == 0 {
			break
		}
	}
	if letters := w.letters(); len(letters) != 0 {
		t.Fatalf("%d dead letters", len(letters))
	}
	for s := range sessions {
		w.same(fmt.Sprint("session ", s), w.receiver.tookOnce(id.Session(fmt.Sprint("s", s))), numbered(each))
	}
}

// TestAnEventThatComesAgainIsNotSentAgain is what happens after an acknowledgement was lost.
func TestAnEventThatComesAgainIsNotSentAgain(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	first, second := said("s", "0"), said("s", "1")
	first.Seq, second.Seq = w.publish(first), w.publish(second)
	p.rest()
	e := p.metrics.engine.Load()
	w.must(e.handle(t.Context(), first))
	w.same("taken", w.receiver.took("s"), numbered(2))

	w.receiver.always(http.StatusInternalServerError)
	third := said("s", "2")
	third.Seq = w.publish(third)
	p.rest()
	for _, again := range []bus.Event{third, first, second} { // waits, was sent, was sent
		w.must(e.handle(t.Context(), again))
	}
	w.receiver.always(http.StatusOK)
	p.pass(time.Minute)
	w.must(e.handle(t.Context(), third))
	w.same("after it waited", w.receiver.took("s"), numbered(3))
}

func TestAnEventThatIsGoneFromTheStreamKeepsNobodyWaiting(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	l := &line{key: lineKey{id.Default, "erased"}, note: note{Next: 100, Through: 200, Due: w.clock.Now(), Since: w.clock.Now()}}
	p.rest()
	e := p.metrics.engine.Load()
	e.queue.add(l)
	l.mu.Lock()
	w.must(e.write(t.Context(), l))
	l.mu.Unlock()
	e.queue.rest(l, w.clock.Now(), w.clock.Now(), false, false)
	p.pass(time.Second)
	if state, err := StateOf(t.Context(), w.bus, Events); err != nil || state.Waiting != 0 {
		t.Errorf("%+v, %v", state, err)
	}
}

func TestRequestsForOthersAndForWhatIsNotThereSendNothing(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.say("s", "0")
	p.rest()
	for _, request := range []bus.Event{
		requested("s", "telegram", 1), requested("s", Backend, 1), requested("s", Events, 0), // not for this destination
		requested("s", Events, 4_000_000), requested("another", Events, 1), // dead letters
	} {
		w.publish(request)
	}
	p.rest()
	if n := len(w.receiver.all()); n != 1 {
		t.Errorf("%d posts", n)
	}
	if n := len(w.letters()); n != 2 {
		t.Errorf("%d dead letters", n)
	}
}
