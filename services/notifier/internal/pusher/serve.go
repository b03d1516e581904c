package pusher

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

const (
	// StopTimeout is the longest that Serve takes to return after its context has ended.
	StopTimeout = webhook.StopTimeout
	// poll is how often it is looked for what nobody has said was stored.
	poll = 5 * time.Second
	// ownDelay is the pause where the trouble is the bus's.
	ownDelay = 2 * time.Second
)

// Serve tells a receiver what happens, whenever this process holds the receiver's lease, until ctx ends. owner is this process in the
// lease.
func Serve(ctx context.Context, b *bus.Bus, opts Options, owner string) error {
	opts = opts.withDefaults()
	return b.Hold(ctx, lease(opts.Receiver.path()), owner, opts.Log, func(holding context.Context) error {
		calls, end := webhook.Calls(ctx, holding)
		defer end()
		for holding.Err() == nil {
			if err := serve(holding, calls, b, opts); err != nil && holding.Err() == nil {
				opts.Log.Info("starts over", zap.Error(err))
				webhook.Pause(holding, ownDelay)
			}
		}
		return nil
	})
}

// relay serves a receiver for one holding of its lease, or a part of that.
type relay struct {
	Options
	bus   *bus.Bus
	hooks *bus.Hooks
	place place
	// failures are how many attempts in a row have failed, again is when the next may be made, and dropping tells that something was given up
	// since the receiver began to fail.
	failures int
	again    time.Time
	dropping bool
	// holding is for beginning something, calls for what was begun.
	holding, calls context.Context
}

func serve(holding, calls context.Context, b *bus.Bus, opts Options) (err error) {
	r := &relay{Options: opts, bus: b, holding: holding, calls: calls}
	if r.hooks, err = b.OpenHooks(holding); err != nil {
		return err
	}
	wake := make(chan struct{}, 1)
	stop, err := r.hooks.OnStored(r.Receiver.app(), func() {
		select {
		case wake <- struct{}{}:
		default: // it is awake
		}
	})
	if err != nil {
		return err
	}
	defer stop()
	if err := r.load(); err != nil {
		return err
	}
	for holding.Err() == nil {
		found, err := r.gather()
		if err != nil {
			return fmt.Errorf("read what is to be told: %w", err)
		}
		if len(found.events) > 0 {
			if err := r.tell(found); err != nil {
				return err
			}
			continue
		}
		timer := time.NewTimer(poll)
		select {
		case <-wake:
		case <-timer.C:
		case <-holding.Done():
		}
		timer.Stop()
	}
	return nil
}
