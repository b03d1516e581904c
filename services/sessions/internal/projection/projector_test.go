package projection

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/sqlite"
)

func open(t *testing.T, path string) store.Store {
	t.Helper()
	s, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newBus(t *testing.T) *bus.Bus {
	t.Helper()
	t.Parallel() // stopping a NATS server takes 0.2 s of waiting
	return bustest.New(t)
}

func fresh(t *testing.T) store.Store { return open(t, filepath.Join(t.TempDir(), "s.db")) }

// run starts a projector that stops with the test.
func run(t *testing.T, s store.Store, b *bus.Bus) *Projector {
	t.Helper()
	p := New(s, b, zap.NewNop(), nil)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := p.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); wg.Wait() })
	return p
}

// publish stores events and answers them with the sequences that they got.
func publish(t *testing.T, b *bus.Bus, events ...bus.Event) []bus.Event {
	t.Helper()
	for n := range events {
		ev := &events[n]
		if ev.ID == "" {
			ev.ID = string(id.NewMessage())
		}
		ev.Source = "test"
		seq, err := b.Publish(t.Context(), *ev)
		if err != nil {
			t.Fatal(err)
		}
		ev.Seq = seq
	}
	return events
}

// reach waits until the store holds all of the events.
func reach(t *testing.T, p *Projector, events ...bus.Event) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, ev := range events {
		if err := p.Wait(ctx, ev.Session.Part(), ev.Seq); err != nil {
			t.Fatal(err)
		}
	}
}

// holds checks that the store has what the events make when they are folded one by one.
func holds(t *testing.T, s store.Store, events []bus.Event) {
	t.Helper()
	want := play(t, events...)
	for key, record := range want.sessions {
		got, err := s.Session(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, record, got)
		messages, _, err := s.Messages(t.Context(), key, store.Query{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if len(messages) != len(want.messages[key]) {
			t.Errorf("%d messages of …%s, want %d", len(messages), key.Session.Short(), len(want.messages[key]))
		}
		for _, m := range messages {
			expect(t, want.messages[key][m.Message.Id], m)
		}
	}
}

// talk is a conversation of some sessions in turn.
func talk(sessions, rounds int) []bus.Event {
	var events []bus.Event
	for round := range rounds {
		for n := range sessions {
			ev := says(0, senderVisitor, fmt.Sprintf("m%d", round))
			if round%3 == 2 {
				ev = event(0, bus.MessageRead, &eventv1.MessageRead{Reader: "operator", Status: "read", MessageIds: []string{fmt.Sprintf("m%d", round-1)}})
			}
			ev.Session = id.Session(fmt.Sprintf("ses_%d", n))
			ev.Time = noon.Add(time.Duration(len(events)) * time.Millisecond)
			events = append(events, ev)
		}
	}
	return events
}

func TestWhatIsPublishedReachesTheStore(t *testing.T) {
	b, s := newBus(t), fresh(t)
	p := run(t, s, b)
	events := publish(t, b, talk(20, 6)...)
	reach(t, p, events...)
	holds(t, s, events)
}

func TestWhatWasPublishedBeforeTheStartReachesTheStore(t *testing.T) {
	b, s := newBus(t), fresh(t)
	events := publish(t, b, talk(20, 6)...)
	p := run(t, s, b)
	reach(t, p, events...)
	holds(t, s, events)
}

func TestTwoReplicasOnOneStoreApplyEachEventOnce(t *testing.T) {
	b, path := newBus(t), filepath.Join(t.TempDir(), "s.db")
	first := run(t, open(t, path), b)
	s := open(t, path)
	second := run(t, s, b)
	events := publish(t, b, talk(20, 6)...)
	for n := range id.Part(id.Parts) {
		// Both go over everything at once, as they do when a replica is taken for dead and is not.
		for _, p := range []*Projector{first, second} {
			if _, err := p.CatchUp(t.Context(), n); err != nil {
				t.Fatal(err)
			}
		}
	}
	reach(t, first, events...)
	reach(t, second, events...)
	holds(t, s, events)
}

func TestWaitSaysBehindWhenNothingHelps(t *testing.T) {
	b, s := newBus(t), fresh(t)
	p := New(s, b, zap.NewNop(), nil)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := p.Wait(ctx, guest.Part(), 7); !errors.Is(err, ErrBehind) {
		t.Errorf("waiting for an event that does not come: %v", err)
	}
}

func TestWaiterCatchesUpWhenNobodyElseDoes(t *testing.T) {
	b, s := newBus(t), fresh(t)
	p := New(s, b, zap.NewNop(), nil)
	events := publish(t, b, talk(3, 3)...)
	if err := p.WaitAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	holds(t, s, events)
}

// slow is a store whose commits are refused a few times, as when another replica is always faster.
type slow struct {
	store.Store
	refusals int
}

func (s *slow) Commit(ctx context.Context, change store.Change) error {
	if s.refusals--; s.refusals >= 0 {
		return store.ErrConflict
	}
	return s.Store.Commit(ctx, change)
}

func TestConflictIsFoldedAgainFromTheEventsAsTheyWere(t *testing.T) {
	b := newBus(t)
	s := &slow{Store: fresh(t), refusals: 3}
	p := New(s, b, zap.NewNop(), nil)
	events := publish(t, b, talk(1, 6)...)
	before := proto.Clone(events[0].Data)
	if err := p.apply(t.Context(), events[0].Session.Part(), 0, events); err != nil {
		t.Fatal(err)
	}
	expect(t, before, events[0].Data)
	holds(t, s, events)
	s.refusals = maxConflicts + 1
	more := publish(t, b, talk(1, 7)[6:]...)
	if err := p.apply(t.Context(), more[0].Session.Part(), 0, more); !errors.Is(err, store.ErrConflict) {
		t.Errorf("endless conflict: %v", err)
	}
}
