package bustest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
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
	if spec.Types == nil {
		spec.Types = []bus.Type{w.kind()}
	}
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
func (w *world) settled() *jetstream.ConsumerInfo {
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
	return info
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
	w.consume(bus.ConsumerSpec{Patience: 3 * time.Second}, func(context.Context, bus.Event) error {
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

func unreadableIsBuried(_ *testing.T, w *world) {
	var heard log
	w.consume(bus.ConsumerSpec{}, func(_ context.Context, ev bus.Event) error { heard.add(ev); return nil })
	js := w.jetstream()
	subjects := []string{
		"bellhop.v1." + id.Session("s").Part().String() + "." + w.name + ".s." + string(w.kind()), // no event
		"bellhop.v1.99." + w.name + ".s." + string(w.kind()),                                      // not the session's part
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
		spec.Name, spec.Types = w.name+name, []bus.Type{w.kind()}
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

func projectNarrows(_ *testing.T, w *world) {
	heard := make(chan bus.Event, 16)
	for _, types := range [][]bus.Type{{w.kind()}, nil} {
		c, err := w.bus.Consumer(w.context(), bus.ConsumerSpec{Name: w.name + strconv.Itoa(len(types)), Project: w.project, Types: types})
		w.must(err)
		w.background(func(ctx context.Context) error {
			return c.Run(ctx, func(_ context.Context, ev bus.Event) error { heard <- ev; return nil })
		})
	}
	foreign := w.message("s", "unheard")
	foreign.Project += "-2"
	_, err := w.bus.Publish(w.context(), foreign)
	w.must(err)
	w.say("s", "heard")
	for range 2 {
		if ev := await(w, "the one is heard", heard); ev.Project != w.project {
			w.Fatalf("heard an event of %s", ev.Project)
		}
	}
}

func consumerState(_ *testing.T, w *world) {
	if _, err := w.bus.ConsumerState(w.context(), w.name); !errors.Is(err, bus.ErrNoConsumer) {
		w.Fatalf("before it is made: %v", err)
	}
	begun, release := make(chan struct{}, 1), make(chan struct{})
	defer close(release)
	w.say("s", numbered(3)...)
	w.consume(bus.ConsumerSpec{MaxPending: 1}, func(context.Context, bus.Event) error {
		begun <- struct{}{}
		<-release
		return nil
	})
	await(w, "the handler begins", begun)
	got, err := w.connect().ConsumerState(w.context(), w.name)
	w.must(err)
	newest, err := w.bus.LastSeq(w.context(), w.project, "s")
	w.must(err)
	if got.Waiting != 2 || got.Unsettled != 1 || got.Through == 0 || got.Through >= newest {
		w.Fatalf("%+v", got)
	}
}

func deadLetterIsReadAndDropped(_ *testing.T, w *world) {
	w.consume(bus.ConsumerSpec{}, func(context.Context, bus.Event) error { return bus.Permanent(errors.New("forbidden")) })
	ev := w.message("s", "bad")
	_, err := w.bus.Publish(w.context(), ev)
	w.must(err)
	w.until("it is buried", func() bool { return len(w.letters()) == 1 })
	want := w.letters()[0]
	got, err := w.connect().DeadLetter(w.context(), want.Seq)
	w.must(err)
	if got.Seq != want.Seq || got.Consumer != w.name || got.EventSeq != want.EventSeq || string(got.Body) != string(want.Body) ||
		got.Headers["Bellhop-Reason"][0] != "permanent: forbidden" {
		w.Errorf("%+v", got)
	}
	if original, err := got.Event(); err != nil || original.ID != ev.ID || original.Seq != want.EventSeq || original.Session != "s" {
		w.Errorf("%+v, %v", original, err)
	}
	if _, err := w.bus.DeadLetter(w.context(), want.Seq+1_000_000); !errors.Is(err, bus.ErrNoLetter) {
		w.Errorf("one that never was: %v", err)
	}
	w.must(w.bus.DropDeadLetter(w.context(), want.Seq))
	if n := len(w.letters()); n != 0 {
		w.Errorf("%d letters after it was dropped", n)
	}
	for _, seq := range []uint64{want.Seq, want.Seq + 1_000_000} {
		if err := w.bus.DropDeadLetter(w.context(), seq); !errors.Is(err, bus.ErrNoLetter) {
			w.Errorf("dropped again: %v", err)
		}
	}
}
