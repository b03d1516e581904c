package webhook

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

const (
	// drain is how long what was begun may take when the process ends: one call, and its note.
	drain = CallTimeout + 5*time.Second
	// StopTimeout is the longest that Serve takes to return after its context has ended.
	StopTimeout = drain + time.Second
	// restartDelay is the pause between two engines of one holding.
	restartDelay = 100 * time.Millisecond
	// maxPending is how many events may be in this process's hands. Each is kept alive on the bus; none stays longer than a call.
	maxPending = 1024
	// forever is longer than the bus keeps anything: what this consumer cannot settle is the bus's own trouble, which no number of
	// attempts mends.
	forever = 10 * 365 * 24 * time.Hour
)

// consumerName is the durable of a destination, and the sender of its dead letters.
func consumerName(destination string) string { return "notifier-" + destination }

// Serve tells a destination what happens, whenever this process holds the destination's lease, until ctx ends. owner is this
// process in the lease.
func Serve(ctx context.Context, b *bus.Bus, opts Options, owner string) error {
	opts = opts.withDefaults()
	consumer, err := b.Consumer(ctx, bus.ConsumerSpec{
		Name: consumerName(opts.Destination.key()), Project: opts.Destination.Project, Types: opts.Destination.types, Log: opts.Log, DrainTimeout: drain,
		Ordered: true, Concurrency: concurrency, MaxPending: maxPending, Patience: forever, AckWait: opts.ackWait,
	})
	if err != nil {
		return fmt.Errorf("consume for %s: %w", opts.Destination.Name, err)
	}
	s := &server{Options: opts, bus: b, consumer: consumer, done: newRecent()}
	return b.Hold(ctx, "notifier."+opts.Destination.key(), owner, opts.Log, func(holding context.Context) error {
		calls, end := Calls(ctx, holding)
		defer end()
		defer opts.Metrics.disable(false) // whoever holds the lease next says so
		for holding.Err() == nil {
			if err := s.serve(holding, calls); holding.Err() == nil {
				opts.Log.Info("starts over", zap.Error(err))
				Pause(holding, restartDelay)
			}
		}
		return nil
	})
}

// Calls is the context of what has been begun. When the process stops it may be finished. When only the lease is lost it is cut
// off: another process is about to do the same.
func Calls(process, holding context.Context) (calls context.Context, end func()) {
	calls, cut := context.WithCancel(context.WithoutCancel(holding))
	var late *time.Timer
	var mu sync.Mutex
	disarm := context.AfterFunc(holding, func() {
		if process.Err() == nil {
			cut()
			return
		}
		mu.Lock()
		defer mu.Unlock()
		late = time.AfterFunc(drain, cut)
	})
	return calls, func() {
		disarm()
		cut()
		mu.Lock()
		defer mu.Unlock()
		if late != nil {
			late.Stop()
		}
	}
}

// Pause waits, or until ctx ends.
func Pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// server serves one destination.
type server struct {
	Options
	bus      *bus.Bus
	consumer *bus.Consumer
	done     *recent
}

// serve runs one engine until it ends.
func (s *server) serve(holding, calls context.Context) error {
	if err := s.awaitEnabled(holding); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(holding)
	defer stop(nil)
	e := &engine{
		Options: s.Options, bus: s.bus, bury: s.consumer.Bury, done: s.done, queue: newQueue(s.Clock), stopping: ctx, stop: stop,
	}
	if err := e.load(ctx); err != nil {
		return err
	}
	s.Metrics.engine.Store(e)
	defer s.Metrics.engine.Store(nil)
	defer e.queue.close()
	stopTyping, err := e.hearTyping(ctx)
	if err != nil {
		return err
	}
	defer stopTyping()
	var wg sync.WaitGroup
	for range retriers {
		wg.Go(func() { e.work(ctx, calls) })
	}
	defer wg.Wait()
	err = s.consumer.Run(ctx, func(handling context.Context, ev bus.Event) error {
		handling, cancel := context.WithCancel(handling)
		defer cancel()
		defer context.AfterFunc(calls, cancel)()
		return e.handle(handling, ev)
	})
	return errors.Join(context.Cause(ctx), err)
}

// load takes over what waits.
func (e *engine) load(ctx context.Context) error {
	for p := range id.Parts {
		notes, err := e.bus.Notebook().List(ctx, notePath(e.Destination.key(), id.Part(p)))
		if err != nil {
			return fmt.Errorf("read which sessions wait: %w", err)
		}
		for _, n := range notes {
			l, err := readNote(e.Destination.key(), n)
			if err != nil {
				e.Log.Error("a note cannot be read, so what waits there stays", zap.Error(err))
				continue
			}
			e.queue.add(l)
			e.queue.rest(l, l.note.Due, l.note.Since, l.note.Told, false)
		}
	}
	return nil
}

// work retries sessions whose time has come.
func (e *engine) work(ctx, calls context.Context) {
	for {
		if l, early := e.queue.take(); l != nil {
			e.retry(ctx, calls, l, early)
			continue
		}
		select {
		case <-e.queue.ready:
		case <-ctx.Done():
			return
		}
	}
}
