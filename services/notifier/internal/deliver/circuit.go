package deliver

import (
	"context"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// probeEvery is how often a bot that was refused is tried.
const probeEvery = time.Minute

// circuit keeps a bot that the platform refuses from calling on: platforms ban those that insist.
type circuit struct {
	mu    sync.Mutex
	open  bool
	next  time.Time // when the next probe is due
	probe func(ctx context.Context) error
	// changed is told of every change, outside of mu's protection of anything else.
	changed func(open bool, why error)
}

// trip opens the circuit.
func (c *circuit) trip(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = time.Now().Add(probeEvery)
	if !c.open {
		c.open = true
		c.changed(true, why)
	}
}

// allows is nil while calls may be made. While they may not, whoever asks when a probe is due makes it; the others are asked to
// come again.
func (c *circuit) allows(ctx context.Context) error {
	c.mu.Lock()
	if !c.open {
		c.mu.Unlock()
		return nil
	}
	if wait := time.Until(c.next); wait > 0 {
		c.mu.Unlock()
		return bus.RetryAfter(errCircuitOpen, wait)
	}
	c.next = time.Now().Add(probeEvery)
	c.mu.Unlock()
	if err := c.probe(ctx); err != nil {
		return bus.RetryAfter(errCircuitOpen, probeEvery)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open {
		c.open = false
		c.changed(false, nil)
	}
	return nil
}

// isOpen tells whether calls are held back.
func (c *circuit) isOpen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}
