package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// pull is a running subscription to a consumer.
type pull struct {
	nc     *nats.Conn
	server jetstream.Consumer
	cc     jetstream.ConsumeContext
	// failed gets what ended the subscription from the other side.
	failed chan error
}

const (
	// pullExpiry is how long one pull request of an ordinary consumer waits on the server.
	pullExpiry = 30 * time.Second
	// pullDrain bounds the wait for what is still on its way to a subscription that ends.
	pullDrain = 2 * time.Second
)

// startPull subscribes with pull requests of the given expiry. An idle server gives a sign of life twice in that time, and
// at least every 5 s; missing two of them ends the subscription. Messages are offered in order from one goroutine.
func (b *Bus) startPull(server jetstream.Consumer, offer func(jetstream.Msg), expiry time.Duration, opts ...jetstream.PullConsumeOpt) (pull, error) {
	p := pull{nc: b.nc, server: server, failed: make(chan error, 1)}
	opts = append(opts, jetstream.PullExpiry(expiry), jetstream.PullHeartbeat(min(expiry/2, 5*time.Second)),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			if endsPull(err) {
				select {
				case p.failed <- err:
				default:
				}
			}
		}))
	var err error
	p.cc, err = server.Consume(offer, opts...)
	if err != nil {
		return pull{}, fmt.Errorf("%w: consume: %w", ErrUnavailable, err)
	}
	return p, nil
}

// endsPull tells the errors after which a subscription is worth making anew. Others, such as a lost link or a wrong pin id,
// the client mends itself.
func endsPull(err error) bool {
	return errors.Is(err, jetstream.ErrConsumerDeleted) || errors.Is(err, jetstream.ErrConsumerNotFound) ||
		errors.Is(err, jetstream.ErrNoHeartbeat) || errors.Is(err, jetstream.ErrBadRequest) || errors.Is(err, nats.ErrNoResponders)
}

// stop ends the subscription and waits until what this process has already is offered. With the link down there is no
// telling, so the wait is bounded.
func (p pull) stop() {
	if p.nc.IsConnected() {
		p.cc.Drain()
	} else {
		p.cc.Stop()
	}
	late := time.NewTimer(pullDrain)
	defer late.Stop()
	select {
	case <-p.cc.Closed():
	case <-late.C:
	}
}

// supervise keeps a subscription alive until ctx ends: one that fails, whose server half was deleted, or that hears nothing
// while events wait, is made anew with backoff. Only ErrNewStream ends it before, and is its only error.
func supervise(ctx context.Context, log *zap.Logger, start func(context.Context) (pull, error)) error {
	for failures := 0; ctx.Err() == nil; failures++ {
		p, err := start(ctx)
		if err == nil {
			begun := time.Now()
			err = watch(ctx, p)
			p.stop()
			if time.Since(begun) > time.Minute {
				failures = 0
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, ErrNewStream) {
			return err
		}
		log.Warn("consumer starts anew", zap.Error(err), zap.Int("failures", failures+1))
		sleep(ctx, min(100*time.Millisecond<<min(failures, 6), 5*time.Second))
	}
	return nil
}

// outlive is a context that ends d after its parent: for what must be finished once it has begun.
func outlive(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	disarm := context.AfterFunc(parent, func() {
		if sleep(ctx, d) {
			cancel()
		}
	})
	return ctx, func() {
		disarm()
		cancel()
	}
}

// watchInterval is how often the watchdog looks.
const watchInterval = 15 * time.Second

// watch returns when the subscription has ended or has to. Events that wait without a single delivery between two looks,
// while the consumer is allowed more, mean that the subscription is dead although nobody said so.
func watch(ctx context.Context, p pull) error {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	var last uint64
	var waiting bool
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-p.failed:
			return err
		case <-p.cc.Closed():
			return errors.New("subscription closed")
		case <-tick.C:
			info, err := p.server.Info(ctx)
			if errors.Is(err, jetstream.ErrConsumerNotFound) {
				return err
			}
			if err != nil {
				continue // the link is down: the client reconnects
			}
			stalled := info.NumPending > 0 && info.Delivered.Consumer == last && info.NumAckPending < info.Config.MaxAckPending
			if stalled && waiting {
				return fmt.Errorf("%d events wait and none is delivered", info.NumPending)
			}
			waiting, last = stalled, info.Delivered.Consumer
		}
	}
}
