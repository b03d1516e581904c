package bustest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

func sessionsKeepOrder(_ *testing.T, w *world) {
	var heard log
	var meeting sync.WaitGroup // the first event of every session waits for those of all others
	meeting.Add(10)
	w.consume(bus.ConsumerSpec{}, func(_ context.Context, ev bus.Event) error {
		if content(ev) == "0" {
			meeting.Done()
			meeting.Wait()
		}
		heard.add(ev)
		return nil
	})
	w.crowdOf(10, 20)
	w.until("all are heard", func() bool { return heard.len() == 200 })
	for s := range 10 {
		session := id.Session(fmt.Sprint("session", s))
		w.same(string(session), heard.contents(session), numbered(20))
	}
}

// crowdOf publishes numbered messages of several sessions side by side.
func (w *world) crowdOf(sessions, each int) {
	w.Helper()
	var wg sync.WaitGroup
	for s := range sessions {
		wg.Go(func() { w.say(id.Session(fmt.Sprint("session", s)), numbered(each)...) })
	}
	wg.Wait()
}

func slowHandlerGetsNoSecondCopy(_ *testing.T, w *world) {
	var heard log
	spec := bus.ConsumerSpec{AckWait: 600 * time.Millisecond, Types: []bus.Type{bus.ThreadOpened}} // nobody else's
	w.consume(spec, func(ctx context.Context, ev bus.Event) error {
		heard.add(ev)
		select { // slow itself
		case <-time.After(1500 * time.Millisecond):
		case <-ctx.Done():
		}
		return nil
	})
	for range 2 { // one is handled, the other waits in its lane
		ev := w.message("s", "")
		ev.Type, ev.Data = bus.ThreadOpened, &eventv1.ThreadOpened{SessionId: "s"}
		_, err := w.bus.Publish(w.context(), ev)
		w.must(err)
	}
	w.until("both are heard", func() bool { return heard.len() >= 2 })
	if info := w.settled(); info.Delivered.Consumer != 2 || heard.len() != 2 {
		w.Fatalf("two events were delivered %d times and handled %d times", info.Delivered.Consumer, heard.len())
	}
}

func deletedConsumerIsMadeAnew(_ *testing.T, w *world) {
	var mu sync.Mutex
	heard := map[string]int{}
	w.consume(bus.ConsumerSpec{}, func(_ context.Context, ev bus.Event) error {
		mu.Lock()
		defer mu.Unlock()
		heard[content(ev)]++
		return nil
	})
	all := func(n int) func() bool {
		return func() bool { mu.Lock(); defer mu.Unlock(); return len(heard) == n }
	}
	w.say("s", "0", "1")
	w.until("the first are heard", all(2))
	w.must(w.jetstream().DeleteConsumer(w.context(), "BELLHOP", w.name))
	w.say("s", "2", "3")
	w.until("the rest is heard", all(4))
}

func goneProcess(_ *testing.T, w *world) {
	gone := w.connect()
	begun, release := make(chan struct{}), make(chan struct{})
	spec := bus.ConsumerSpec{AckWait: time.Second}
	stop := w.consumeOn(gone, spec, func(context.Context, bus.Event) error {
		close(begun)
		<-release
		return nil
	})
	w.say("s", "orphan")
	await(w, "the handler begins", begun)
	gone.Close()
	var heard log
	w.consume(spec, func(_ context.Context, ev bus.Event) error { heard.add(ev); return nil })
	w.until("another gets it", func() bool { return heard.len() == 1 })
	close(release)
	stop()
	w.settled()
	if ev := heard.events[0]; content(ev) != "orphan" || ev.Attempt < 2 {
		w.Fatalf("attempt %d", ev.Attempt)
	}
}

func drain(_ *testing.T, w *world) { w.drain(patience / 3) }

// drainAtOnce has an ack wait that nobody can wait for. A cluster may lose a delivery that is waiting for its quorum while
// its reader leaves; then only the ack wait brings it back.
func drainAtOnce(_ *testing.T, w *world) { w.drain(10 * patience) }

func (w *world) drain(ackWait time.Duration) {
	begun, release := make(chan struct{}), make(chan struct{})
	goOn := sync.OnceFunc(func() { close(release) })
	var first log
	spec := bus.ConsumerSpec{Concurrency: 1, AckWait: ackWait}
	stop := w.consume(spec, func(_ context.Context, ev bus.Event) error {
		first.add(ev)
		close(begun)
		<-release
		return nil
	})
	w.Cleanup(goOn) // or who has waited in vain would wait for ever
	sessions := []string{"a", "b", "c", "d", "e"}
	for _, s := range sessions {
		w.say(id.Session(s), "1", "2")
	}
	await(w, "the handler begins", begun)
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	var second log
	w.consumeOn(w.connect(), spec, func(_ context.Context, ev bus.Event) error { second.add(ev); return nil })
	w.until("another gets the other sessions", func() bool { return second.len() >= 8 })
	if n := second.len(); n != 8 {
		w.Fatalf("another got %d events", n)
	}
	held := first.events[0].Session // whichever lane was first
	if n := len(second.contents(held)); n != 0 {
		w.Errorf("another got %d events of a session that is still being handled", n)
	}
	goOn()
	await(w, "the first ends", stopped)
	w.until("another gets the rest", func() bool { return second.len() == 9 })
	w.settled()
	if first.len() != 1 || second.len() != 9 {
		w.Fatalf("%d and %d", first.len(), second.len())
	}
}

func drainCutsOff(_ *testing.T, w *world) {
	begun := make(chan struct{})
	spec := bus.ConsumerSpec{DrainTimeout: 100 * time.Millisecond, AckWait: patience, Attempts: 1}
	stop := w.consume(spec, func(ctx context.Context, _ bus.Event) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	w.say("s", "stuck")
	await(w, "the handler begins", begun)
	stop()
	var heard log
	w.consume(spec, func(_ context.Context, ev bus.Event) error { heard.add(ev); return nil })
	w.until("it comes again", func() bool { return heard.len() == 1 })
	if n := len(w.letters()); n != 0 {
		w.Fatalf("%d dead letters", n)
	}
}
