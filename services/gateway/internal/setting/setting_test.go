package setting

import (
	"context"
	"sync"
	"testing"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func open(t *testing.T, b *bus.Bus, p id.Project) *Settings {
	t.Helper()
	s, err := Open(t.Context(), b.Notebook(), p, Values{BotHeuristics: true}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestChangeIsSeenByOtherGatewaysAndOutlivesThem(t *testing.T) {
	b := bustest.New(t)
	one, two := open(t, b, "shop"), open(t, b, "shop")
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = two.Run(ctx) })
	defer func() { cancel(); wg.Wait() }()
	on, off := true, false
	got, err := one.Change(t.Context(), Change{UAFilter: &on, BotHeuristics: &off})
	if want := (Values{UAFilter: true}); err != nil || got != want || one.Now() != want {
		t.Fatalf("%+v, %v", got, err)
	}
	bustest.Until(t, "the other one has it", func() bool { return two.Now() == got })
	if got, err := two.Change(t.Context(), Change{IPFilter: &on}); err != nil || got != (Values{UAFilter: true, IPFilter: true}) {
		t.Errorf("on top of it: %+v, %v", got, err)
	}
	if got := open(t, b, "shop").Now(); got != (Values{UAFilter: true, IPFilter: true}) {
		t.Errorf("one that begins has %+v", got)
	}
	if got := open(t, b, "other").Now(); got != (Values{BotHeuristics: true}) {
		t.Errorf("another project has %+v", got)
	}
}

func TestChangesAtOnceAreAllKept(t *testing.T) {
	b := bustest.New(t)
	on, off := true, false
	var wg sync.WaitGroup
	for _, c := range []Change{{UAFilter: &on}, {IPFilter: &on}, {BotHeuristics: &off}} {
		s := open(t, b, id.Default)
		wg.Go(func() {
			if _, err := s.Change(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := open(t, b, id.Default).Now(); got != (Values{UAFilter: true, IPFilter: true}) {
		t.Errorf("%+v", got)
	}
}
