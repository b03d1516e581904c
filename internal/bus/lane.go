package bus

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/span"
)

// delivery is one event in a consumer's hands.
type delivery struct {
	msg  jetstream.Msg
	meta *jetstream.MsgMetadata
	// life tells the deliveries of a consumer from those of its successor of the same name.
	life life
}

// lanes runs a consumer's handler: one goroutine a session that has something to do, at most Concurrency handlers at once.
// Whatever is held is kept alive on the server, so a slow handler is not given a second copy.
type lanes struct {
	settling
	spec   ConsumerSpec
	handle Handler
	slots  chan struct{}

	// ctx is what handlers get: it outlives the consumer's by the drain time.
	ctx    context.Context
	cancel context.CancelFunc
	// stopping ends with the consumer's context: from then on nothing new begins.
	stopping context.Context

	mu sync.Mutex
	// queue is what waits in each lane, by stream sequence.
	queue map[laneKey][]uint64
	// held is what is queued or being handled.
	held map[uint64]delivery
	// gate holds an ordered consumer's lanes back; nil for any other's.
	gate *gate
	// drained is set, and quiet closed, when nothing arrives any more.
	drained bool
	quiet   chan struct{}
	wg      sync.WaitGroup

	// extended is closed when extend has ended.
	extended chan struct{}
}

func newLanes(ctx context.Context, c *Consumer, handle Handler) *lanes {
	l := &lanes{
		settling: settling{
			bus: c.bus, log: c.spec.Log, consumer: c.spec.Name,
			attempts: c.spec.Attempts, patience: c.spec.Patience, failures: newTally(c.spec.MaxPending),
		},
		spec: c.spec, handle: handle, stopping: ctx,
		slots: make(chan struct{}, c.spec.Concurrency),
		queue: map[laneKey][]uint64{}, held: map[uint64]delivery{}, extended: make(chan struct{}),
		quiet: make(chan struct{}),
	}
	if c.spec.Ordered {
		l.gate = &gate{wait: c.spec.AckWait + orphanSlack}
	}
	l.ctx, l.cancel = outlive(ctx, c.spec.DrainTimeout)
	go l.extend()
	return l
}

// offer takes a delivery into its lane. It is called from one goroutine, so a lane's order is the delivery order.
func (l *lanes) offer(msg jetstream.Msg) {
	meta, err := msg.Metadata()
	if err != nil {
		l.log.Error("delivery without metadata", zap.Error(err))
		return
	}
	k, err := parseStored(msg.Subject())
	if err != nil {
		l.settle(msg, meta, Permanent(err))
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.drained {
		return // the ack wait brings it back
	}
	l.gate.note(meta)
	seq := meta.Sequence.Stream
	_, known := l.held[seq]
	l.held[seq] = delivery{msg: msg, meta: meta}
	if known {
		return // a second copy, because our signs of life did not get through: it is the one to be settled
	}
	lane := laneKey{k.project, k.session}
	waiting, running := l.queue[lane]
	place, _ := slices.BinarySearch(waiting, seq) // what comes again stands before what came after it
	l.queue[lane] = slices.Insert(waiting, place, seq)
	if !running {
		l.wg.Go(func() { l.run(lane) })
	}
}

// run works off one lane and ends when it is empty.
func (l *lanes) run(lane laneKey) {
	for {
		d, shut, ok := l.next(lane)
		if shut != nil {
			select {
			case <-shut:
			case <-l.stopping.Done():
			}
			continue
		}
		if !ok {
			return
		}
		l.work(d)
	}
}

// next takes the oldest event of a lane. While the gate is shut it answers what is closed when that may have changed.
func (l *lanes) next(lane laneKey) (d delivery, shut <-chan struct{}, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if shut := l.gate.shut(); shut != nil && l.stopping.Err() == nil {
		return delivery{}, shut, false
	}
	waiting := l.queue[lane]
	if len(waiting) == 0 {
		delete(l.queue, lane)
		return delivery{}, nil, false
	}
	l.queue[lane] = waiting[1:]
	return l.held[waiting[0]], nil, true
}

// work waits for a slot and processes one delivery; an ordered consumer's again and again, until it is settled.
func (l *lanes) work(d delivery) {
	for again := time.Duration(0); ; {
		if again > 0 && !sleep(l.stopping, again) {
			l.putBack(d)
			return
		}
		select {
		case l.slots <- struct{}{}:
			again = l.process(d)
			<-l.slots
		case <-l.stopping.Done():
			l.putBack(d)
			return
		}
		if again == 0 {
			return
		}
	}
}

// process hands over one delivery and settles it. It answers the delay after which the same is to be processed again, 0 for
// never.
func (l *lanes) process(d delivery) (again time.Duration) {
	if l.stopping.Err() != nil {
		l.putBack(d)
		return 0
	}
	ev, err := storedEvent(d.msg.Subject(), d.msg.Data(), d.meta.Sequence.Stream)
	if err != nil {
		err = Permanent(err)
	} else {
		ev.Attempt = int(d.meta.NumDelivered)
		err = l.hand(d, ev)
	}
	if err != nil && !IsPermanent(err) && (l.ctx.Err() != nil || l.spec.Ordered && l.stopping.Err() != nil) {
		l.putBack(d) // cut off by the drain time: not the event's fault
		return 0
	}
	c := l.conclude(d.msg, d.meta, err)
	if c.again > 0 && l.spec.Ordered {
		return c.again
	}
	d = l.letGo(d)
	l.answer(d.msg, d.meta, c)
	return 0
}

// hand calls the handler, in the trace of the event.
func (l *lanes) hand(d delivery, ev Event) error {
	ctx := extract(l.ctx, d.msg.Headers())
	if l.bus.tracer == nil {
		return l.handle(ctx, ev)
	}
	ctx, s := l.bus.consuming(context.WithValue(ctx, company{}, l.linkTo), d.msg.Headers(), l.consumer, ev.Type, ev.Attempt)
	err := l.handle(ctx, ev)
	span.End(s, outcome(err))
	return err
}

// outcome is an error in a word; empty for none, and for a delay that was asked for.
func outcome(err error) string {
	switch _, delayed := retryDelay(err); {
	case err == nil || delayed:
		return ""
	case IsPermanent(err):
		return "permanent"
	}
	return "failed"
}

// letGo ends the signs of life of a delivery and answers its newest copy. A sign that came after the settling would undo a
// nak's delay.
func (l *lanes) letGo(d delivery) delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	d = l.held[d.meta.Sequence.Stream]
	delete(l.held, d.meta.Sequence.Stream)
	return d
}

// putBack gives a delivery that was never begun to whoever runs next. It waits until this process has no subscription: a
// request of its own might get it back, and the answer be lost.
func (l *lanes) putBack(d delivery) {
	<-l.quiet
	d = l.letGo(d)
	l.nak(d.msg, d.meta, time.Millisecond)
}

// extend tells the server again and again that what is held is being worked on.
func (l *lanes) extend() {
	defer close(l.extended)
	tick := time.NewTicker(l.spec.AckWait / 3)
	defer tick.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-tick.C:
		}
		l.mu.Lock()
		for _, d := range l.held {
			_ = d.msg.InProgress() // the link is down: the next delivery finds out
		}
		l.mu.Unlock()
	}
}

// drain waits for the handlers that are running; the drain time cuts them off. Nothing is offered any more.
func (l *lanes) drain() {
	l.mu.Lock()
	l.drained = true
	l.mu.Unlock()
	close(l.quiet)
	l.wg.Wait()
	l.gate.stop()
	l.cancel()
	<-l.extended
}
