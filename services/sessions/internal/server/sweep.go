package server

import (
	"context"
	"time"

	"go.uber.org/zap"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// Sweep takes back what was reported under leases that have run out, until ctx ends. All replicas may sweep at once.
//
// While the store, or the only replica, was away, nobody could renew a lease: nothing is taken back before gateways have had the
// time to, or all that are alive would seem to leave and come again.
func (c *Channels) Sweep(ctx context.Context) error {
	ticker := time.NewTicker(c.pause)
	defer ticker.Stop()
	from := time.Now().Add(c.patience)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if time.Now().Before(from) {
			continue
		}
		changes, err := c.occupancy.Expire(ctx)
		c.announce(changes)
		if err != nil && ctx.Err() == nil {
			c.log.Warn("leases of gateways are not looked after", zap.Error(err), zap.Duration("again_in", c.patience))
			from = time.Now().Add(c.patience)
		}
	}
}

// announce tells all gateways what has happened. That may fail: who missed it notices by the versions.
func (c *Channels) announce(changes []occupancy.Change) {
	for _, change := range changes {
		roster, err := protojson.Marshal(change.Roster)
		if err == nil {
			err = c.bus.Announce(bus.Channel{App: change.App, Name: change.Channel}, roster)
		}
		if err != nil {
			c.log.Warn("change of a channel is not announced", zap.String("app", change.App), zap.Uint64("version", change.Roster.GetVersion()), zap.Error(err))
		}
	}
}
