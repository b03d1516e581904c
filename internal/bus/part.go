package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// PartsSpec describes a consumer of all 16 ordered parts, shared by any number of replicas.
//
// The durable consumers only wake a replica and tell the others where it is: whoever gets a batch looks at Floor and, when
// the batch does not join on to it, reads what lies between from the stream itself. So a killed replica, a wiped store or
// two replicas at once cost time and never an event.
type PartsSpec struct {
	// Name of the durables; each gets "-<part>" appended.
	Name string
	// Batch is the most events that Apply gets at once, and the most that may be in flight of a part; 256.
	Batch int
	// Floor is the sequence up to which a part has been applied; 0 for nothing.
	Floor func(ctx context.Context, part id.Part) (uint64, error)
	// Apply applies events of one part in stream order. Events up to the floor that it finds are to be left out: another
	// replica may have been faster. Floor and Apply are called from one goroutine for each part: Floor first, then Apply with
	// what follows that floor without a hole, once or several times. A store that does not stand there any more, because it
	// was wiped in between, must refuse: the batch is tried again, from the new floor.
	Apply func(ctx context.Context, part id.Part, events []Event) error
	// Awaited tells whether somebody waits for a part to be applied, and gives a channel on which whoever begins to wait is
	// heard. With it, events that nobody waits for are gathered for Linger; without it each is applied as it comes.
	Awaited func(part id.Part) (bool, <-chan struct{})
	Linger  time.Duration
	Log     *zap.Logger
}

// pinTimeout is how long the server waits for a replica that holds a part before it gives the part to another. One replica
// at a time is asked for because it is cheaper; order does not hang on it.
const pinTimeout = 5 * time.Second

// pinGroup is the one priority group of a part's consumer.
const pinGroup = "one"

// partDrain is how long a batch that was begun may go on after Parts' context has ended.
const partDrain = 10 * time.Second

// Parts applies all parts until ctx ends; then it finishes the batches that it has begun, for 10 s at most. Before that it
// ends only with ErrNewStream: the floors belong to another stream than the one that is there.
func (b *Bus) Parts(ctx context.Context, spec PartsSpec) error {
	spec.Batch = or(spec.Batch, 256)
	if spec.Log == nil {
		spec.Log = zap.NewNop()
	}
	b.metrics.expect(spec.Name)
	work, cut := outlive(ctx, partDrain)
	defer cut()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	epoch := b.Epoch()
	var wg sync.WaitGroup
	for n := range id.Parts {
		p := &partReader{
			settling: settling{bus: b, log: spec.Log, consumer: spec.Name, failures: newTally(1)},
			bus:      b, spec: spec, part: id.Part(n), epoch: epoch, work: work, fail: fail,
			arrived: make(chan delivery, spec.Batch), stopped: make(chan struct{}),
		}
		wg.Go(func() { p.run(ctx) })
	}
	wg.Wait()
	if err := context.Cause(ctx); errors.Is(err, ErrNewStream) {
		return err
	}
	return nil
}

// partReader reads one part.
type partReader struct {
	settling
	bus   *Bus
	spec  PartsSpec
	part  id.Part
	epoch string
	// work is what batches are applied with: it outlives the context of Parts. fail ends that.
	work context.Context
	fail context.CancelCauseFunc

	arrived chan delivery
	// stopped is closed when nothing arrives any more.
	stopped chan struct{}
	// starts counts the subscriptions that were made.
	starts atomic.Uint64

	// latest is where this process stands. buried is the highest sequence that it has put among the dead letters.
	latest position
	buried uint64
}

// life is one subscription over one link. Within it a consumer's delivery numbers mean the same; a consumer that was deleted
// and made anew begins again at 1.
type life struct{ start, link uint64 }

// position is the newest event that was applied and the delivery that it came with or before.
type position struct {
	life          life
	seq, delivery uint64
}

func (p *partReader) run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { p.apply(ctx) })
	if err := supervise(ctx, p.spec.Log, p.subscribe); err != nil {
		p.fail(err)
	}
	close(p.stopped)
	wg.Wait()
	if p.latest.delivery == 0 {
		return
	}
	unpin, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = p.bus.stream.UnpinConsumer(unpin, p.durable(), pinGroup) // or the pin runs out by itself
}

func (p *partReader) durable() string { return partDurable(p.spec.Name, p.part) }

func partDurable(name string, part id.Part) string { return name + "-" + part.String() }

func (p *partReader) subscribe(ctx context.Context) (pull, error) {
	if _, err := p.bus.end(ctx); err != nil {
		return pull{}, err
	}
	if p.bus.Epoch() != p.epoch {
		return pull{}, fmt.Errorf("read part %s: %w", p.part, ErrNewStream)
	}
	server, err := p.bus.ensureConsumer(ctx, jetstream.ConsumerConfig{
		Durable: p.durable(), FilterSubjects: []string{partFilter(p.part)},
		AckPolicy: jetstream.AckAllPolicy, AckWait: ackWait, MaxDeliver: -1, MaxAckPending: p.spec.Batch,
		PriorityPolicy: jetstream.PriorityPolicyPinned, PriorityGroups: []string{pinGroup}, PinnedTTL: pinTimeout,
	})
	if err != nil {
		return pull{}, err
	}
	start := p.starts.Add(1)
	return p.bus.startPull(server, func(msg jetstream.Msg) { p.offer(msg, start) }, pinTimeout*4/5,
		jetstream.PullMaxMessages(p.spec.Batch), jetstream.PullPriorityGroup(pinGroup))
}

// offer never blocks: with a full batch waiting already, a delivery is left to the ack wait, and read from the stream before.
func (p *partReader) offer(msg jetstream.Msg, start uint64) {
	meta, err := msg.Metadata()
	if err != nil {
		p.log.Error("delivery without metadata", zap.Error(err))
		return
	}
	select {
	case p.arrived <- delivery{msg: msg, meta: meta, life: life{start: start, link: p.bus.nc.Stats().Reconnects}}:
	default:
	}
}
