package durability

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

var (
	errNoServer = errors.New("what answers is not the monitoring port of a NATS server")
	// errNobody says that no server could be asked.
	errNobody = errors.New("no NATS server tells how it syncs")
)

const (
	// patience bounds the wait for a server that can be asked: services start in any order.
	patience = time.Minute
	// pause is between two tries.
	pause = time.Second
)

// Enforce says in the log what the bus is worth, and answers an error that ends the process with the fix where the profile does not
// take it: *config.Error, or bus.ErrUnavailable.
func (c Config) Enforce(ctx context.Context, b *bus.Bus, log *zap.Logger) error {
	found, err := c.examined(ctx, b, log)
	if err != nil {
		return err
	}
	var refused []Hazard
	for _, h := range found.Hazards {
		if c.Refuses(h) {
			refused = append(refused, h)
		} else {
			log.Warn("storage", zap.String("hazard", h.What), zap.String("fix", h.Fix))
		}
	}
	if len(refused) > 0 {
		return &config.Error{Variable: "NATS_URL", Found: "a bus that is not safe: " + texts(refused), Expected: c.expectation(), Where: fixes(refused)}
	}
	for _, reason := range found.Unknown {
		log.Info("storage", zap.String("unknown", reason))
	}
	log.Info("storage", zap.String("profile", c.Profile), zap.String("durability", c.Durability), zap.Int("hazards", len(found.Hazards)), zap.Int("servers", found.Asked))
	return nil
}

// Refuses tells whether nobody may work with it.
func (c Config) Refuses(h Hazard) bool {
	return c.InProduction() || h.Grave && c.Durability == safe
}

func (c Config) expectation() string {
	if c.InProduction() {
		return "three replicas on disks that are synced before anything is acknowledged, because PROFILE is production"
	}
	return "streams on disk, because DURABILITY is safe"
}

// examined is Examine; in production it waits until at least one server can be asked. One that is down must not keep the others'
// clients from starting.
func (c Config) examined(ctx context.Context, b *bus.Bus, log *zap.Logger) (Findings, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		found, err := c.Examine(ctx, b)
		if err == nil && c.InProduction() && found.Asked == 0 {
			err = errNobody
		}
		if err == nil {
			return found, nil
		}
		log.Info("waiting to learn how the bus keeps things", zap.Error(err), zap.Strings("unknown", found.Unknown))
		select {
		case <-ctx.Done():
			return found, err
		case <-time.After(pause):
		}
	}
}
