package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy/memory"
)

// lobby is a site whose channels are in use, and what all gateways are told of them.
type lobby struct {
	*site
	sessionsv1.ChannelsClient
	mu    sync.Mutex
	heard []*sessionsv1.Roster
	now   time.Time
}

const room = "presence-room"

func newLobby(t *testing.T) *lobby {
	t.Helper()
	l := &lobby{site: newSite(t), now: time.Now()}
	l.ChannelsClient = sessionsv1.NewChannelsClient(l.conn)
	l.channels.occupancy = memory.New(occupancy.Lease, func() time.Time {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.now
	})
	l.channels.pause, l.channels.patience = time.Millisecond, 0
	stop, err := l.bus.OnRosters(shop, func(c bus.Channel, roster []byte) {
		r := &sessionsv1.Roster{}
		if err := protojson.Unmarshal(roster, r); err != nil || c != (bus.Channel{App: shop, Name: room}) {
			t.Errorf("announced about %v: %s, %v", c, roster, err)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.heard = append(l.heard, r)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return l
}

// hears waits until so many rosters were announced, and answers them.
func (l *lobby) hears(n int) []*sessionsv1.Roster {
	l.t.Helper()
	var heard []*sessionsv1.Roster
	bustest.Until(l.t, fmt.Sprint(n, " rosters are announced"), func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		heard = l.heard
		return len(heard) >= n
	})
	return heard
}

func (l *lobby) renews(gateway string) *sessionsv1.RenewResponse {
	l.t.Helper()
	return must(l.Renew(l.t.Context(), &sessionsv1.RenewRequest{App: shop, Gateway: gateway}))(l.t)
}

func (l *lobby) reports(gateway string, sockets int64, came []string, gone ...string) *sessionsv1.Standing {
	l.t.Helper()
	move := &sessionsv1.Move{Channel: room, Sockets: sockets, Gone: gone}
	for _, user := range came {
		move.Came = append(move.Came, &sessionsv1.Member{User: user, Info: `"` + user + `"`})
	}
	req := &sessionsv1.ReportRequest{App: shop, Gateway: gateway, Moves: []*sessionsv1.Move{move}}
	return must(l.Report(l.t.Context(), req))(l.t).Standings[0]
}

func TestEveryChangeIsAnnouncedToAllGateways(t *testing.T) {
	l := newLobby(t)
	l.renews("g1")
	l.renews("g2")
	first := l.reports("g1", 1, []string{"a"})
	second := l.reports("g2", 1, []string{"a"})
	l.reports("g2", 1, []string{"a"})
	third := l.reports("g1", 0, nil, "a")
	last := l.reports("g2", 0, nil, "a")
	want := []*sessionsv1.Roster{
		{Version: first.Version, Sockets: 1, Users: 1, Added: []*sessionsv1.Member{{User: "a", Info: `"a"`}}},
		{Version: second.Version, After: first.Version, Sockets: 2, Users: 1},
		{Version: third.Version, After: second.Version, Sockets: 1, Users: 1},
		{Version: last.Version, After: third.Version, Removed: []string{"a"}},
	}
	if diff := cmp.Diff(want, l.hears(4), protocmp.Transform()); diff != "" {
		t.Errorf("want -, announced +:\n%s", diff)
	}
}

func TestGatewayThatIsSilentIsTakenBackAndToldToRenew(t *testing.T) {
	l := newLobby(t)
	if answer := l.renews("g1"); !answer.Fresh || answer.Settled {
		t.Errorf("the first lease: %v", answer)
	}
	l.reports("g1", 2, []string{"a", "b"})
	ctx, stop := context.WithCancel(t.Context())
	var swept sync.WaitGroup
	for range 2 { // as two replicas do
		swept.Go(func() {
			if err := l.channels.Sweep(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	l.mu.Lock()
	l.now = l.now.Add(occupancy.Lease)
	l.mu.Unlock()
	heard := l.hears(2)
	stop()
	swept.Wait()
	if len(heard) != 2 || heard[1].After != heard[0].Version || len(heard[1].Removed) != 2 {
		t.Errorf("announced were %v", heard)
	}
	_, err := l.Report(t.Context(), &sessionsv1.ReportRequest{App: shop, Gateway: "g1"})
	wantCode(t, codes.FailedPrecondition, err)
	if status.Convert(err).Message() != "renew first" {
		t.Errorf("told %v", err)
	}
	if !l.renews("g1").Fresh {
		t.Error("not fresh")
	}
}

// broken is an occupancy that fails for a while.
type broken struct {
	occupancy.Store
	fails chan struct{}
}

func (b broken) Expire(ctx context.Context) ([]occupancy.Change, error) {
	select {
	case <-b.fails:
		return nil, errors.New("away")
	default:
		return b.Store.Expire(ctx)
	}
}

func TestNothingIsTakenBackBeforeGatewaysHadTheTimeToRenew(t *testing.T) {
	l := newLobby(t)
	l.renews("g1")
	l.reports("g1", 1, []string{"a"})
	b := broken{l.channels.occupancy, make(chan struct{})}
	l.channels.occupancy, l.channels.patience = b, time.Hour
	l.mu.Lock()
	l.now = l.now.Add(occupancy.Lease)
	l.mu.Unlock()
	sweep := func() (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		var swept sync.WaitGroup
		swept.Go(func() { _ = l.channels.Sweep(ctx) })
		return func() { cancel(); swept.Wait() }
	}
	stop := sweep()
	select {
	case b.fails <- struct{}{}:
		t.Error("swept as soon as it had started")
	case <-time.After(50 * time.Millisecond): // fifty times the pause
	}
	stop()
	l.channels.patience = 0
	stop = sweep()
	b.fails <- struct{}{} // and then goes on
	if heard := l.hears(2); len(heard[1].Removed) != 1 {
		t.Errorf("announced were %v", heard)
	}
	stop()
}

func TestChannelsAreLookedAtAndListed(t *testing.T) {
	l := newLobby(t)
	l.renews("g1")
	l.reports("g1", 2, []string{"b", "a"})
	looked := must(l.Look(t.Context(), &sessionsv1.LookRequest{App: shop, Channels: []string{"x", room}, Members: true}))(t).Standings
	if len(looked) != 2 || looked[0].Sockets != 0 || looked[1].Sockets != 2 || len(looked[1].Members) != 2 || looked[1].Members[0].User != "a" {
		t.Errorf("looked at %v", looked)
	}
	listed := must(l.Occupied(t.Context(), &sessionsv1.OccupiedRequest{App: shop, Prefix: "presence-"}))(t).Standings
	if len(listed) != 1 || listed[0].Channel != room || listed[0].Users != 2 || len(listed[0].Members) > 0 {
		t.Errorf("listed are %v", listed)
	}
}

func TestMalformedChannelRequestNamesTheField(t *testing.T) {
	l := newLobby(t)
	l.renews("g1")
	report := func(moves ...*sessionsv1.Move) *sessionsv1.ReportRequest {
		return &sessionsv1.ReportRequest{App: shop, Gateway: "g1", Moves: moves}
	}
	a := &sessionsv1.Member{User: "a"}
	for name, c := range map[string]struct {
		field string
		req   any
	}{
		"renew app":         {"app", &sessionsv1.RenewRequest{Gateway: "g1"}},
		"renew gateway":     {"gateway", &sessionsv1.RenewRequest{App: shop}},
		"report app":        {"app", &sessionsv1.ReportRequest{Gateway: "g1"}},
		"report gateway":    {"gateway", &sessionsv1.ReportRequest{App: shop}},
		"too many moves":    {"moves", report(make([]*sessionsv1.Move, 1001)...)},
		"channel twice":     {"moves.channel", report(&sessionsv1.Move{Channel: "x"}, &sessionsv1.Move{Channel: "y"}, &sessionsv1.Move{Channel: "x"})},
		"empty channel":     {"moves.channel", report(&sessionsv1.Move{Sockets: 1})},
		"negative sockets":  {"moves.sockets", report(&sessionsv1.Move{Channel: "x", Sockets: -1})},
		"too many sockets":  {"moves.sockets", report(&sessionsv1.Move{Channel: "x", Sockets: 1 << 40})},
		"negative limit":    {"moves.limit", report(&sessionsv1.Move{Channel: "x", Limit: -1})},
		"empty user":        {"moves.came", report(&sessionsv1.Move{Channel: "x", Came: []*sessionsv1.Member{{}}})},
		"user twice":        {"moves.came", report(&sessionsv1.Move{Channel: "x", Came: []*sessionsv1.Member{a, a}})},
		"user comes, goes":  {"moves.gone", report(&sessionsv1.Move{Channel: "x", Came: []*sessionsv1.Member{a}, Gone: []string{"a"}})},
		"look app":          {"app", &sessionsv1.LookRequest{Channels: []string{"x"}}},
		"look channel":      {"channels", &sessionsv1.LookRequest{App: shop, Channels: []string{"x", ""}}},
		"too many channels": {"channels", &sessionsv1.LookRequest{App: shop, Channels: make([]string, 1001)}},
		"occupied app":      {"app", &sessionsv1.OccupiedRequest{}},
	} {
		t.Run(name, func(t *testing.T) {
			err := l.asks(t.Context(), c.req)
			wantCode(t, codes.InvalidArgument, err)
			if text := status.Convert(err).Message(); !strings.HasPrefix(text, c.field+": ") {
				t.Errorf("message is %q, want it to begin with %s", text, c.field)
			}
		})
	}
	if listed := must(l.Occupied(t.Context(), &sessionsv1.OccupiedRequest{App: shop}))(t); len(listed.Standings) > 0 {
		t.Errorf("something was taken: %v", listed)
	}
}

func (l *lobby) asks(ctx context.Context, req any) (err error) {
	switch req := req.(type) {
	case *sessionsv1.RenewRequest:
		_, err = l.Renew(ctx, req)
	case *sessionsv1.ReportRequest:
		_, err = l.Report(ctx, req)
	case *sessionsv1.LookRequest:
		_, err = l.Look(ctx, req)
	case *sessionsv1.OccupiedRequest:
		_, err = l.Occupied(ctx, req)
	}
	return err
}
