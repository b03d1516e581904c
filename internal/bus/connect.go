package bus

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/span"
)

// Config says where the bus is and what the stream must be. The zero value of each field is its default.
type Config struct {
	// URL of one or several NATS servers, comma separated. Ignored when InProcess is set.
	URL string
	// InProcess is an embedded server in this process.
	InProcess nats.InProcessConnProvider
	// Name of the connection, as `nats server report connections` shows it.
	Name string
	// User is who this is to the servers: replies come to an inbox of its own, which nobody else may read. Without one they come to
	// everybody's.
	User string
	// Credentials is a file that shows who this is: the seed of an nkey, or a JWT with its seed. Optional.
	Credentials string
	// CA is a file of the authorities that may have signed the servers' certificates, read again with each connection. The system's
	// unless given.
	CA string

	// Join takes the stream as it is instead of making it or bringing it up to the fields below: for programs that only look.
	Join bool
	// Bare takes no stream at all, for a program that brings the streams: what needs one may not be called.
	Bare bool
	// Tenant makes a stream that is not there and takes one that is as it is: of those that work on one bus, one brings it up to its
	// configuration, and the others need no right to change it.
	Tenant bool
	// Retention is how long facts are kept; 90 days.
	Retention time.Duration
	// Replicas of the stream; 0 means 3 on a cluster and 1 on a single server.
	Replicas int
	// Duplicates is the window in which the bus itself drops an event whose id it has seen; 2 minutes (68 bytes an id).
	Duplicates time.Duration
	// PublishTimeout bounds the wait for each acknowledgement; 5 seconds.
	PublishTimeout time.Duration
	// Batches has what many publish at the same time stored as one atomic batch, with one sync of the disk. It is for a server that syncs
	// before each acknowledgement and has no replicas: a cluster gathers by itself, and without syncs a batch only costs.
	Batches bool
	// ConnectTimeout bounds the wait for the bus at start; 60 seconds: services start in any order.
	ConnectTimeout time.Duration

	// Metrics counts what goes over the connection; nil for nobody. Traces makes spans of it; nil for none.
	Metrics prometheus.Registerer
	Traces  trace.TracerProvider
	Log     *zap.Logger
}

func (c Config) withDefaults() Config {
	if c.Retention == 0 {
		c.Retention = 90 * 24 * time.Hour
	}
	if c.Duplicates == 0 {
		c.Duplicates = 2 * time.Minute
	}
	if c.PublishTimeout == 0 {
		c.PublishTimeout = 5 * time.Second
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = time.Minute
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	return c
}

// Bus is one connection to the bus. It reconnects for ever and is safe for concurrent use.
type Bus struct {
	cfg     Config
	log     *zap.Logger
	nc      *nats.Conn
	js      jetstream.JetStream
	stream  jetstream.Stream
	epoch   atomic.Pointer[string]
	notes   Notebook
	objects Objects
	batches batches
	looks   looks
	metrics *metrics
	tracer  trace.Tracer // nil when nothing is traced
}

// Connect connects, and makes or updates the streams. It waits for the bus as long as ConnectTimeout says.
func Connect(ctx context.Context, cfg Config) (*Bus, error) {
	cfg = cfg.withDefaults()
	counting, err := newMetrics(cfg.Metrics)
	if err != nil {
		return nil, err
	}
	b := &Bus{cfg: cfg, log: cfg.Log, metrics: counting, tracer: span.Tracer(cfg.Traces)}
	b.notes.bus, b.objects.bus, b.batches.bus = b, b, b
	ctx, cancel := context.WithTimeout(ctx, cfg.ConnectTimeout)
	defer cancel()
	if err := b.dial(ctx); err != nil {
		return nil, err
	}
	prepare := b.ensureStreams
	switch {
	case cfg.Bare:
		return b, nil
	case cfg.Join:
		prepare = b.joinStream
	}
	if err := prepare(ctx); err != nil {
		b.nc.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bus) dial(ctx context.Context) error {
	opts, err := b.options()
	if err != nil {
		return err
	}
	err = retry(ctx, func() (err error) {
		b.nc, err = nats.Connect(b.cfg.URL, opts...)
		if err != nil {
			b.log.Info("waiting for the bus", zap.Error(err))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: connect: %w", ErrUnavailable, err)
	}
	b.js, err = jetstream.New(b.nc)
	if err != nil {
		b.nc.Close()
		return fmt.Errorf("open jetstream: %w", err)
	}
	return nil
}

func (b *Bus) options() ([]nats.Option, error) {
	opts := []nats.Option{
		nats.Name(b.cfg.Name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, time.Second),
		nats.PingInterval(10 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.IgnoreAuthErrorAbort(), // credentials may be put right while this process waits
		// What is published while the link is down must fail at once: the caller answers 503 and the sender tries again. A
		// buffer would tell nobody and may be lost with the process.
		nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.log.Warn("bus link lost", zap.Error(err))
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) { b.log.Info("bus link is back", zap.String("server", nc.ConnectedServerName())) }),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			subject := ""
			if sub != nil {
				subject = sub.Subject
			}
			b.log.Warn("bus reported an error", zap.String("subject", subject), zap.Error(err))
		}),
	}
	if b.cfg.InProcess != nil {
		opts = append(opts, nats.InProcessServer(b.cfg.InProcess))
	}
	identity, err := b.cfg.identity()
	return append(opts, identity...), err
}

// retry calls f until it succeeds or ctx ends; it answers f's last error.
func retry(ctx context.Context, f func() error) error {
	for delay := 50 * time.Millisecond; ; delay = min(2*delay, 2*time.Second) {
		err := f()
		if err == nil {
			return nil
		}
		if !sleep(ctx, delay) {
			return err
		}
	}
}

// sleep waits for d and tells whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Epoch identifies the stream as this process last saw it: whoever keeps a position must forget it when the epoch is
// another one.
func (b *Bus) Epoch() string { return *b.epoch.Load() }

// pingTimeout bounds a ping whose context does not.
const pingTimeout = 2 * time.Second

// Ping tells whether the bus answers, within 2 s.
func (b *Bus) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if !b.nc.IsConnected() { // a flush would wait for the link to come back
		return fmt.Errorf("%w: link is %s", ErrUnavailable, b.nc.Status())
	}
	if err := b.nc.FlushWithContext(ctx); err != nil {
		return fmt.Errorf("%w: ping: %w", ErrUnavailable, err)
	}
	return nil
}

// Close ends the connection after what was published has left. Consumers must have ended before.
func (b *Bus) Close() {
	if b.nc == nil {
		return
	}
	_ = b.nc.FlushTimeout(time.Second) // best effort: every publish has been waited for already
	b.nc.Close()
}
