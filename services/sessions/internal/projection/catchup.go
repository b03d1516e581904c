package projection

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// CatchUp applies what the stream holds of a part after the store's floor, up to the stream's end at the time of the call,
// and answers how many events it read. One caller at a time does the work; the others wait for it.
func (p *Projector) CatchUp(ctx context.Context, n id.Part) (int, error) {
	token := p.parts[n].catching
	select {
	case token <- struct{}{}:
		defer func() { <-token }()
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for the catching up of part %s: %w", n, ctx.Err())
	}
	end, err := p.bus.PartEnd(ctx, n)
	if err != nil {
		return 0, fmt.Errorf("catch up part %s: %w", n, err)
	}
	read := 0
	for range maxConflicts {
		floor, err := p.store.Floor(ctx, n)
		if err != nil {
			return read, fmt.Errorf("read floor of part %s: %w", n, err)
		}
		if floor >= end {
			p.announce(n)
			return read, nil
		}
		count, err := p.replay(ctx, n, floor, end)
		read += count
		if err != nil && !errors.Is(err, errHole) && !errors.Is(err, store.ErrConflict) {
			return read, err
		}
	}
	return read, fmt.Errorf("catch up part %s: %w", n, ErrBehind)
}

// replay applies what lies between the floor and the end. What the stream holds there but cannot be read moves the floor
// too, so that nobody waits for it again.
func (p *Projector) replay(ctx context.Context, n id.Part, floor, end uint64) (int, error) {
	if err := p.keepEpoch(ctx); err != nil {
		return 0, err
	}
	base, read := floor, 0
	err := p.bus.ReplayPart(ctx, n, floor, batchSize, func(events []bus.Event) error {
		if err := p.apply(ctx, n, base, events); err != nil {
			return err
		}
		base, read = events[len(events)-1].Seq, read+len(events)
		return nil
	})
	if err != nil {
		return read, fmt.Errorf("replay part %s after %d: %w", n, base, err)
	}
	if base >= end {
		return read, nil
	}
	if floor, err = p.store.Floor(ctx, n); err != nil || floor != base {
		return read, err
	}
	if err := p.store.Commit(ctx, store.Change{Part: n, From: base, Through: end}); err != nil {
		return read, fmt.Errorf("pass what cannot be read of part %s: %w", n, err)
	}
	return read, nil
}

// keepEpoch says again which stream the store is built from, if the store was wiped. While a rebuild empties the store, or
// when the store is another stream's by now, nothing may be written: what is written early would be swept away.
func (p *Projector) keepEpoch(ctx context.Context) error {
	epoch, err := p.store.Epoch(ctx)
	if err != nil {
		return fmt.Errorf("read the store's epoch: %w", err)
	}
	switch epoch {
	case p.bus.Epoch():
		return nil
	case "":
		if err := p.store.SetEpoch(ctx, p.bus.Epoch()); err != nil {
			return fmt.Errorf("set the store's epoch: %w", err)
		}
		return nil
	default:
		return fmt.Errorf("the store says %q, the bus %q: %w", epoch, p.bus.Epoch(), ErrOtherStream)
	}
}

const (
	// firstLook is how long the bus's own delivery has the first go after the start.
	firstLook = time.Second
	// lookInterval is how often a part is looked at afterwards.
	lookInterval = 10 * time.Second
)

// watch catches up a part whose floor stands still behind the stream's end: nothing new arrives that would make the bus
// notice that the store has lost something.
func (p *Projector) watch(ctx context.Context, n id.Part) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var last uint64
	for look := 0; ; look++ {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		timer.Reset(lookInterval)
		if look == 0 {
			timer.Reset(firstLook)
		}
		floor, behind, err := p.look(ctx, n)
		if err == nil && behind && look > 0 && floor <= last {
			_, err = p.CatchUp(ctx, n)
		}
		if err != nil && ctx.Err() == nil {
			p.log.Warn("part cannot be looked after", zap.Stringer("part", n), zap.Error(err))
		}
		last = floor
	}
}

// look measures how far a part is behind.
func (p *Projector) look(ctx context.Context, n id.Part) (floor uint64, behind bool, err error) {
	end, err := p.bus.PartEnd(ctx, n)
	if err != nil {
		return 0, false, err
	}
	floor, err = p.store.Floor(ctx, n)
	if err != nil {
		return 0, false, err
	}
	p.metrics.behind(n, floor, end)
	return floor, floor < end, nil
}
