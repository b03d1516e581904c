package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// scan reads what a stream holds of a subject, from one sequence to another.
type scan struct {
	stream  jetstream.Stream
	subject string
	// next and last are the first and the last sequence that are wanted, both included.
	next, last uint64
	// bare asks for subjects and sequences only, where that spares the bodies.
	bare bool
	fn   func(*jetstream.RawStreamMsg) error
}

const (
	// scanFew is how many messages are asked for one by one before a consumer is made: about what making one costs.
	scanFew = 32
	// scanBatch is how many a consumer gives at once.
	scanBatch = 512
	// scanIdle is after how long without a reader the server forgets a scan's consumer, if it cannot be told.
	scanIdle = 30 * time.Second
)

// run calls fn with every message in order. It ends without an error only when the stream's leader has nothing more of it: a
// consumer may live beside a replica that lags, so its silence means nothing.
func (s *scan) run(ctx context.Context) error {
	for {
		done, err := s.few(ctx)
		if done || err != nil {
			return err
		}
		if err := s.many(ctx); err != nil {
			return err
		}
	}
}

// few asks the leader for one message after another; done when there is none left.
func (s *scan) few(ctx context.Context) (done bool, err error) {
	for range scanFew {
		if s.next > s.last {
			return true, nil
		}
		msg, err := asked(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
			return s.stream.GetMsg(ctx, s.next, jetstream.WithGetMsgSubject(s.subject))
		})
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			return true, nil
		case err != nil:
			return false, fmt.Errorf("%w: read stream from %d: %w", ErrUnavailable, s.next, err)
		case msg.Sequence > s.last:
			return true, nil
		}
		if err := s.take(msg); err != nil {
			return false, err
		}
	}
	return s.next > s.last, nil
}

// take hands on one message.
func (s *scan) take(msg *jetstream.RawStreamMsg) error {
	if err := s.fn(msg); err != nil {
		return err
	}
	s.next = msg.Sequence + 1
	return nil
}

// many reads by way of a consumer for as long as that gives what comes next. Only fn's errors and ctx's end are its errors:
// whatever else goes wrong, few finds out.
func (s *scan) many(ctx context.Context) error {
	making, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	consumer, err := s.stream.CreateConsumer(making, jetstream.ConsumerConfig{
		FilterSubjects: []string{s.subject}, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: s.next,
		AckPolicy: jetstream.AckNonePolicy, InactiveThreshold: scanIdle, MemoryStorage: true, Replicas: 1, HeadersOnly: s.bare,
	})
	if err != nil {
		return ctx.Err()
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = s.stream.DeleteConsumer(end, consumer.CachedInfo().Name) // or it ends by scanIdle
	}()
	for seen := uint64(0); s.next <= s.last; {
		before := seen
		if err := s.fetch(ctx, consumer, &seen); err != nil {
			return err
		}
		if seen == before {
			return nil
		}
	}
	return nil
}

// fetch takes one batch. seen counts the consumer's deliveries: where it does not join on, something was lost on the way.
func (s *scan) fetch(ctx context.Context, consumer jetstream.Consumer, seen *uint64) error {
	batch, err := consumer.FetchNoWait(scanBatch)
	if err != nil {
		return ctx.Err()
	}
	var failed error
	for msg := range batch.Messages() { // to its end, which comes soon: or its goroutine would stay
		meta, err := msg.Metadata()
		joins := err == nil && meta.Sequence.Consumer == *seen+1
		if failed = errors.Join(failed, ctx.Err()); failed != nil || !joins || s.next > s.last {
			continue
		}
		*seen++
		if meta.Sequence.Stream > s.last {
			s.next = s.last + 1
			continue
		}
		failed = s.take(&jetstream.RawStreamMsg{
			Subject: msg.Subject(), Sequence: meta.Sequence.Stream, Header: msg.Headers(), Data: msg.Data(), Time: meta.Timestamp,
		})
	}
	return failed
}
