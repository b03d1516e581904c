package sessionstest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/bellhop-chat/bellhop/internal/bus"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// Channels knows who is in which channel, and announces what changes on the bus. Leases end when a test says so.
type Channels struct {
	sessionsv1.UnimplementedChannelsServer
	bus *bus.Bus

	// Settled is what gateways are told when they renew.
	Settled atomic.Bool
	// Mute keeps changes from being announced, as they are when the link to the bus is down.
	Mute atomic.Bool

	mu        sync.Mutex
	answering func(channel string)
	version   uint64
	granted   uint64
	leases    map[gatewayKey]*lease
	rooms     map[bus.Channel]*room
}

type gatewayKey struct{ app, gateway string }

func newChannels(b *bus.Bus) *Channels {
	c := &Channels{bus: b, version: firstVersion, leases: map[gatewayKey]*lease{}, rooms: map[bus.Channel]*room{}}
	c.Settled.Store(true)
	return c
}

// firstVersion is as large as the service's: microseconds since 1970.
const firstVersion = 1_800_000_000_000_000

// Answering has fn called before each report is answered that has brought somebody to a channel: what happens in it is not in the answer.
func (c *Channels) Answering(fn func(channel string)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answering = fn
}

// Report takes moves. It is as strict as the service.
func (c *Channels) Report(ctx context.Context, req *sessionsv1.ReportRequest) (*sessionsv1.ReportResponse, error) {
	answer, err := c.report(ctx, req)
	c.mu.Lock()
	answering := c.answering
	c.mu.Unlock()
	for _, m := range req.GetMoves() {
		if answering != nil && err == nil && len(m.GetCame()) > 0 {
			answering(m.GetChannel())
		}
	}
	return answer, err
}

func (c *Channels) report(_ context.Context, req *sessionsv1.ReportRequest) (*sessionsv1.ReportResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := check(req); err != nil {
		return nil, err
	}
	l := c.leases[gatewayKey{req.GetApp(), req.GetGateway()}]
	if err := c.may(l, req); err != nil {
		return nil, err
	}
	l.took = max(l.took, req.GetNumber())
	answer := &sessionsv1.ReportResponse{}
	for _, m := range req.GetMoves() {
		at := bus.Channel{App: req.GetApp(), Name: m.GetChannel()}
		refused := c.move(at, req.GetGateway(), c.whole(l, at, req.GetGateway(), m))
		standing := c.standing(at, len(m.GetCame()) > 0)
		standing.Refused = refused
		answer.Standings = append(answer.Standings, standing)
	}
	if req.GetComplete() {
		c.sweep(l, req.GetApp(), req.GetGateway())
	}
	return answer, nil
}

// Look answers how channels stand, in their order.
func (c *Channels) Look(_ context.Context, req *sessionsv1.LookRequest) (*sessionsv1.LookResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := &sessionsv1.LookResponse{}
	for _, name := range req.GetChannels() {
		if name == "" || len(req.GetChannels()) > 1000 {
			return nil, status.Error(codes.InvalidArgument, "channels: an empty one, or more than 1000")
		}
		answer.Standings = append(answer.Standings, c.standing(bus.Channel{App: req.GetApp(), Name: name}, req.GetMembers()))
	}
	return answer, nil
}

// Occupied answers the channels that somebody is in, by name.
func (c *Channels) Occupied(_ context.Context, req *sessionsv1.OccupiedRequest) (*sessionsv1.OccupiedResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := &sessionsv1.OccupiedResponse{}
	for at := range c.rooms {
		if at.App == req.GetApp() && strings.HasPrefix(at.Name, req.GetPrefix()) && !strings.HasPrefix(at.Name, "#") {
			answer.Standings = append(answer.Standings, c.standing(at, false))
		}
	}
	slices.SortFunc(answer.Standings, func(a, b *sessionsv1.Standing) int { return cmp.Compare(a.GetChannel(), b.GetChannel()) })
	return answer, nil
}

// standing is how a channel stands; the lock is held.
func (c *Channels) standing(at bus.Channel, members bool) *sessionsv1.Standing {
	r := c.rooms[at]
	if r == nil {
		return &sessionsv1.Standing{Channel: at.Name, Version: c.version}
	}
	standing := &sessionsv1.Standing{Channel: at.Name, Version: r.version, Sockets: r.sockets(), Users: int32(len(r.infos))}
	if members {
		standing.Members = r.members()
	}
	return standing
}

// move does what a gateway says of a channel, and announces what that changed; the lock is held.
func (c *Channels) move(at bus.Channel, gateway string, m *sessionsv1.Move) (refused []string) {
	r := c.rooms[at]
	if r == nil {
		r = &room{infos: map[string]string{}, shares: map[string]*share{}}
		c.rooms[at] = r
	}
	told := &sessionsv1.Roster{After: r.version}
	before := r.sockets()
	told.Added, told.Removed, refused = r.move(gateway, m)
	told.Sockets, told.Users = r.sockets(), int32(len(r.infos))
	if len(r.shares) == 0 {
		delete(c.rooms, at)
	}
	if told.Sockets == before && len(told.Added)+len(told.Removed) == 0 {
		return refused
	}
	c.version++
	r.version, told.Version = c.version, c.version
	if roster, err := protojson.Marshal(told); err == nil && !c.Mute.Load() {
		_ = c.bus.Announce(at, roster) // a test whose bus has gone hears nothing
	}
	return refused
}
