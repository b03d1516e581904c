package bus

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// Handler processes one event. It may be called again with the same event; what its error means is said at Permanent and
// RetryAfter. Its context ends when the consumer's drain time is over.
type Handler func(ctx context.Context, ev Event) error

// ConsumerSpec describes a durable consumer with a lane per session: events of one session are handled one after another,
// those of different sessions beside each other. The zero value of each field but Name is its default.
type ConsumerSpec struct {
	// Name of the durable; it is also the last token of its dead letters' subject.
	Name string
	// Types to be heard; all.
	Types []Type
	// Project to be heard; all.
	Project id.Project
	// Backlog is how far back a consumer begins that did not exist before: services start in any order, and nothing that was
	// accepted before this consumer's first start may be missed. 1 hour.
	Backlog time.Duration
	// Concurrency bounds how many lanes run at once; 64.
	Concurrency int
	// MaxPending bounds how many events may be unsettled; 4096.
	MaxPending int
	// Attempts after which an ordinary error is final; 10. They are counted by each process: one that starts anew gives an
	// event all of its attempts again.
	Attempts int
	// Patience is the age at which an event that keeps asking for delays is given up; 24 hours.
	Patience time.Duration
	// AckWait is how long a delivery stays with a process that gives no sign of life; 10 seconds.
	AckWait time.Duration
	// Ordered hands over the events of a session strictly in the order of the stream: one that is to be tried again is tried
	// before the next of its session, and what a broken link has lost, or a killed predecessor had in its hands, is waited for,
	// an AckWait at most. Otherwise an event that waits for another attempt lets those behind it pass. One process at a time
	// may run an ordered consumer: hold a lease.
	Ordered bool
	// DrainTimeout bounds how long handlers may go on after Run's context has ended; 10 seconds.
	DrainTimeout time.Duration
	Log          *zap.Logger
}

func (s ConsumerSpec) withDefaults() ConsumerSpec {
	s.Backlog = or(s.Backlog, time.Hour)
	s.Concurrency = or(s.Concurrency, 64)
	s.MaxPending = or(s.MaxPending, 4096)
	s.Attempts = or(s.Attempts, 10)
	s.Patience = or(s.Patience, 24*time.Hour)
	s.AckWait = or(s.AckWait, ackWait)
	s.DrainTimeout = or(s.DrainTimeout, 10*time.Second)
	if s.Log == nil {
		s.Log = zap.NewNop()
	}
	return s
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// ackWait is how long a delivery may stay without a sign of life before it is delivered again.
const ackWait = 10 * time.Second

// Consumer is a durable consumer of the stream.
type Consumer struct {
	bus   *Bus
	spec  ConsumerSpec
	since time.Time
}

// Consumer makes the durable, or finds it as it was made. It waits for the bus as long as Config.ConnectTimeout says.
func (b *Bus) Consumer(ctx context.Context, spec ConsumerSpec) (*Consumer, error) {
	c := &Consumer{bus: b, spec: spec.withDefaults()}
	b.metrics.expect(c.spec.Name)
	ctx, cancel := context.WithTimeout(ctx, b.cfg.ConnectTimeout)
	defer cancel()
	err := retry(ctx, func() error {
		server, err := b.ensureConsumer(ctx, c.config())
		if err == nil {
			c.since = beginning(server)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func beginning(server jetstream.Consumer) time.Time {
	if start := server.CachedInfo().Config.OptStartTime; start != nil {
		return *start
	}
	return time.Time{}
}

// Since is the instant from which on this consumer hears events: it was first made a Backlog later.
func (c *Consumer) Since() time.Time { return c.since }

func (c *Consumer) config() jetstream.ConsumerConfig {
	start := time.Now().Add(-c.spec.Backlog).UTC()
	if !c.since.IsZero() {
		start = c.since // made anew after it was deleted: hear everything again rather than miss something
	}
	cfg := jetstream.ConsumerConfig{
		Durable: c.spec.Name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: c.spec.AckWait,
		MaxDeliver: -1, MaxAckPending: c.spec.MaxPending,
		DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &start,
	}
	for _, t := range c.spec.Types {
		cfg.FilterSubjects = append(cfg.FilterSubjects, typeFilter(c.spec.Project, t))
	}
	if len(c.spec.Types) == 0 && c.spec.Project != "" {
		cfg.FilterSubjects = []string{typeFilter(c.spec.Project, "*.*")}
	}
	return cfg
}

// Run hands events to the handler until ctx ends; then it finishes what it has begun, within DrainTimeout. What was fetched
// and not begun goes back.
func (c *Consumer) Run(ctx context.Context, handle Handler) error {
	l := newLanes(ctx, c, handle)
	defer l.drain()
	return supervise(ctx, c.spec.Log, func(ctx context.Context) (pull, error) {
		server, err := c.bus.ensureConsumer(ctx, c.config())
		if err != nil {
			return pull{}, err
		}
		l.begin(server.CachedInfo())
		return c.bus.startPull(server, l.offer, pullExpiry, jetstream.PullMaxMessages(max(1, min(c.spec.MaxPending, 512))))
	})
}

// laneKey names a lane.
type laneKey struct {
	project id.Project
	session id.Session
}
