package deliver

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/span"
)

// drain is how long what was begun may take when the lease or the process ends: one call and its report.
const drain = callTimeout + 5*time.Second

// StopTimeout is the longest that Consume takes to return after its context has ended.
const StopTimeout = drain + time.Second

// consumerName is the durable's of a platform, and the sender of its dead letters.
func consumerName(cfg Config) string {
	return bus.DurableOf("notifier-"+cfg.Platform.Name(), cfg.Project)
}

// Consume delivers to a platform whenever this process holds the lease of its bot, until ctx ends. owner is this process in
// the lease. Publish, Bury and Since of cfg are filled here.
func Consume(ctx context.Context, b *bus.Bus, cfg Config, lease, owner string) error {
	types := []bus.Type{
		bus.MessageCreated, bus.MessageEdited, bus.MessageDeleted, bus.SessionClosed, bus.SessionReopened,
		bus.EventReceived, bus.SessionUpdated, bus.SessionLeft, bus.CsatSubmitted, bus.AttachmentStored, bus.DeliveryRequested, bus.SessionErased,
	}
	if cfg.OnConnect {
		types = append(types, bus.SessionStarted)
	}
	consumer, err := b.Consumer(ctx, bus.ConsumerSpec{
		Name: consumerName(cfg), Project: cfg.Project, Types: types, Log: cfg.Log, DrainTimeout: drain,
		// Handlers mostly wait for the platform's limits: a new conversation must not queue behind those that do.
		Concurrency: 4096, MaxPending: 16384,
	})
	if err != nil {
		return fmt.Errorf("consume for %s: %w", cfg.Platform.Name(), err)
	}
	cfg.Publish, cfg.Bury, cfg.Since = b.Publish, consumer.Bury, consumer.Since()
	earlier := New(cfg)
	return b.Hold(ctx, lease, owner, cfg.Log, func(holding context.Context) error {
		// A new engine: what the last one remembered, another process may have changed since.
		e := New(cfg)
		e.Inherit(earlier)
		earlier = e
		cfg.Metrics.engine.Store(e)
		defer cfg.Metrics.engine.Store(nil)
		stop, err := e.hearTyping(holding, b)
		if err != nil {
			return err
		}
		defer stop()
		return consumer.Run(holding, func(ctx context.Context, ev bus.Event) error {
			// ctx allows what was begun to be finished; when the lease is lost nothing new may begin.
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			defer context.AfterFunc(holding, cancel)()
			err := e.Handle(ctx, ev)
			if err != nil && !isStop(err) {
				cfg.Log.Debug("delivery waits", zap.String("session", ev.Session.Short()), zap.Uint64("seq", ev.Seq), zap.Error(err), span.Field(ctx))
			}
			return err
		})
	})
}
