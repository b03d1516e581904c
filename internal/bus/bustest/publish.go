package bustest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func acknowledgedEventsAreStored(_ *testing.T, w *world) {
	s := id.NewSession()
	for _, c := range numbered(10) {
		sent := Message(w.project, s, c)
		seq, err := w.bus.Publish(w.context(), sent)
		w.must(err)
		got, err := w.connect().Event(w.context(), seq)
		w.must(err)
		if got.ID != sent.ID || got.Seq != seq || content(got) != c || got.Session != s || got.Project != w.project || got.Source != "gateway" {
			w.Fatalf("stored %+v, sent %+v", got, sent)
		}
	}
}

func missingEventIsNamed(_ *testing.T, w *world) {
	if _, err := w.bus.Event(w.context(), 1<<40); !errors.Is(err, bus.ErrNoEvent) {
		w.Fatal(err)
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
		if !strings.Contains(string(msg.Data), "|"+want+`"`) {
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

// manyAtOnceAreStoredOnceEach: repeats and what is refused are nobody else's trouble.
func manyAtOnceAreStoredOnceEach(_ *testing.T, w *world) {
	const callers, each, repeated, refused = 60, 10, 4, 7
	huge := strings.Repeat("x", bus.MaxEventBytes)
	var calling sync.WaitGroup
	for c := range callers {
		calling.Go(func() {
			s := id.NewSession()
			var last uint64
			var want []string
			for n, content := range numbered(each) {
				ev := w.message(s, content)
				pair := []bus.Event{ev}
				switch {
				case c%10 == 1 && n == refused:
					if _, err := w.bus.Publish(w.context(), w.message(s, huge)); !errors.Is(err, bus.ErrTooLarge) {
						w.Error(err)
					}
				case c%5 == 2:
					content += " and more"
					pair = append(pair, w.message(s, content))
					want = append(want, numbered(each)[n])
				}
				want = append(want, content)
				seq, err := w.bus.Publish(w.context(), pair...)
				if err == nil && c%10 == 3 && n == repeated {
					last = seq
					seq, err = w.bus.Publish(w.context(), pair...)
					if seq != last {
						w.Errorf("repeated, it has sequence %d instead of %d", seq, last)
					}
				}
				if err != nil {
					w.Error(err)
					return
				}
				if got, err := w.bus.Event(w.context(), seq); err != nil || got.ID != pair[len(pair)-1].ID {
					w.Errorf("at %d stands %s, %v", seq, got.ID, err)
				}
			}
			w.same("stored", w.replayed(bus.Filter{Session: s}), want)
		})
	}
	calling.Wait()
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
		ev := Message(w.project, s, what)
		bad(&ev)
		if _, err := w.bus.Publish(w.context(), w.message(s, "good"), ev); err == nil || errors.Is(err, bus.ErrUnavailable) {
			w.Errorf("%s: %v", what, err)
		}
	}
	w.same("stored", w.replayed(bus.Filter{Session: s}), nil)
}

func tooLargeIsRefused(_ *testing.T, w *world) {
	_, err := w.bus.Publish(w.context(), Message(w.project, "s", strings.Repeat("x", bus.MaxEventBytes)))
	if !errors.Is(err, bus.ErrTooLarge) {
		w.Fatal(err)
	}
	_, err = w.bus.Publish(w.context(), Message(w.project, "s", strings.Repeat("x", bus.MaxEventBytes-2000)))
	w.must(err)
}

func liveCarriesStoredEventsOnly(_ *testing.T, w *world) {
	s := id.Session("a visitor.with *odd> id")
	live := w.subscribe("bellhop.live.v1." + w.name + ".*.message.created")
	client := w.site.Client(w)
	js, err := jetstream.New(client)
	w.must(err)
	seq, err := w.bus.Publish(w.context(), Message(w.project, s, "stored"))
	w.must(err)
	// Refused by the stream, although it passed by on the stored subject.
	_, err = js.Publish(w.context(), fmt.Sprintf("bellhop.v1.%s.%s.%s.message.created", s.Part(), w.name, id.Token(string(s))),
		[]byte("refused"), jetstream.WithExpectLastSequence(1<<40))
	if err == nil {
		w.Fatal("was to be refused")
	}
	next, err := w.bus.Publish(w.context(), Message(w.project, s, "next"))
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
