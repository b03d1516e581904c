package sessions

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
)

// Stats says what a rebuild has done.
type Stats struct {
	// Events that this process read from the stream; a running service may have applied some of them first.
	Events int
	Took   time.Duration
}

// Rebuild forgets what the store has derived and makes it anew from the stream, as far back as that reaches. Visits stay.
// Services may go on: they wait for what is not there yet, and help. It returns when the store is where the stream ended
// when it began.
func Rebuild(ctx context.Context, cfg Config) (stats Stats, err error) {
	begun := time.Now()
	var closers []func(context.Context) error
	defer func() {
		for _, closing := range slices.Backward(closers) {
			err = errors.Join(err, closing(context.WithoutCancel(ctx)))
		}
	}()
	cfg = cfg.withDefaults()
	b, s, err := connect(ctx, func(_ string, closing func(context.Context) error, _ ...runner.Option) {
		closers = append(closers, closing)
	}, cfg)
	if err != nil {
		return Stats{}, err
	}
	projector := projection.New(s, b, cfg.Log, nil)
	if err := projector.Empty(ctx); err != nil {
		return Stats{}, err
	}
	stats.Events, err = catchUp(ctx, projector)
	stats.Took = time.Since(begun)
	return stats, err
}

// catchUp applies all parts beside each other.
func catchUp(ctx context.Context, projector *projection.Projector) (int, error) {
	var wg sync.WaitGroup
	var events [id.Parts]int
	var errs [id.Parts]error
	for n := range id.Part(id.Parts) {
		wg.Go(func() { events[n], errs[n] = projector.CatchUp(ctx, n) })
	}
	wg.Wait()
	sum := 0
	for _, count := range events {
		sum += count
	}
	return sum, errors.Join(errs[:]...)
}
