package bustest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"

	"context"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func acknowledgedEventsAreStored(_ *testing.T, w *world) {
	s := id.NewSession()
	for _, c := range numbered(10) {
		sent := w.message(s, c)
		seq, err := w.bus.Publish(w.context(), sent)
		w.must(err)
		got, err := w.connect().Event(w.context(), seq)
		w.must(err)
		if got.ID != sent.ID || got.Seq != seq || content(got) != c || got.Session != s || got.Project != w.project || got.Source != "gateway" {
			w.Fatalf("stored %+v, sent %+v", got, sent)
		}
	}
}

func sameIDIsStoredOnce(_ *testing.T, w *world) {
	s := id.NewSession()
	live := w.subscribe("bellhop.live.v1." + w.name + ".>")
	ev := w.message(s, "once")
	first, err := w.bus.Publish(w.context(), ev)
	w.must(err)
	for range 3 {
		again, err := w.bus.Publish(w.context(), ev)
		w.must(err)
		if again != first {
			w.Fatalf("the same id has sequences %d and %d", first, again)
		}
	}
	w.say(s, "after")
	for _, want := range []string{"once", "after"} {
		msg, err := live.NextMsg(patience)
		w.must(err)
		if !strings.Contains(string(msg.Data), `"`+want+`"`) {
			w.Fatalf("live is %s, want %s", msg.Data, want)
		}
	}
	w.same("stored", w.replayed(bus.Filter{Session: s}), []string{"once", "after"})
}

func (w *world) replayed(filter bus.Filter) []string {
	w.Helper()
	var heard log
	w.must(w.bus.Replay(w.context(), 0, filter, func(ev bus.Event) error { heard.add(ev); return nil }))
	return heard.contents("")
}

func eventsOfOneCallKeepTheirOrder(_ *testing.T, w *world) {
	s := id.NewSession()
	var events []bus.Event
	for _, c := range numbered(50) {
		events = append(events, w.message(s, c))
	}
	seq, err := w.bus.Publish(w.context(), events...)
	w.must(err)
	last, err := w.bus.LastSeq(w.context(), w.project, s)
	w.must(err)
	if seq != last {
		w.Fatalf("answered %d, the last is %d", seq, last)
	}
	w.same("order", w.replayed(bus.Filter{Session: s}), numbered(50))
}

func unencodableStoresNothing(_ *testing.T, w *world) {
	s := id.NewSession()
	for what, bad := range map[string]func(*bus.Event){
		"no id":         func(ev *bus.Event) { ev.ID = "" },
		"no payload":    func(ev *bus.Event) { ev.Data = nil },
		"other payload": func(ev *bus.Event) { ev.Type = bus.SessionStarted },
		"no session":    func(ev *bus.Event) { ev.Session = "" },
		"no project":    func(ev *bus.Event) { ev.Project = "" },
		"no type":       func(ev *bus.Event) { ev.Type = "" },
	} {
		ev := w.message(s, what)
		bad(&ev)
		if _, err := w.bus.Publish(w.context(), w.message(s, "good"), ev); err == nil || errors.Is(err, bus.ErrUnavailable) {
			w.Errorf("%s: %v", what, err)
		}
	}
	w.same("stored", w.replayed(bus.Filter{Session: s}), nil)
}

func tooLargeIsRefused(_ *testing.T, w *world) {
	_, err := w.bus.Publish(w.context(), w.message("s", strings.Repeat("x", bus.MaxEventBytes)))
	if !errors.Is(err, bus.ErrTooLarge) {
		w.Fatal(err)
	}
	_, err = w.bus.Publish(w.context(), w.message("s", strings.Repeat("x", bus.MaxEventBytes-2000)))
	w.must(err)
}

func liveCarriesStoredEventsOnly(_ *testing.T, w *world) {
	s := id.Session("a visitor.with *odd> id")
	live := w.subscribe("bellhop.live.v1." + w.name + ".*.message.created")
	client := w.site.Client(w)
	js, err := jetstream.New(client)
	w.must(err)
	seq, err := w.bus.Publish(w.context(), w.message(s, "stored"))
	w.must(err)
	// Refused by the stream, although it passed by on the stored subject.
	_, err = js.Publish(w.context(), fmt.Sprintf("bellhop.v1.%s.%s.%s.message.created", s.Part(), w.name, id.Token(string(s))),
		[]byte("refused"), jetstream.WithExpectLastSequence(1<<40))
	if err == nil {
		w.Fatal("was to be refused")
	}
	next, err := w.bus.Publish(w.context(), w.message(s, "next"))
	w.must(err)
	for _, want := range []uint64{seq, next} {
		msg, err := live.NextMsg(patience)
		w.must(err)
		if msg.Subject != "bellhop.live.v1."+w.name+"."+id.Token(string(s))+".message.created" {
			w.Fatalf("live subject is %s", msg.Subject)
		}
		if msg.Header.Get("Nats-Sequence") != strconv.FormatUint(want, 10) {
			w.Fatalf("header %v, want sequence %d", msg.Header, want)
		}
	}
}

func traceIsFoundInHandler(_ *testing.T, w *world) {
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1, 2, 3}, SpanID: trace.SpanID{4, 5}, TraceFlags: trace.FlagsSampled})
	found := make(chan trace.SpanContext, 1)
	w.consume(bus.ConsumerSpec{}, func(ctx context.Context, _ bus.Event) error {
		found <- trace.SpanContextFromContext(ctx)
		return nil
	})
	_, err := w.bus.Publish(trace.ContextWithSpanContext(w.context(), span), w.message("s", "traced"))
	w.must(err)
	if got := await(w, "the handler is called", found); got.TraceID() != span.TraceID() || got.SpanID() != span.SpanID() || !got.IsRemote() {
		w.Fatalf("found %v", got)
	}
}

func replayFilters(_ *testing.T, w *world) {
	a, b := id.NewSession(), id.NewSession()
	w.say(a, "a1", "a2")
	w.say(b, "b1")
	second := w.last(a)
	w.say(a, "a3")
	w.same("project", w.replayed(bus.Filter{Project: w.project}), []string{"a1", "a2", "b1", "a3"})
	w.same("session", w.replayed(bus.Filter{Project: w.project, Session: a}), []string{"a1", "a2", "a3"})
	w.same("type", w.replayed(bus.Filter{Project: w.project, Type: bus.SessionClosed}), nil)
	w.same("everything of", w.replayed(bus.Filter{Project: w.project, Session: b, Type: bus.MessageCreated}), []string{"b1"})
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
	const n = 1200
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
