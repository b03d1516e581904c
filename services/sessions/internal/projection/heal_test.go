package projection

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// wiped is a store that held a conversation a moment ago, under a running projector.
func wiped(t *testing.T) (*bus.Bus, store.Store, *Projector, []bus.Event) {
	t.Helper()
	b, s := newBus(t), fresh(t)
	p := run(t, s, b)
	events := publish(t, b, talk(5, 3)...)
	reach(t, p, events...)
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b, s, p, events
}

func TestWipedStoreHealsWhileNothingIsPublished(t *testing.T) {
	b, s, p, events := wiped(t)
	reach(t, p, events...)
	holds(t, s, events)
	if epoch, err := s.Epoch(t.Context()); err != nil || epoch != b.Epoch() {
		t.Errorf("epoch %q, %v; want %q", epoch, err, b.Epoch())
	}
}

func TestWipedStoreHealsWithTheNextEvent(t *testing.T) {
	b, s, p, events := wiped(t)
	events = append(events, publish(t, b, talk(5, 5)[15:]...)...)
	reach(t, p, events...)
	holds(t, s, events)
}

func TestStoreWipedBetweenFloorAndBatchLosesNothing(t *testing.T) {
	b, s := newBus(t), fresh(t)
	p := New(s, b, zap.NewNop(), nil)
	events := publish(t, b, talk(1, 4)...)
	part := events[0].Session.Part()
	if _, err := p.floor(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	if err := p.applyNext(t.Context(), part, events[:2]); err != nil {
		t.Fatal(err)
	}
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.apply(t.Context(), part, events[1].Seq, events[2:]); !errors.Is(err, errHole) {
		t.Errorf("events behind a hole: %v", err)
	}
	if err := p.applyNext(t.Context(), part, events[2:]); err != nil {
		t.Fatal(err)
	}
	holds(t, s, events)
}

// sweeping is a store whose Reset takes a while, and whatever is written meanwhile is swept away with the rest.
type sweeping struct {
	store.Store
	during func()
}

func (s *sweeping) Reset(ctx context.Context) error {
	epoch, err := s.Epoch(ctx)
	if err == nil {
		err = s.Store.Reset(ctx)
	}
	if err == nil {
		err = s.SetEpoch(ctx, epoch)
	}
	s.during()
	return errors.Join(err, s.Store.Reset(ctx))
}

func TestNothingIsWrittenWhileTheStoreIsEmptied(t *testing.T) {
	b, s := newBus(t), fresh(t)
	events := publish(t, b, talk(1, 4)...)
	part := events[0].Session.Part()
	live := New(s, b, zap.NewNop(), nil)
	if _, err := live.CatchUp(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	rebuilding := New(&sweeping{s, func() {
		if _, err := live.CatchUp(t.Context(), part); !errors.Is(err, ErrOtherStream) {
			t.Errorf("caught up while the store is emptied: %v", err)
		}
		if _, err := live.floor(t.Context(), part); !errors.Is(err, ErrOtherStream) {
			t.Errorf("asked for a floor while the store is emptied: %v", err)
		}
	}}, b, zap.NewNop(), nil)
	if err := rebuilding.Empty(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := live.CatchUp(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	holds(t, s, events)
}

func TestStoreThatKnowsMoreThanTheStreamIsMadeAnew(t *testing.T) {
	b, s := newBus(t), fresh(t)
	p := New(s, b, zap.NewNop(), nil)
	if err := p.Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	// What a power cut took from the stream: the store has applied a hundred events of the part, the stream holds none.
	events := talk(1, 4)
	part := events[0].Session.Part()
	if err := s.Commit(t.Context(), store.Change{Part: part, Through: 100}); err != nil {
		t.Fatal(err)
	}
	if err := New(s, b, zap.NewNop(), nil).Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := run(t, s, b)
	stored := publish(t, b, events...)
	reach(t, later, stored...)
	holds(t, s, stored)
}
