package bus

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/span"
)

// apply takes what has arrived, a batch at a time. Nothing is ever given up: while the store or the bus is away, it waits.
func (p *partReader) apply(ctx context.Context) {
	for {
		select {
		case first := <-p.arrived:
			p.applyUntilDone(ctx, p.gather(ctx, first))
			continue
		default:
		}
		select {
		case first := <-p.arrived:
			p.applyUntilDone(ctx, p.gather(ctx, first))
		case <-p.stopped:
			return
		}
	}
}

// applyUntilDone applies one batch, again and again until it works or ctx has ended. What has arrived when ctx ends gets
// one try, so that a planned stop leaves nothing for an ack wait.
func (p *partReader) applyUntilDone(ctx context.Context, batch []delivery) {
	failures := uint(0)
	_ = retry(ctx, func() error { // ends with ctx only
		err := p.applyBatch(ctx, batch)
		if errors.Is(err, ErrNewStream) {
			p.fail(err)
		}
		if failures++; err != nil && bits.OnesCount(failures) == 1 { // the first, the second, the fourth…
			p.log.Warn("part waits", zap.Stringer("part", p.part), zap.Uint("failures", failures), zap.Error(err))
		}
		return err
	})
}

// gather is the first delivery and what comes within Linger, or less when somebody waits for the part: events that nobody
// has asked for yet are cheaper together.
func (p *partReader) gather(ctx context.Context, first delivery) []delivery {
	batch := p.more(append(make([]delivery, 0, len(p.arrived)+1), first))
	if p.spec.Awaited == nil {
		return batch
	}
	linger := time.NewTimer(p.spec.Linger)
	defer linger.Stop()
	for len(batch) < p.spec.Batch {
		awaited, asked := p.spec.Awaited(p.part)
		if awaited {
			break
		}
		select {
		case d := <-p.arrived:
			batch = append(batch, d)
			continue
		case <-asked:
		case <-linger.C:
		case <-ctx.Done():
		}
		break
	}
	return p.more(batch)
}

// more adds to a batch whatever else is there already.
func (p *partReader) more(batch []delivery) []delivery {
	for len(batch) < p.spec.Batch {
		select {
		case d := <-p.arrived:
			batch = append(batch, d)
		default:
			return batch
		}
	}
	return batch
}

// applyTimeout bounds one call of Floor or Apply.
const applyTimeout = time.Minute

func (p *partReader) applyBatch(ctx context.Context, batch []delivery) error {
	floor, err := p.floor()
	if err != nil {
		return err
	}
	newest, last := batch[0], batch[len(batch)-1]
	for _, d := range batch {
		if d.meta.Sequence.Stream > newest.meta.Sequence.Stream {
			newest = d
		}
	}
	if seq := newest.meta.Sequence.Stream; seq > floor {
		traced, s := p.bus.batching(ctx, p.consumer, batch)
		err = p.advance(traced, batch, floor)
		span.End(s, outcome(err))
	} else if seq < floor {
		err = p.checkEnd(floor)
	}
	if err != nil {
		return err
	}
	p.latest = position{life: last.life, seq: newest.meta.Sequence.Stream, delivery: last.meta.Sequence.Consumer}
	p.settle(newest.msg, newest.meta, nil) // AckAll: one for the batch
	return nil
}

func (p *partReader) floor() (uint64, error) {
	ctx, cancel := context.WithTimeout(p.work, applyTimeout)
	defer cancel()
	floor, err := p.spec.Floor(ctx, p.part)
	if err != nil {
		return 0, fmt.Errorf("read floor: %w", err)
	}
	return floor, nil
}

func (p *partReader) applyEvents(events []Event) error {
	ctx, cancel := context.WithTimeout(p.work, applyTimeout)
	defer cancel()
	return p.spec.Apply(ctx, p.part, events)
}

// checkEnd tells an event that was applied before from one that has the number of another that the stream has lost.
func (p *partReader) checkEnd(floor uint64) error {
	end, err := p.bus.end(p.work)
	if err != nil {
		return err
	}
	if end < floor || p.bus.Epoch() != p.epoch {
		return fmt.Errorf("part %s is at %d, the stream at %d: %w", p.part, floor, end, ErrNewStream)
	}
	return nil
}

// advance applies a batch that joins on to the floor, or else what the stream holds between the floor and its end.
func (p *partReader) advance(ctx context.Context, batch []delivery, floor uint64) error {
	joined, err := p.joins(batch, floor)
	if err != nil {
		return err
	}
	if !joined { // a long way, perhaps: it stops when ctx ends
		return p.bus.replayPart(ctx, p.part, floor, p.spec.Batch, p.applyEvents, p.buryPoison)
	}
	events := make([]Event, 0, len(batch))
	for _, d := range batch {
		ev, err := storedEvent(d.msg.Subject(), d.msg.Data(), d.meta.Sequence.Stream)
		if err == nil {
			events = append(events, ev)
			continue
		}
		err = p.buryPoison(poison{subject: d.msg.Subject(), body: d.msg.Data(), seq: d.meta.Sequence.Stream, why: err})
		if err != nil {
			return err
		}
	}
	if len(events) == 0 {
		return nil
	}
	return p.applyEvents(events)
}

// joins tells whether nothing lies between the floor and the batch, nor within it. The deliveries must follow one another,
// each for the first time; the first must follow the last one that this process applied, if the floor is still where it
// left it, or else be the one that the stream holds next.
func (p *partReader) joins(batch []delivery, floor uint64) (bool, error) {
	first := batch[0]
	for i, d := range batch {
		if d.life != first.life || d.meta.NumDelivered != 1 || d.meta.Sequence.Consumer != first.meta.Sequence.Consumer+uint64(i) {
			return false, nil
		}
	}
	if p.latest == (position{life: first.life, seq: floor, delivery: first.meta.Sequence.Consumer - 1}) {
		return true, nil
	}
	msg, err := asked(p.work, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return p.bus.stream.GetMsg(ctx, floor+1, jetstream.WithGetMsgSubject(partFilter(p.part)))
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return true, nil // what the batch holds was purged meanwhile
	}
	if err != nil {
		return false, fmt.Errorf("%w: look behind the floor: %w", ErrUnavailable, err)
	}
	return msg.Sequence == first.meta.Sequence.Stream, nil
}

// buryPoison puts bytes that are no event aside; the part goes on behind them.
func (p *partReader) buryPoison(bad poison) error {
	if bad.seq <= p.buried {
		return nil // met again: no event after it has moved the floor since
	}
	p.log.Error("event cannot be read", zap.Uint64("seq", bad.seq), zap.Error(bad.why))
	ctx, cancel := context.WithTimeout(p.work, settleTimeout)
	defer cancel()
	err := p.bus.bury(ctx, DeadLetter{
		Consumer: p.spec.Name, Subject: bad.subject, EventSeq: bad.seq, Body: bad.body, Attempts: 1, Reason: bad.why.Error(),
	})
	if err == nil {
		p.buried = bad.seq
	}
	return err
}
