package server

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// Channels implements the Channels service.
type Channels struct {
	sessionsv1.UnimplementedChannelsServer

	occupancy occupancy.Store
	bus       *bus.Bus
	log       *zap.Logger
	// Changed is called when webhooks may have something to be told; it must not wait.
	Changed func()
	// lease is how long one lasts, pause is between two sweeps, patience before one when gateways could not renew theirs.
	lease, pause, patience time.Duration
}

// NewChannels makes the service, whose store's leases last so long. What leases that have run out leave behind stays until Sweep runs, here or in another replica.
func NewChannels(o occupancy.Store, b *bus.Bus, lease time.Duration, log *zap.Logger) *Channels {
	return &Channels{occupancy: o, bus: b, log: log, Changed: func() {}, lease: lease, pause: lease / 10, patience: lease}
}

// Renew begins or keeps the lease of a gateway.
func (c *Channels) Renew(ctx context.Context, req *sessionsv1.RenewRequest) (*sessionsv1.RenewResponse, error) {
	if err := checkRenew(req); err != nil {
		return nil, err
	}
	answer, changes, err := c.occupancy.Renew(ctx, req)
	c.announce(changes)
	if err != nil {
		return nil, err
	}
	answer.LastsMs = c.lease.Milliseconds()
	return answer, nil
}

// Report brings what is known of a gateway's sockets up to date, and tells all gateways what that changed.
func (c *Channels) Report(ctx context.Context, req *sessionsv1.ReportRequest) (*sessionsv1.ReportResponse, error) {
	if err := checkReport(req); err != nil {
		return nil, err
	}
	standings, changes, err := c.occupancy.Report(ctx, req)
	c.announce(changes)
	if len(changes) > 0 {
		c.Changed()
	}
	if err != nil {
		return nil, err
	}
	return &sessionsv1.ReportResponse{Standings: standings}, nil
}

// Look answers how channels stand.
func (c *Channels) Look(ctx context.Context, req *sessionsv1.LookRequest) (*sessionsv1.LookResponse, error) {
	if err := checkLook(req); err != nil {
		return nil, err
	}
	standings, err := c.occupancy.Look(ctx, req.GetApp(), req.GetChannels(), req.GetMembers())
	if err != nil {
		return nil, err
	}
	return &sessionsv1.LookResponse{Standings: standings}, nil
}

// Occupied answers the channels that somebody is in, by name.
func (c *Channels) Occupied(ctx context.Context, req *sessionsv1.OccupiedRequest) (*sessionsv1.OccupiedResponse, error) {
	if err := present("app", req.GetApp()); err != nil {
		return nil, err
	}
	standings, err := c.occupancy.Occupied(ctx, req.GetApp(), req.GetPrefix())
	if err != nil {
		return nil, err
	}
	return &sessionsv1.OccupiedResponse{Standings: standings}, nil
}
