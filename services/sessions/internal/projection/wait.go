package projection

import (
	"context"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
)

const (
	// pollInterval is how often the floor is read while another replica may be the one that moves it.
	pollInterval = 3 * time.Millisecond
	// stall is how long a floor may stand still before a waiter moves it: several commits long, and far below what a reader
	// is made to wait.
	stall = 250 * time.Millisecond
)

// Wait returns when the store holds everything of a part up to a sequence. It asks the store itself, which may have been
// wiped since this process last moved it. When ctx ends first the error wraps ErrBehind.
func (p *Projector) Wait(ctx context.Context, n id.Part, seq uint64) error {
	if seq == 0 {
		return nil
	}
	// The movement is taken before the floor is read, or one in between would be missed.
	moved := p.movement(n)
	last, err := p.reached(ctx, n, seq)
	if err != nil || last >= seq {
		return err
	}
	defer p.ask(n)()
	tick := time.NewTicker(p.poll)
	defer tick.Stop()
	since := time.Now()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("part %s is at %d, wanted %d: %w", n, last, seq, ErrBehind)
		case <-moved:
			moved = p.movement(n)
		case <-tick.C:
		}
		floor, err := p.reached(ctx, n, seq)
		if err != nil || floor >= seq {
			return err
		}
		if floor != last {
			last, since = floor, time.Now()
		} else if time.Since(since) >= stall {
			if _, err := p.CatchUp(ctx, n); err != nil {
				return fmt.Errorf("part %s is at %d, wanted %d: %w: %w", n, floor, seq, ErrBehind, err)
			}
			since = time.Now()
		}
	}
}

// ask lets the bus know that somebody waits for a part, until the returned function is called.
func (p *Projector) ask(n id.Part) (done func()) {
	part := &p.parts[n]
	part.waiting.Add(1)
	select {
	case part.asked <- struct{}{}:
	default:
	}
	return func() { part.waiting.Add(-1) }
}

// reached reads the floor; when ctx has ended it says so as Wait does.
func (p *Projector) reached(ctx context.Context, n id.Part, seq uint64) (uint64, error) {
	floor, err := p.store.Floor(ctx, n)
	if err != nil && ctx.Err() != nil {
		return floor, fmt.Errorf("part %s, wanted %d: %w: %w", n, seq, ErrBehind, err)
	}
	if err != nil {
		return floor, fmt.Errorf("read floor of part %s: %w", n, err)
	}
	return floor, nil
}

// WaitAll returns when the store holds everything that the stream holds now, of all parts.
func (p *Projector) WaitAll(ctx context.Context) error {
	for n := range id.Part(id.Parts) {
		end, err := p.bus.PartEnd(ctx, n)
		if err != nil {
			return fmt.Errorf("read end of part %s: %w", n, err)
		}
		if err := p.Wait(ctx, n, end); err != nil {
			return err
		}
	}
	return nil
}
