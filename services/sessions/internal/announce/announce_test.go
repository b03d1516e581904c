package announce

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// office is an app whose changes are announced.
type office struct {
	*testing.T
	store occupancy.Store
	bus   *bus.Bus
	hooks *bus.Hooks
}

var shop = bus.HookApp{Project: "shop-1", App: "shop.1"}

func newOffice(t *testing.T) *office {
	t.Helper()
	t.Parallel()
	o := &office{T: t, store: memory.New(occupancy.Lease, time.Now), bus: bustest.New(t)}
	var err error
	if o.hooks, err = o.bus.OpenHooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.store.Renew(t.Context(), &sessionsv1.RenewRequest{App: shop.App, Gateway: "g", Hooks: &sessionsv1.Hooks{Project: string(shop.Project), Counts: true}}); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) enters(channel string, sockets int64) {
	o.Helper()
	moves := []*sessionsv1.Move{{Channel: channel, Sockets: sockets}}
	if _, _, err := o.store.Report(o.Context(), &sessionsv1.ReportRequest{App: shop.App, Gateway: "g", Moves: moves}); err != nil {
		o.Fatal(err)
	}
}

func (o *office) announcer(store occupancy.Store) *Announcer {
	o.Helper()
	a, err := New(store, o.bus, zap.NewNop(), prometheus.NewRegistry())
	if err != nil {
		o.Fatal(err)
	}
	return a
}

// told is what the bus has for webhooks.
func (o *office) told() (events []string) {
	o.Helper()
	err := o.hooks.Read(o.Context(), shop, 0, func(m bus.Hooked) bool {
		batch, err := hook.Decode(m.Payload)
		if err != nil {
			o.Error(err)
		}
		for _, e := range batch {
			text := e.Name + " " + e.Channel
			if e.Sockets != nil {
				text += fmt.Sprint(" ", *e.Sockets)
			}
			events = append(events, text)
		}
		return true
	})
	if err != nil {
		o.Fatal(err)
	}
	return events
}

func (o *office) has(want ...string) {
	o.Helper()
	if diff := cmp.Diff(want, o.told()); diff != "" {
		o.Errorf("want -, told +:\n%s", diff)
	}
}

// What is told of a chat session's channel goes by itself, so that it can be erased, and in the order of the rest.
func TestWhatIsToldOfAChatSessionCanBeErasedWithoutTheRest(t *testing.T) {
	o := newOffice(t)
	s := id.NewSession()
	news := occupancy.News{App: shop.App, Project: string(shop.Project), Began: 7, Batches: [][]occupancy.Hook{{
		{What: occupancy.Vacated, Channel: "x"}, {What: occupancy.Vacated, Channel: "y"}, {What: occupancy.Occupied, Channel: hook.SessionPrefix + string(s)},
		{What: occupancy.Counted, Channel: hook.SessionPrefix + string(s)}, {What: occupancy.Occupied, Channel: hook.SessionPrefix + "all"}, {What: occupancy.Occupied, Channel: "x"},
	}}}
	for range 2 { // by two replicas
		if n, err := o.announcer(o.store).publish(t.Context(), news); n != 1 || err != nil {
			t.Fatalf("told %d, %v", n, err)
		}
	}
	session := hook.SessionPrefix + string(s)
	o.has("channel_vacated x", "channel_vacated y", "channel_occupied "+session, "subscription_count "+session+" 0",
		"channel_occupied private-session-all", "channel_occupied x")
	if n, err := o.bus.EraseHooks(t.Context(), shop.Project, s); n != 1 || err != nil {
		t.Errorf("%d are erased, %v", n, err)
	}
	o.has("channel_vacated x", "channel_vacated y", "channel_occupied private-session-all", "channel_occupied x")
}

var errKilled = errors.New("killed")

// killed is a store whose caller is killed before it can note what it told.
type killed struct{ occupancy.Store }

func (killed) Told(context.Context, occupancy.News, int) error { return errKilled }

func TestAnnouncerThatIsKilledBetweenTellingAndNotingTellsOnce(t *testing.T) {
	o := newOffice(t)
	o.enters("x", 1)
	if _, err := o.announcer(killed{o.store}).tell(t.Context()); !errors.Is(err, errKilled) {
		t.Fatalf("the first announcer: %v", err)
	}
	o.enters("x", 2)
	if more, err := o.announcer(o.store).tell(t.Context()); err != nil || !more {
		t.Fatalf("the second announcer: %v, %v", more, err)
	}
	o.has("channel_occupied x", "subscription_count x 1", "subscription_count x 2")
}

func TestReplicasTogetherTellEverythingOnceAndInOrder(t *testing.T) {
	o := newOffice(t)
	ctx, stop := context.WithCancel(t.Context())
	var replicas []*Announcer
	var running sync.WaitGroup
	for range 3 {
		a := o.announcer(o.store)
		a.poll = time.Millisecond
		replicas = append(replicas, a)
		running.Go(func() {
			if err := a.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	want := []string{"channel_occupied x"}
	for n := range 100 {
		o.enters("x", int64(n+1))
		replicas[n%3].Wake()
		want = append(want, fmt.Sprint("subscription_count x ", n+1))
	}
	bustest.Until(t, "everything is told", func() bool { return len(o.told()) >= len(want) })
	stop()
	running.Wait()
	o.has(want...)
}

func TestNothingIsToldTwiceWhenTheBusIsBack(t *testing.T) {
	o := newOffice(t)
	a := o.announcer(o.store)
	ended, end := context.WithCancel(t.Context())
	end()
	o.enters("x", 1)
	if _, err := a.tell(ended); err == nil {
		t.Error("told without a bus")
	}
	if _, err := a.tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	if more, err := a.tell(t.Context()); more || err != nil {
		t.Errorf("afterwards: %v, %v", more, err)
	}
	o.has("channel_occupied x", "subscription_count x 1")
}
