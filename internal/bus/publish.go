package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Publish stores events in the order given and returns the last one's stream sequence once all are acknowledged. An event
// whose id the bus has seen within its window counts as stored.
//
// Errors: ErrUnavailable when an acknowledgement is missing (that event may or may not be stored; publishing it again with
// the same id is safe), ErrTooLarge, or an encoding error. With several events, those before the failed one are stored and
// those after it are not, unless the acknowledgement of them all is what is missing; an event that cannot be encoded keeps all from being stored.
func (b *Bus) Publish(ctx context.Context, events ...Event) (uint64, error) {
	if len(events) == 0 {
		return 0, nil
	}
	ctx, end := b.publishing(ctx, events)
	seq, err := b.publishAll(ctx, events)
	end(err)
	return seq, err
}

func (b *Bus) publishAll(ctx context.Context, events []Event) (uint64, error) {
	msgs := make([]*nats.Msg, len(events))
	for i, ev := range events {
		var err error
		if msgs[i], err = message(ctx, ev); err != nil {
			return 0, fmt.Errorf("publish: %w", err)
		}
	}
	stored := b.store(ctx, msgs)
	if stored.err != nil {
		return 0, publishError(events[stored.failed], stored.err)
	}
	return stored.seq, nil
}

// published is the stream sequence of the last of several messages, or which of them failed and why.
type published struct {
	seq    uint64
	failed int
	err    error
}

func (b *Bus) store(ctx context.Context, msgs []*nats.Msg) published {
	if b.cfg.Batches {
		return b.batches.store(ctx, msgs)
	}
	return b.storeAlone(ctx, msgs)
}

// storeAlone stores messages one by one. Each waits for the one before: of two on their way at once, the first may be refused by a
// cluster that is changing its leader, and the second stored.
func (b *Bus) storeAlone(ctx context.Context, msgs []*nats.Msg) (result published) {
	for i, msg := range msgs {
		ack, err := b.publish(ctx, msg)
		if err != nil {
			return published{failed: i, err: err}
		}
		result.seq = ack.Sequence
	}
	return result
}

func (b *Bus) publish(ctx context.Context, msg *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	ctx, cancel := context.WithTimeout(ctx, b.cfg.PublishTimeout)
	defer cancel()
	return b.js.PublishMsg(ctx, msg, opts...)
}

// PublishAfter stores an event if the newest of its session still has a stream sequence, 0 for none: ErrMoved when it has not.
// Other errors are those of Publish.
func (b *Bus) PublishAfter(ctx context.Context, ev Event, newest uint64) (uint64, error) {
	ctx, end := b.publishing(ctx, []Event{ev})
	seq, err := b.publishAfter(ctx, ev, newest)
	end(err)
	return seq, err
}

func (b *Bus) publishAfter(ctx context.Context, ev Event, newest uint64) (uint64, error) {
	msg, err := message(ctx, ev)
	if err != nil {
		return 0, fmt.Errorf("publish: %w", err)
	}
	ack, err := b.publish(ctx, msg, jetstream.WithExpectLastSequenceForSubject(newest, sessionFilter(ev.Project, ev.Session)))
	switch {
	case err == nil:
		return ack.Sequence, nil
	case wrongRevision(err):
		return 0, fmt.Errorf("%w: publish %s", ErrMoved, ev.Type)
	default:
		return 0, publishError(ev, err)
	}
}

func message(ctx context.Context, ev Event) (*nats.Msg, error) {
	if ev.ID == "" {
		return nil, errors.New("event without an id")
	}
	subject := ev.key().stored()
	if _, err := parseStored(subject); err != nil { // nobody could read it again
		return nil, err
	}
	body, err := ev.encode()
	if err != nil {
		return nil, err
	}
	return &nats.Msg{Subject: subject, Header: header(ctx, ev.ID), Data: body}, nil
}

func publishError(ev Event, err error) error {
	if api, ok := errors.AsType[*jetstream.APIError](err); ok && api.ErrorCode == errCodeTooLarge || errors.Is(err, nats.ErrMaxPayload) {
		return fmt.Errorf("%w: publish %s: %w", ErrTooLarge, ev.Type, err)
	}
	return fmt.Errorf("%w: publish %s: %w", ErrUnavailable, ev.Type, err)
}

// errCodeTooLarge is the server's "message size exceeds maximum allowed" (JSStreamMessageExceedsMaximumErr).
const errCodeTooLarge = 10054
