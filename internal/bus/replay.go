package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// Filter narrows a replay. The zero value means everything.
type Filter struct {
	Project id.Project
	Session id.Session
	Type    Type
}

func (f Filter) subject() string {
	part, project, session, kind := "*", "*", "*", "*.*"
	if f.Project != "" {
		project = string(f.Project)
	}
	if f.Session != "" {
		part, session = f.Session.Part().String(), id.Token(string(f.Session))
	}
	if f.Type != "" {
		kind = string(f.Type)
	}
	return storedPrefix + part + "." + project + "." + session + "." + kind
}

// Replay calls fn with every stored event that passes the filter, from a stream sequence to what is the stream's end when
// it is called, in order. What cannot be decoded is logged and left out. An error of fn ends the replay and is returned.
func (b *Bus) Replay(ctx context.Context, from uint64, filter Filter, fn func(Event) error) error {
	return b.replay(ctx, from, filter.subject(), fn, b.logPoison)
}

// ReplayPart reads one part after a sequence to its present end, in batches of at most batch events. What cannot be decoded
// is logged and left out.
func (b *Bus) ReplayPart(ctx context.Context, part id.Part, after uint64, batch int, fn func([]Event) error) error {
	return b.replayPart(ctx, part, after, batch, fn, b.logPoison)
}

func (b *Bus) replayPart(ctx context.Context, part id.Part, after uint64, batch int, fn func([]Event) error, unreadable func(poison) error) error {
	events := make([]Event, 0, batch)
	err := b.replay(ctx, after+1, partFilter(part), func(ev Event) error {
		if events = append(events, ev); len(events) < batch {
			return nil
		}
		err := fn(events)
		events = make([]Event, 0, batch)
		return err
	}, unreadable)
	if err != nil || len(events) == 0 {
		return err
	}
	return fn(events)
}

// poison is a stored message that is no event.
type poison struct {
	subject string
	body    []byte
	seq     uint64
	why     error
}

func (b *Bus) logPoison(p poison) error {
	b.log.Warn("event cannot be read", zap.Uint64("seq", p.seq), zap.Error(p.why))
	return nil
}

func (b *Bus) replay(ctx context.Context, from uint64, subject string, fn func(Event) error, unreadable func(poison) error) error {
	last, err := b.lastSeq(ctx, subject)
	if err != nil || last < from {
		return err
	}
	reading := scan{stream: b.stream, subject: subject, next: max(from, 1), last: last, fn: func(msg *jetstream.RawStreamMsg) error {
		ev, err := rawEvent(msg)
		if err != nil {
			return unreadable(poison{subject: msg.Subject, body: msg.Data, seq: msg.Sequence, why: err})
		}
		return fn(ev)
	}}
	return reading.run(ctx)
}

// Event reads one stored event by its stream sequence; ErrNoEvent when there is none.
func (b *Bus) Event(ctx context.Context, seq uint64) (Event, error) {
	msg, err := asked(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) { return b.stream.GetMsg(ctx, seq) })
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Event{}, fmt.Errorf("read event %d: %w", seq, ErrNoEvent)
	}
	if err != nil {
		return Event{}, fmt.Errorf("%w: read event %d: %w", ErrUnavailable, seq, err)
	}
	return rawEvent(msg)
}
