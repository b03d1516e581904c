package pusher

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"google.golang.org/grpc"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// spy is the sessions service, and what it was told.
type spy struct {
	sessionsv1.ChannelsClient
	mu      sync.Mutex
	renewed *sessionsv1.RenewRequest
	moves   []*sessionsv1.Move
}

func (s *spy) Renew(ctx context.Context, in *sessionsv1.RenewRequest, opts ...grpc.CallOption) (*sessionsv1.RenewResponse, error) {
	s.mu.Lock()
	s.renewed = in
	s.mu.Unlock()
	return s.ChannelsClient.Renew(ctx, in, opts...)
}

func (s *spy) Report(ctx context.Context, in *sessionsv1.ReportRequest, opts ...grpc.CallOption) (*sessionsv1.ReportResponse, error) {
	answer, err := s.ChannelsClient.Report(ctx, in, opts...)
	if err == nil {
		s.mu.Lock()
		s.moves = append(s.moves, in.GetMoves()...)
		s.mu.Unlock()
	}
	return answer, err
}

// said waits for a move that was taken.
func (s *spy) said(t testing.TB, what string, wanted func(*sessionsv1.Move) bool) {
	t.Helper()
	bustest.Until(t, what, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return slices.ContainsFunc(s.moves, wanted)
	})
}

// hooked is an app with webhooks.
func hooked(t *testing.T) *app {
	t.Helper()
	t.Parallel()
	a := newApp(t, all)
	var err error
	if a.hooks, err = a.bus.OpenHooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// told waits until webhooks are told so many events.
func (a *app) told(n int) (events []hook.Event) {
	a.Helper()
	bustest.Until(a, "webhooks are told", func() bool {
		events = nil
		err := a.hooks.Read(a.Context(), bus.HookApp{Project: id.Default, App: appID}, 0, func(m bus.Hooked) bool {
			batch, err := hook.Decode(m.Payload)
			if err != nil {
				a.Error(err)
			}
			events = append(events, batch...)
			return true
		})
		return err == nil && len(events) >= n
	})
	return events
}

func TestWebhooksAreToldOfClientEventsInOrder(t *testing.T) {
	a := hooked(t)
	c := a.gateway().client()
	c.subscribes("presence-room", `{"user_id":"ann"}`)
	c.subscribes("private-room")
	c.send(`{"event":"client-a","channel":"presence-room","data":{"n": 1.0},"user_id":"bob"}`)
	c.send(`{"event":"client-b","channel":"private-room","data":"{\"n\": 2}"}`)
	c.send(`{"event":"client-c","channel":"public","data":"refused"}`)
	c.send(`{"event":"client-d","channel":"private-room","data":null}`)
	object, inside, null := `{"n": 1.0}`, `{"n": 2}`, "null"
	want := []hook.Event{
		{Name: "client_event", Channel: "presence-room", Event: "client-a", Data: &object, Socket: c.id, User: "ann"},
		{Name: "client_event", Channel: "private-room", Event: "client-b", Data: &inside, Socket: c.id},
		{Name: "client_event", Channel: "private-room", Event: "client-d", Data: &null, Socket: c.id},
	}
	if diff := cmp.Diff(want, a.told(3)); diff != "" {
		t.Errorf("want -, told +:\n%s", diff)
	}
}

func TestWebhooksAreToldOnceThatManyHaveMissedACache(t *testing.T) {
	a := hooked(t)
	now := time.Unix(1_800_000_000, 0)
	h := a.gateway().Server.hooks
	for range 3 {
		h.cacheMiss("cache-a", now)
	}
	a.gateway().Server.hooks.cacheMiss("cache-a", now.Add(time.Second)) // another gateway, in the same moment
	h.cacheMiss("cache-b", now)
	h.cacheMiss("cache-a", now.Add(missEvery))
	h.clientEvent("private-x", Event{Name: "client-last", Data: text("")})
	var names []string
	for _, e := range a.told(4) {
		names = append(names, e.Channel)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"cache-a", "cache-a", "cache-b", "private-x"}) {
		t.Errorf("told were %v", names)
	}
}

func TestSocketWithoutWebhooksTellsNothing(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	s := &spy{ChannelsClient: a.channels}
	a.channels = s
	c := a.gateway().client()
	c.subscribes("cache-a")
	c.hears("pusher:cache_miss")
	s.said(t, "the channel is reported", func(m *sessionsv1.Move) bool { return m.GetChannel() == "cache-a" })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.renewed.GetHooks() != nil {
		t.Errorf("renewed with %v", s.renewed)
	}
}

func TestNobodyWaitsForABusThatIsAway(t *testing.T) {
	t.Parallel()
	lost := prometheus.NewCounter(prometheus.CounterOpts{Name: "lost"})
	h := &hooks{lost: lost, wake: make(chan struct{}, 1)}
	for range hooksWaiting + 7 {
		h.clientEvent("private-x", Event{Name: "client-a", Data: text("1")})
	}
	if n := testutil.ToFloat64(lost); n != 7 || len(h.waiting) != hooksWaiting {
		t.Errorf("%v are lost, %d wait", n, len(h.waiting))
	}
	large := text(string(make([]byte, hooksAtOnce)))
	h.waiting, h.bytes = nil, 0
	for range hooksBytes/hooksAtOnce + 2 {
		h.clientEvent("private-x", Event{Name: "client-a", Data: large})
	}
	if n := testutil.ToFloat64(lost); n != 9 {
		t.Errorf("%v are lost", n)
	}
	if events, _ := h.take(); len(events) != 1 {
		t.Errorf("%d large events go at once", len(events))
	}
}

func TestReportsSayWhatWasReportedUnderAnEarlierLease(t *testing.T) {
	a := hooked(t)
	s := &spy{ChannelsClient: a.channels}
	a.channels = s
	g := a.gateway()
	g.client().subscribes("presence-room", `{"user_id":"ann"}`)
	s.said(t, "ann came", func(m *sessionsv1.Move) bool {
		return len(m.GetCame()) == 1 && !m.GetAgain() && !m.GetCame()[0].GetAgain()
	})
	a.sessions.Channels.Forget()
	g.client().subscribes("presence-room", `{"user_id":"bob"}`)
	s.said(t, "ann is there again, and bob came", func(m *sessionsv1.Move) bool {
		came := m.GetCame()
		return len(came) == 2 && m.GetAgain() && came[0].GetAgain() && !came[1].GetAgain()
	})
	g.client().subscribes("presence-room", `{"user_id":"cyd"}`)
	s.said(t, "cyd came", func(m *sessionsv1.Move) bool {
		return len(m.GetCame()) == 1 && m.GetCame()[0].GetUser() == "cyd" && !m.GetAgain()
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if hooks := s.renewed.GetHooks(); hooks.GetProject() != string(id.Default) || !hooks.GetCounts() {
		t.Errorf("renewed with %v", s.renewed)
	}
}
