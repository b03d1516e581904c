package bustest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

func orderedTriesAgainFirst(_ *testing.T, w *world) {
	var heard log
	others := make(chan struct{})
	w.consume(bus.ConsumerSpec{Ordered: true, Concurrency: 1}, func(ctx context.Context, ev bus.Event) error {
		heard.add(ev)
		if content(ev) != "first" {
			if ev.Session == "other" {
				close(others)
			}
			return nil
		}
		select {
		case <-others: // other sessions go on meanwhile
			return nil
		default:
			return bus.RetryAfter(errors.New("not yet"), 50*time.Millisecond)
		}
	})
	w.say("s", "first", "second", "third")
	w.until("the first has failed twice", func() bool { return len(heard.contents("s")) >= 2 })
	w.say("other", "passes")
	w.until("all are heard", func() bool { c := heard.contents("s"); return len(c) > 0 && c[len(c)-1] == "third" })
	info := w.settled()
	got := heard.contents("s")
	w.same("the end", got[len(got)-2:], []string{"second", "third"})
	for _, c := range got[:len(got)-2] {
		if c != "first" {
			w.Fatalf("heard %q", got)
		}
	}
	if info.Delivered.Consumer != 4 {
		w.Errorf("four events were delivered %d times", info.Delivered.Consumer)
	}
}

// orderedWaitsForOrphans kills the first of two processes while it has events of a session in its hands. The third event of
// that session was never anybody's, so the server offers it to the second process before the others come again.
func orderedWaitsForOrphans(_ *testing.T, w *world) {
	killed := w.connect()
	begun, release := make(chan struct{}), make(chan struct{})
	defer func() { close(release) }()
	spec := bus.ConsumerSpec{Ordered: true, AckWait: 2 * time.Second}
	w.consumeOn(killed, spec, func(context.Context, bus.Event) error {
		close(begun)
		<-release
		return nil
	})
	w.say("s", "1", "2")
	await(w, "the handler begins", begun)
	killed.Close()
	w.say("s", "3")
	w.say("other", "x")
	var heard log
	w.consume(spec, func(_ context.Context, ev bus.Event) error { heard.add(ev); return nil })
	w.until("the second has heard all", func() bool { return heard.len() == 4 })
	w.same("the session", heard.contents("s"), []string{"1", "2", "3"})
	w.settled()
}

// orderedHandsOver stops the first of two processes in order: the second begins at once.
func orderedHandsOver(_ *testing.T, w *world) {
	var first, second log
	begun, release := make(chan struct{}), make(chan struct{})
	spec := bus.ConsumerSpec{Ordered: true, AckWait: 10 * patience}
	stop := w.consumeOn(w.connect(), spec, func(_ context.Context, ev bus.Event) error {
		first.add(ev)
		close(begun)
		<-release
		return nil
	})
	w.say("s", numbered(20)...)
	await(w, "the handler begins", begun)
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	close(release)
	await(w, "the first ends", stopped)
	w.consume(spec, func(_ context.Context, ev bus.Event) error { second.add(ev); return nil })
	w.until("the second has heard the rest", func() bool { return first.len()+second.len() == 20 })
	w.same("the session", append(first.contents("s"), second.contents("s")...), numbered(20))
	w.settled()
}
