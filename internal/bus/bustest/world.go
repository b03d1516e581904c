package bustest

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// patience bounds every wait of the suite: far more than a slow machine needs.
const patience = 30 * time.Second

// world is what one test of the suite sees: a connection, a project and names that are its alone.
type world struct {
	*testing.T
	site    Site
	bus     *bus.Bus
	name    string
	project id.Project
}

func newWorld(t *testing.T, site Site) *world {
	t.Helper()
	h := fnv.New32a()
	_, _ = h.Write([]byte(t.Name()))
	name := fmt.Sprintf("t%08x", h.Sum32())
	w := &world{T: t, site: site, name: name, project: id.Project(name)}
	w.bus = w.connect()
	js := w.jetstream()
	w.Cleanup(func() { w.forget(js) })
	return w
}

// forget deletes the test's consumers: a cluster keeps each of them alive three times, and the stream may be shared.
func (w *world) forget(js jetstream.JetStream) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stream, err := js.Stream(ctx, "BELLHOP")
	if err != nil {
		w.Error(err)
		return
	}
	for name := range stream.ConsumerNames(ctx).Name() {
		if strings.HasPrefix(name, w.name) {
			if err := stream.DeleteConsumer(ctx, name); err != nil {
				w.Error(err)
			}
		}
	}
}

// connect opens another connection, as another replica would.
func (w *world) connect() *bus.Bus {
	w.Helper()
	return w.site.Connect(w, bus.Config{Name: w.Name()})
}

// jetstream is the stream as a program outside sees it.
func (w *world) jetstream() jetstream.JetStream {
	w.Helper()
	js, err := jetstream.New(w.site.Client(w))
	w.must(err)
	return js
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// context ends with the test, or when it takes too long.
func (w *world) context() context.Context {
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	w.Cleanup(cancel)
	return ctx
}

// until waits for a condition.
func (w *world) until(what string, ok func() bool) {
	w.Helper()
	Until(w, what, ok)
}

// Until waits for a condition, for half a minute at most.
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// Message is a visitor's message with an id of its own.
func Message(p id.Project, s id.Session, content string) bus.Event {
	messageID := string(id.NewMessage())
	return bus.Event{
		ID: messageID, Type: bus.MessageCreated, Project: p, Session: s, Source: "gateway", Time: time.Now(),
		Data: &eventv1.MessageCreated{
			SessionId: string(s), Message: &bellhopv1.Message{Id: messageID, SessionId: string(s), Content: content},
		},
	}
}

// message is an event of the test's own type, so that its consumers hear nothing of other tests. Its content is in its id.
func (w *world) message(s id.Session, content string) bus.Event {
	ev := Message(w.project, s, "")
	ev.ID, ev.Type, ev.Data = ev.ID+"|"+content, w.kind(), nil
	return ev
}

func (w *world) kind() bus.Type { return bus.Type("said." + w.name) }

// say publishes messages of a session, one call each.
func (w *world) say(s id.Session, contents ...string) {
	w.Helper()
	for _, c := range contents {
		_, err := w.bus.Publish(w.context(), w.message(s, c))
		w.must(err)
	}
}

func content(ev bus.Event) string {
	if data, ok := ev.Data.(*eventv1.MessageCreated); ok {
		return data.Message.Content
	}
	_, said, _ := strings.Cut(ev.ID, "|")
	return said
}

// numbered is "0" to "n-1".
func numbered(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(i)
	}
	return all
}

// log collects what was heard of the test's own project.
type log struct {
	mu     sync.Mutex
	events []bus.Event
	times  []time.Time
}

func (l *log) add(ev bus.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events, l.times = append(l.events, ev), append(l.times, time.Now())
}

func (l *log) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.events)
}

// contents of the messages in the order in which they were heard; of one session unless that is empty.
func (l *log) contents(s id.Session) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, ev := range l.events {
		if s == "" || ev.Session == s {
			all = append(all, content(ev))
		}
	}
	return all
}

func (w *world) same(what string, got, want []string) {
	w.Helper()
	if !slices.Equal(got, want) {
		w.Fatalf("%s: got %q, want %q", what, got, want)
	}
}

// background runs f until its context is cancelled; the returned function does so and waits.
func (w *world) background(f func(ctx context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := f(ctx); err != nil {
			w.Errorf("ended with %v", err)
		}
	}()
	stop = func() {
		cancel()
		<-done
	}
	w.Cleanup(stop)
	return stop
}

// await receives what must come.
func await[T any](w *world, what string, from <-chan T) T {
	w.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		w.Fatalf("waited in vain: %s", what)
		panic("unreachable")
	}
}

// subscribe hears a subject as a program outside does.
func (w *world) subscribe(subject string) *nats.Subscription {
	w.Helper()
	nc := w.site.Client(w)
	sub, err := nc.SubscribeSync(subject)
	w.must(err)
	w.must(nc.Flush())
	return sub
}
