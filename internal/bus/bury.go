package bus

import (
	"context"
	"fmt"
)

// Bury puts a stored event among this consumer's dead letters although another delivery is being handled: for a handler
// that works off more than the event that woke it. ErrUnavailable when it could not be stored.
func (c *Consumer) Bury(ctx context.Context, seq uint64, attempts int, why error) error {
	msg, err := c.bus.stream.GetMsg(ctx, seq)
	if err != nil {
		return fmt.Errorf("%w: read event %d: %w", ErrUnavailable, seq, err)
	}
	return c.bus.bury(ctx, DeadLetter{
		Consumer: c.spec.Name, Subject: msg.Subject, EventSeq: seq, Body: msg.Data, Attempts: attempts, Reason: why.Error(),
	})
}
