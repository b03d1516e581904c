package projection

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// batchSize is how many events are folded and committed at once.
const batchSize = 256

// How long events that no reader waits for are gathered: under load a batch of a few costs little more than one event. A
// reader of this process is heard at once, one on another replica may have to wait that long.
const (
	sharedLinger = 20 * time.Millisecond
	soleLinger   = 100 * time.Millisecond
)

// maxConflicts bounds how often one batch is folded again because another replica was faster. Each conflict means that the
// other has moved on, so a few are plenty.
const maxConflicts = 16

// Projector keeps a store at the end of the stream, beside any number of others that do the same to the same store.
type Projector struct {
	store   store.Store
	bus     *bus.Bus
	log     *zap.Logger
	parts   [id.Parts]part
	metrics *metrics
	linger  time.Duration
	// poll is how often a waiter reads the floor, which another replica may be the one to move.
	poll time.Duration
}

// part is what this process knows of one part.
type part struct {
	// base is the sequence after which the bus's next events follow without a hole.
	base uint64
	// catching holds a token while somebody catches up.
	catching chan struct{}
	// waiting is how many readers wait for the part; asked gets a token from each that begins to.
	waiting atomic.Int64
	asked   chan struct{}

	mu sync.Mutex
	// moved is closed when the floor moves; nil while nobody waits.
	moved chan struct{}
}

// New makes a projector; Run starts it. The metrics go to registerer, which may be nil.
func New(s store.Store, b *bus.Bus, log *zap.Logger, registerer prometheus.Registerer) *Projector {
	p := &Projector{store: s, bus: b, log: log, metrics: newMetrics(registerer), linger: sharedLinger, poll: pollInterval}
	for n := range p.parts {
		p.parts[n].catching = make(chan struct{}, 1)
		p.parts[n].asked = make(chan struct{}, 1)
	}
	return p
}

// Alone says that no other process reads the store, or moves its floors.
func (p *Projector) Alone() { p.linger, p.poll = soleLinger, stall }

// Run applies the stream until ctx ends; then it finishes the batches that it has begun.
func (p *Projector) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for n := range p.parts {
		wg.Go(func() { p.watch(ctx, id.Part(n)) })
	}
	return p.bus.Parts(ctx, bus.PartsSpec{Name: "sessions", Log: p.log, Batch: batchSize, Floor: p.floor, Apply: p.applyNext,
		Awaited: p.awaited, Linger: p.linger})
}

// awaited tells the bus whether a reader waits for a part, and when the next one begins to.
func (p *Projector) awaited(n id.Part) (bool, <-chan struct{}) {
	return p.parts[n].waiting.Load() > 0, p.parts[n].asked
}

// Adopt makes sure that the store belongs to the bus's stream; a fresh store does from now on. It wraps ErrOtherStream. A
// store that has applied what the stream has lost since, in a power cut of the relaxed profile, is emptied: the stream gives
// those numbers to other events, and they would count as applied.
func (p *Projector) Adopt(ctx context.Context) error {
	if err := p.keepEpoch(ctx); err != nil {
		return err
	}
	floor, end, err := p.reach(ctx)
	if err != nil || floor <= end {
		return err
	}
	p.log.Warn("the bus has lost events that the store knows: the store is made anew", zap.Uint64("store", floor), zap.Uint64("bus", end))
	return p.Empty(ctx)
}

// reach is how far the store has applied the stream, and how far the stream goes. The stream is asked last: it only grows.
func (p *Projector) reach(ctx context.Context) (floor, end uint64, err error) {
	for n := range p.parts {
		at, err := p.store.Floor(ctx, id.Part(n))
		if err != nil {
			return 0, 0, fmt.Errorf("read floor: %w", err)
		}
		floor = max(floor, at)
	}
	end, err = p.bus.End(ctx)
	return floor, end, err
}

// rebuilding stands in the store for the epoch while Empty is at work.
const rebuilding = "rebuilding"

// Empty forgets everything that the store has derived. Projectors that are running elsewhere wait meanwhile.
func (p *Projector) Empty(ctx context.Context) error {
	if err := p.store.SetEpoch(ctx, rebuilding); err != nil {
		return fmt.Errorf("announce the reset: %w", err)
	}
	if err := p.store.Reset(ctx); err != nil {
		return fmt.Errorf("reset the store: %w", err)
	}
	return p.Adopt(ctx)
}

// floor answers the bus where to go on, and remembers the answer: the events that follow join on to it.
func (p *Projector) floor(ctx context.Context, n id.Part) (uint64, error) {
	floor, err := p.store.Floor(ctx, n)
	if err == nil && floor == 0 {
		err = p.keepEpoch(ctx) // a new part, or a store that was wiped
	}
	if err == nil {
		p.parts[n].base = floor
	}
	return floor, err
}

// applyNext applies the events that follow the last answer of floor, or the last call. The bus calls both from one goroutine
// for each part.
func (p *Projector) applyNext(ctx context.Context, n id.Part, events []bus.Event) error {
	if len(events) == 0 {
		return nil
	}
	err := p.apply(ctx, n, p.parts[n].base, events)
	if errors.Is(err, errHole) {
		// The store was wiped between the floor's reading and now. What is missing is in the stream, and so is this batch.
		_, err = p.CatchUp(ctx, n)
	}
	if err == nil {
		p.parts[n].base = events[len(events)-1].Seq
	}
	return err
}

// apply folds and commits events that follow base without a hole. Those that the store has already are left out.
func (p *Projector) apply(ctx context.Context, n id.Part, base uint64, events []bus.Event) error {
	want := Needs(n, events)
	for range maxConflicts {
		view, err := p.store.Load(ctx, want)
		if err != nil {
			return fmt.Errorf("load part %s: %w", n, err)
		}
		if view.Floor < base {
			return fmt.Errorf("part %s: floor is %d, events follow %d: %w", n, view.Floor, base, errHole)
		}
		rest := after(events, view.Floor)
		if len(rest) == 0 {
			p.announce(n)
			return nil
		}
		switch err := p.store.Commit(ctx, Fold(view, n, rest)); {
		case err == nil:
			p.metrics.applied(n, len(rest))
			p.metrics.caughtUp(rest[0].Time)
			p.announce(n)
			return nil
		case !errors.Is(err, store.ErrConflict):
			return fmt.Errorf("commit part %s: %w", n, err)
		}
	}
	return fmt.Errorf("commit part %s, %d times: %w", n, maxConflicts, store.ErrConflict)
}

// after leaves out the events up to a sequence.
func after(events []bus.Event, floor uint64) []bus.Event {
	first := slices.IndexFunc(events, func(ev bus.Event) bool { return ev.Seq > floor })
	if first < 0 {
		return nil
	}
	return events[first:]
}

// announce wakes whoever waits for the part in this process.
func (p *Projector) announce(n id.Part) {
	part := &p.parts[n]
	part.mu.Lock()
	defer part.mu.Unlock()
	if part.moved != nil {
		close(part.moved)
		part.moved = nil
	}
}

// movement is closed when this process next moves the part's floor.
func (p *Projector) movement(n id.Part) <-chan struct{} {
	part := &p.parts[n]
	part.mu.Lock()
	defer part.mu.Unlock()
	if part.moved == nil {
		part.moved = make(chan struct{})
	}
	return part.moved
}
