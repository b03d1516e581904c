package bus

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/span"
)

// Settling is the one place where a handler's answer becomes an acknowledgement:
//
//	nil                  double ack
//	Permanent            dead letter, then terminate
//	RetryAfter           nak with that delay, not counted; dead letter once the event is older than Patience
//	any other error      nak with a delay that grows with their count; dead letter at the last attempt
//
// If the dead letter cannot be stored the event is nak'ed, never terminated. A nak always carries a delay: a bare one is
// delivered again within the millisecond.
type settling struct {
	bus      *Bus
	log      *zap.Logger
	consumer string
	// attempts after which an ordinary error is final.
	attempts int
	// patience is the age at which an event that asks for delays is given up.
	patience time.Duration
	// failures counts the ordinary errors of the events that wait for another attempt. The server's delivery count will not
	// do: it grows with every delay that was asked for, every drain and every crash.
	failures *tally
}

// settleTimeout bounds one acknowledgement.
const settleTimeout = 5 * time.Second

// delays between attempts; the last one repeats.
var delays = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute}

func delayOf(attempt int) time.Duration {
	return delays[min(max(attempt, 1), len(delays))-1]
}

// settle answers one delivery.
func (s settling) settle(msg jetstream.Msg, meta *jetstream.MsgMetadata, handled error) {
	s.answer(msg, meta, s.conclude(msg, meta, handled))
}

// conclusion is what becomes of a delivery; the zero value says that it is done.
type conclusion struct {
	// again is the delay before the next attempt.
	again time.Duration
	// dead says that it is among the dead letters now.
	dead bool
}

// conclude decides what becomes of a delivery, and stores the dead letter.
func (s settling) conclude(msg jetstream.Msg, meta *jetstream.MsgMetadata, handled error) conclusion {
	c := s.conclusion(msg, meta, handled)
	s.bus.metrics.settled(s.consumer, c)
	return c
}

func (s settling) conclusion(msg jetstream.Msg, meta *jetstream.MsgMetadata, handled error) conclusion {
	if handled == nil {
		return conclusion{}
	}
	seq := meta.Sequence.Stream
	traced := extract(context.Background(), msg.Headers())
	delay, reason := s.verdict(meta, handled)
	if reason == "" {
		s.log.Info("event will be tried again", zap.Uint64("seq", seq), zap.Duration("after", delay), zap.Error(handled), span.Field(traced))
		return conclusion{again: delay}
	}
	letter := DeadLetter{
		Consumer: s.consumer, Subject: msg.Subject(), EventSeq: seq, Body: msg.Data(),
		Attempts: int(meta.NumDelivered), Reason: reason + ": " + handled.Error(),
	}
	ctx, cancel := context.WithTimeout(traced, settleTimeout)
	defer cancel()
	if err := s.bus.bury(ctx, letter); err != nil {
		s.log.Error("dead letter could not be stored", zap.Uint64("seq", seq), zap.Error(err), span.Field(traced))
		return conclusion{again: delayOf(int(meta.NumDelivered))}
	}
	s.log.Error("event went to the dead letters", zap.Uint64("seq", seq), zap.String("reason", letter.Reason), span.Field(traced))
	return conclusion{dead: true}
}

// answer acknowledges one delivery. It does not follow the consumer's context: what was handled must be settled even while
// the consumer is draining.
func (s settling) answer(msg jetstream.Msg, meta *jetstream.MsgMetadata, c conclusion) {
	seq := meta.Sequence.Stream
	switch {
	case c.again > 0:
		s.nak(msg, meta, c.again)
		return
	case c.dead:
		if err := msg.Term(); err != nil {
			s.log.Warn("termination lost", zap.Uint64("seq", seq), zap.Error(err))
		}
	default:
		ctx, cancel := context.WithTimeout(context.Background(), settleTimeout)
		defer cancel()
		if err := msg.DoubleAck(ctx); err != nil { // delivered again, and found done
			s.log.Warn("acknowledgement lost", zap.Uint64("seq", seq), zap.Error(err))
		}
	}
	s.failures.forget(seq)
}

// verdict is the delay before the next attempt, or the reason why there is none.
func (s settling) verdict(meta *jetstream.MsgMetadata, handled error) (delay time.Duration, reason string) {
	if IsPermanent(handled) {
		return 0, "permanent"
	}
	if delay, ok := retryDelay(handled); ok {
		if time.Since(meta.Timestamp) > s.patience {
			return 0, "out of patience"
		}
		return delay, ""
	}
	failed := s.failures.add(meta.Sequence.Stream)
	if failed >= s.attempts {
		return 0, "last attempt"
	}
	return delayOf(failed), ""
}

func (s settling) nak(msg jetstream.Msg, meta *jetstream.MsgMetadata, delay time.Duration) {
	if err := msg.NakWithDelay(delay); err != nil { // the ack wait brings it back
		s.log.Warn("nak lost", zap.Uint64("seq", meta.Sequence.Stream), zap.Error(err))
	}
}

// tally counts by stream sequence.
type tally struct {
	mu     sync.Mutex
	counts map[uint64]int
	// most bounds it. There are never more events than that in one process's hands: when there are more counts, the others
	// belong to events that another process has settled.
	most int
}

func newTally(most int) *tally { return &tally{counts: map[uint64]int{}, most: most} }

func (t *tally) add(seq uint64) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.counts) >= t.most && t.counts[seq] == 0 {
		clear(t.counts)
	}
	t.counts[seq]++
	return t.counts[seq]
}

func (t *tally) forget(seq uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.counts, seq)
}
