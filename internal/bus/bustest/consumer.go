package bustest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// consume runs a consumer that hands the handler the events of the test's own project.
func (w *world) consume(spec bus.ConsumerSpec, handle bus.Handler) (stop func()) {
	w.Helper()
	return w.consumeOn(w.bus, spec, handle)
}

func (w *world) consumeOn(b *bus.Bus, spec bus.ConsumerSpec, handle bus.Handler) (stop func()) {
	w.Helper()
	spec.Name = w.name
	spec.Backlog = time.Nanosecond // what others have put into the stream is not meant
	c, err := b.Consumer(w.context(), spec)
	w.must(err)
	return w.background(func(ctx context.Context) error {
		return c.Run(ctx, func(ctx context.Context, ev bus.Event) error {
			if ev.Project != w.project {
				return nil
			}
			return handle(ctx, ev)
		})
	})
}

// settled waits until the consumer has nothing more in its hands.
func (w *world) settled() {
	w.Helper()
	consumer, err := w.jetstream().Consumer(w.context(), "BELLHOP", w.name)
	w.must(err)
	var info *jetstream.ConsumerInfo
	w.Cleanup(func() {
		if w.Failed() {
			w.Logf("consumer: %+v", info)
		}
	})
	w.until("everything is settled", func() bool {
		now, err := consumer.Info(w.context())
		if err == nil {
			info = now
		}
		return err == nil && info.NumAckPending == 0 && info.NumPending == 0
	})
}

// letters are the dead letters of the test's consumer.
func (w *world) letters() []bus.DeadLetter {
	w.Helper()
	var mine []bus.DeadLetter
	w.must(w.bus.DeadLetters(w.context(), func(d bus.DeadLetter) error {
		if d.Consumer == w.name && strings.Contains(d.Subject, w.name) {
			mine = append(mine, d)
		}
		return nil
	}))
	return mine
}

func handledIsAcknowledgedOnce(_ *testing.T, w *world) {
	var heard log
	w.consume(bus.ConsumerSpec{}, func(_ context.Context, ev bus.Event) error { heard.add(ev); return nil })
	w.say("s", numbered(20)...)
	w.until("all are heard", func() bool { return heard.len() == 20 })
	w.settled()
	w.same("heard", heard.contents(""), numbered(20))
	if ev := heard.events[0]; ev.Attempt != 1 || ev.Seq == 0 {
		w.Fatalf("attempt %d, seq %d", ev.Attempt, ev.Seq)
	}
}

func permanentIsBuried(_ *testing.T, w *world) {
	var calls atomic.Int32
	w.consume(bus.ConsumerSpec{}, func(context.Context, bus.Event) error {
		calls.Add(1)
		return bus.Permanent(fmt.Errorf("bind thread:\n%w", errors.New("forbidden")))
	})
	ev := w.message("s", "bad")
	seq, err := w.bus.Publish(w.context(), ev)
	w.must(err)
	w.until("it is buried", func() bool { return len(w.letters()) == 1 })
	w.settled()
	if calls.Load() != 1 {
		w.Fatalf("handled %d times", calls.Load())
	}
	d := w.letters()[0]
	if d.EventSeq != seq || d.Attempts != 1 || d.Reason != "permanent: bind thread: forbidden" || !strings.Contains(string(d.Body), ev.ID) || d.Time.IsZero() {
		w.Fatalf("%+v", d)
	}
}

func retryAfterIsNotCounted(_ *testing.T, w *world) {
	const delay = 300 * time.Millisecond
	var heard log
	w.consume(bus.ConsumerSpec{Attempts: 2}, func(_ context.Context, ev bus.Event) error {
		heard.add(ev)
		switch heard.len() {
		case 1, 2, 3:
			return bus.RetryAfter(errors.New("slow down"), delay)
		case 4:
			return errors.New("broken")
		}
		return nil
	})
	w.say("s", "patient")
	w.until("it is done", func() bool { return heard.len() == 5 })
	w.settled()
	if n := len(w.letters()); n != 0 {
		w.Fatalf("%d dead letters", n)
	}
	for i := 1; i <= 3; i++ {
		if d := heard.times[i].Sub(heard.times[i-1]); d < delay || d > delay+5*time.Second {
			w.Errorf("retry %d came after %s", i, d)
		}
		if heard.events[i].Attempt != i+1 {
			w.Errorf("attempt %d, want %d", heard.events[i].Attempt, i+1)
		}
	}
}

func impatientIsBuried(_ *testing.T, w *world) {
	w.consume(bus.ConsumerSpec{Patience: 500 * time.Millisecond}, func(context.Context, bus.Event) error {
		return bus.RetryAfter(errors.New("outage"), 100*time.Millisecond)
	})
	w.say("s", "impatient")
	w.until("it is buried", func() bool { return len(w.letters()) == 1 })
	w.settled()
	if d := w.letters()[0]; d.Reason != "out of patience: outage" || d.Attempts < 2 {
		w.Fatalf("%+v", d)
	}
}

func ordinaryIsRetriedThenBuried(_ *testing.T, w *world) {
	var heard log
	w.consume(bus.ConsumerSpec{Attempts: 3}, func(_ context.Context, ev bus.Event) error {
		heard.add(ev)
		return errors.New("broken")
	})
	w.say("s", "bad")
	w.until("it is buried", func() bool { return len(w.letters()) == 1 })
	w.settled()
	if d := w.letters()[0]; d.Reason != "last attempt: broken" || d.Attempts != 3 || heard.len() != 3 {
		w.Fatalf("%d calls, %+v", heard.len(), d)
	}
	first, second := heard.times[1].Sub(heard.times[0]), heard.times[2].Sub(heard.times[1])
	if first < time.Second || second < 2*time.Second {
		w.Fatalf("delays %s and %s", first, second)
	}
}

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
	w.consume(bus.ConsumerSpec{AckWait: 600 * time.Millisecond}, func(ctx context.Context, ev bus.Event) error {
		heard.add(ev)
		select { // slow itself
		case <-time.After(1500 * time.Millisecond):
		case <-ctx.Done():
		}
		return nil
	})
	w.say("s", "slow", "waits")
	w.until("both are heard", func() bool { return heard.len() >= 2 })
	w.settled()
	w.same("heard", heard.contents(""), []string{"slow", "waits"})
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

func drain(_ *testing.T, w *world) {
	begun, release := make(chan struct{}), make(chan struct{})
	var first log
	spec := bus.ConsumerSpec{Concurrency: 1, AckWait: patience / 3}
	stop := w.consume(spec, func(_ context.Context, ev bus.Event) error {
		first.add(ev)
		close(begun)
		<-release
		return nil
	})
	sessions := []string{"a", "b", "c", "d", "e"}
	for _, s := range sessions {
		w.say(id.Session(s), "1", "2")
	}
	await(w, "the handler begins", begun)
	stopped, begins := make(chan struct{}), time.Now()
	go func() { stop(); close(stopped) }()
	var second log
	w.consumeOn(w.connect(), spec, func(_ context.Context, ev bus.Event) error { second.add(ev); return nil })
	w.until("another gets the other sessions", func() bool { return second.len() == 8 })
	if d := time.Since(begins); d > spec.AckWait {
		w.Errorf("put back after %s: that was the ack wait", d)
	}
	if n := len(second.contents("a")); n != 0 {
		w.Errorf("another got %d events of a session that is still being handled", n)
	}
	close(release)
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

func unreadableIsBuried(_ *testing.T, w *world) {
	var heard log
	w.consume(bus.ConsumerSpec{}, func(_ context.Context, ev bus.Event) error { heard.add(ev); return nil })
	js := w.jetstream()
	subjects := []string{
		"bellhop.v1." + id.Session("s").Part().String() + "." + w.name + ".s.message.created", // no event
		"bellhop.v1.99." + w.name + ".s.message.created",                                      // not the session's part
	}
	for _, subject := range subjects {
		_, err := js.Publish(w.context(), subject, []byte("{\"specversion\":"))
		w.must(err)
	}
	w.say("s", "good")
	w.until("both are buried", func() bool { return len(w.letters()) == 2 })
	w.settled()
	w.same("heard", heard.contents(""), []string{"good"})
	for _, d := range w.letters() {
		if string(d.Body) != "{\"specversion\":" || !strings.HasPrefix(d.Reason, "permanent: not ") {
			w.Errorf("%+v", d)
		}
	}
}

func backlog(_ *testing.T, w *world) {
	w.say("s", "before")
	seen := func(name string, spec bus.ConsumerSpec) *log {
		var heard log
		spec.Name = w.name + name
		c, err := w.bus.Consumer(w.context(), spec)
		w.must(err)
		if since := time.Since(c.Since()); since < spec.Backlog || since > spec.Backlog+patience {
			w.Fatalf("since %s ago", since)
		}
		again, err := w.connect().Consumer(w.context(), spec)
		w.must(err)
		if !again.Since().Equal(c.Since()) {
			w.Fatalf("began at %s and %s", c.Since(), again.Since())
		}
		w.background(func(ctx context.Context) error {
			return c.Run(ctx, func(_ context.Context, ev bus.Event) error {
				if ev.Project == w.project {
					heard.add(ev)
				}
				return nil
			})
		})
		return &heard
	}
	old, young := seen("-old", bus.ConsumerSpec{Backlog: time.Minute}), seen("-young", bus.ConsumerSpec{Backlog: time.Nanosecond})
	w.say("s", "after")
	w.until("both have heard", func() bool { return old.len() == 2 && young.len() == 1 })
	w.same("with a backlog", old.contents(""), []string{"before", "after"})
	w.same("without", young.contents(""), []string{"after"})
}

func typesNarrow(_ *testing.T, w *world) {
	var heard log
	w.consume(bus.ConsumerSpec{Types: []bus.Type{bus.SessionClosed, bus.EventReceived}},
		func(_ context.Context, ev bus.Event) error { heard.add(ev); return nil })
	w.say("s", "unheard")
	closed := w.message("s", "")
	closed.Type, closed.Data = bus.SessionClosed, &eventv1.Session{By: "Ann"}
	_, err := w.bus.Publish(w.context(), closed)
	w.must(err)
	w.until("the one is heard", func() bool { return heard.len() == 1 })
	if heard.events[0].Type != bus.SessionClosed {
		w.Fatal(heard.events[0].Type)
	}
}
