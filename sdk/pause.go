package bellhop

import (
	"context"
	"math/rand/v2"
	"time"
)

// pauses grow by two from first to most. Each is drawn between nothing and its whole, so that many clients that were cut off
// together do not come back together.
type pauses struct{ first, most time.Duration }

// after is the pause after the nth failure in a row, from 0 on.
func (p pauses) after(n int) time.Duration {
	whole := p.most
	if n < 32 && p.first<<n > 0 {
		whole = min(p.most, p.first<<n)
	}
	return rand.N(whole + 1)
}

// rest waits, or answers why the context ended.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
