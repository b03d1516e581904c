package sessions

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/announce"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/erase"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/server"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// drainTimeout bounds the calls that are running when the service stops; the longest wait of a call is three seconds.
const drainTimeout = 5 * time.Second

// Run serves until ctx ends. Then it says that it stops, lets running calls end, finishes the batches of the projection
// that were begun, and returns nil.
func Run(ctx context.Context, cfg Config) error {
	cfg = cfg.withDefaults()
	g, ctx := runner.NewGroup(ctx, "sessions", cfg.Runtime)
	return g.Wait(build(ctx, g, cfg))
}

func build(ctx context.Context, g *runner.Group, cfg Config) error {
	b, s, err := connect(ctx, g.Defer, cfg)
	if err != nil {
		return err
	}
	state := b.Collector(cfg.Storage.Durability)
	if err := cfg.Metrics.Register(state); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	g.Defer("bus metrics", func(context.Context) error { cfg.Metrics.Unregister(state); return nil })
	projector := projection.New(s, b, cfg.Log, cfg.Metrics)
	if cfg.RedisURL == "" {
		projector.Alone()
	}
	if err := adopt(ctx, projector, cfg.Log); err != nil {
		return advised(err)
	}
	for name, ping := range map[string]func(context.Context) error{"sessions bus": b.Ping, "sessions store": s.Ping} {
		unregister := cfg.Health.Register(name, ping)
		g.Defer(name+" check", func(context.Context) error { unregister(); return nil })
	}
	occupied, err := openOccupancy(cfg)
	if err != nil {
		return err
	}
	g.Defer("occupancy", func(context.Context) error { return occupied.Close() })
	listener, err := listen(ctx, cfg)
	if err != nil {
		return err
	}
	channels := server.NewChannels(occupied, b, cfg.Lease, cfg.Log.Named("channels"))
	announcer, err := announce.New(occupied, b, cfg.Log.Named("webhooks"), cfg.Metrics)
	if err != nil {
		return err
	}
	channels.Changed = announcer.Wake
	endpoint := server.NewEndpoint(listener, cfg.TLS.Credentials(), server.New(s, b, projector, cfg.Log), channels, cfg.Runtime)
	g.Go("projection", func(ctx context.Context) error { return advised(projector.Run(ctx)) })
	g.Go("erasing", func(ctx context.Context) error {
		return erase.Run(ctx, erase.Options{Store: s, Bus: b, Projector: projector, Retention: cfg.Kept.of(cfg.Bus.Retention), Log: cfg.Log.Named("erase")})
	})
	g.Go("channels", channels.Sweep)
	g.Go("webhooks of channels", announcer.Run)
	g.Serve("gRPC", endpoint, runner.StopWithin(drainTimeout))
	return nil
}

func listen(ctx context.Context, cfg Config) (net.Listener, error) {
	if cfg.Listener != nil {
		return cfg.Listener, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen on SESSIONS_ADDR: %w", err)
	}
	return listener, nil
}

// connect opens the bus and the store, and has them closed in reverse order.
func connect(ctx context.Context, deferred func(string, func(context.Context) error, ...runner.Option), cfg Config) (*bus.Bus, store.Store, error) {
	b, err := bus.Connect(ctx, cfg.Bus)
	if err != nil {
		return nil, nil, fmt.Errorf("connect to the bus: %w", err)
	}
	deferred("bus", func(context.Context) error { b.Close(); return nil })
	if cfg.Bus.InProcess == nil {
		if err := cfg.Storage.Enforce(ctx, b, cfg.Log); err != nil {
			return nil, nil, err
		}
	}
	s, err := openStore(cfg)
	if err != nil {
		return nil, nil, err
	}
	deferred("store", func(context.Context) error { return s.Close() })
	return b, s, nil
}

// adoptTimeout bounds the wait for a bus that has let this process in and does not answer yet: a cluster that elects its leaders, on
// a machine that has much to do.
const adoptTimeout = time.Minute

// adopt makes sure that store and stream belong together, as soon as the bus can say so.
func adopt(ctx context.Context, projector *projection.Projector, log *zap.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, adoptTimeout)
	defer cancel()
	for {
		err := projector.Adopt(ctx)
		if !errors.Is(err, bus.ErrUnavailable) {
			return err
		}
		log.Warn("waiting for the bus to answer", zap.Error(err))
		select {
		case <-ctx.Done():
			return err
		case <-time.After(adoptPause):
		}
	}
}

// adoptPause is between two tries, each of which takes as long as the bus is given to answer.
const adoptPause = 200 * time.Millisecond

// advised says how to get out of it when store and stream do not belong together.
func advised(err error) error {
	if errors.Is(err, projection.ErrOtherStream) || errors.Is(err, bus.ErrNewStream) {
		return fmt.Errorf("%w; run `bellhop rebuild` to make the store anew from this stream, or configure the store that belongs to it", err)
	}
	return err
}
