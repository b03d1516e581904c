package sessionstest

import (
	"context"
	"maps"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// lease is what is known of a gateway.
type lease struct {
	// since is which lease it is, 0 when what was reported is not all known any more; took is the number of the last report.
	since, took uint64
	stale       map[string]bool // channels that it has not reported since
}

// Lapse ends a gateway's lease, and takes back what it reported.
func (c *Channels) Lapse(app, gateway string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.leases, gatewayKey{app, gateway})
	for at, r := range c.rooms {
		if here := r.shares[gateway]; at.App == app && here != nil {
			c.move(at, gateway, &sessionsv1.Move{Gone: slices.Sorted(maps.Keys(here.users))})
		}
	}
}

// Forget loses everything, as a Redis that was emptied does. Nothing is announced.
func (c *Channels) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leases, c.rooms = map[gatewayKey]*lease{}, map[bus.Channel]*room{}
	c.Settled.Store(false)
}

// Renew begins or keeps a lease.
func (c *Channels) Renew(_ context.Context, req *sessionsv1.RenewRequest) (*sessionsv1.RenewResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	who := gatewayKey{req.GetApp(), req.GetGateway()}
	if who.app == "" || who.gateway == "" {
		return nil, status.Error(codes.InvalidArgument, "app or gateway is empty")
	}
	fresh, l := c.renew(who, req.GetSeen())
	return &sessionsv1.RenewResponse{Fresh: fresh, Settled: c.Settled.Load(), Lease: l.since}, nil
}

// renew answers whether everything must be reported; the lock is held.
func (c *Channels) renew(who gatewayKey, seen *sessionsv1.Seen) (bool, *lease) {
	l := c.leases[who]
	if l == nil {
		l = &lease{}
		c.leases[who] = l
	}
	if lost := l.since > 0 && l.took < seen.GetReport() || c.version < seen.GetVersion(); lost {
		c.Settled.Store(false)
		c.version = max(c.version, seen.GetVersion()) + 1
		for _, every := range c.leases {
			every.since = 0
		}
	}
	if l.since > 0 {
		return false, l
	}
	c.granted++
	*l = lease{c.granted, max(l.took, seen.GetReport()), map[string]bool{}}
	for at, r := range c.rooms {
		if at.App == who.app && r.shares[who.gateway] != nil {
			l.stale[at.Name] = true
		}
	}
	return true, l
}

// may says why a report is not taken; the lock is held.
func (c *Channels) may(l *lease, req *sessionsv1.ReportRequest) error {
	seen := req.GetSeen()
	switch {
	case l == nil || l.since == 0 || req.GetLease() != 0 && req.GetLease() != l.since || l.took < seen.GetReport() || c.version < seen.GetVersion():
		return status.Error(codes.FailedPrecondition, "renew first")
	case req.GetNumber() != 0 && req.GetNumber() <= l.took:
		return status.Error(codes.Aborted, "a later report was taken")
	}
	return nil
}

// whole makes the first move of a channel under a lease say who is not there any more; the lock is held.
func (c *Channels) whole(l *lease, at bus.Channel, gateway string, m *sessionsv1.Move) *sessionsv1.Move {
	if !l.stale[at.Name] {
		return m
	}
	delete(l.stale, at.Name)
	gone := maps.Clone(c.rooms[at].shares[gateway].users)
	for _, came := range m.GetCame() {
		delete(gone, came.GetUser())
	}
	return &sessionsv1.Move{Channel: m.GetChannel(), Sockets: m.GetSockets(), Came: m.GetCame(), Gone: slices.Sorted(maps.Keys(gone)), Limit: m.GetLimit(), Again: m.GetAgain()}
}

// sweep takes back what was not repeated; the lock is held.
func (c *Channels) sweep(l *lease, app, gateway string) {
	for name := range l.stale {
		at := bus.Channel{App: app, Name: name}
		c.move(at, gateway, &sessionsv1.Move{Gone: slices.Sorted(maps.Keys(c.rooms[at].shares[gateway].users))})
	}
	clear(l.stale)
}

// Keep answers what sets everything back to how it is now, as a Redis does that has lost its last second. Nothing is announced.
func (c *Channels) Keep() (restore func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	version, leases, rooms := c.version, map[gatewayKey]*lease{}, map[bus.Channel]*room{}
	for who, l := range c.leases {
		leases[who] = &lease{l.since, l.took, maps.Clone(l.stale)}
	}
	for at, r := range c.rooms {
		kept := &room{r.version, maps.Clone(r.infos), map[string]*share{}}
		for gateway, here := range r.shares {
			kept.shares[gateway] = &share{here.sockets, maps.Clone(here.users)}
		}
		rooms[at] = kept
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.version, c.leases, c.rooms = version, leases, rooms
	}
}

// Leased tells whether a gateway has a lease, though it may not have heard so.
func (c *Channels) Leased(app, gateway string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leases[gatewayKey{app, gateway}] != nil
}
