package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/id"
)

var (
	// ErrNotStored says that the stream may no longer hold everything after a mark.
	ErrNotStored = errors.New("what followed is no longer stored")
	// ErrTooMany says that more events follow a mark than were asked for.
	ErrTooMany = errors.New("too many events followed")
)

// Missed reads what is stored of a session, and of its whole project, after one mark up to another, in stream order. It is all of it or
// an error: ErrNewStream, ErrNotStored, ErrTooMany for more than most of either, ErrUnavailable. What cannot be decoded is logged and left out.
//
// Most who come back have missed nothing: then this costs two look-ups of a last sequence, and a share of a look at the stream.
func (b *Bus) Missed(ctx context.Context, p id.Project, s id.Session, after, through Mark, most int) ([]Event, error) {
	if after.Epoch != through.Epoch {
		return nil, ErrNewStream
	}
	var missed []Event
	for _, session := range []id.Session{s, id.Everyone} {
		events, err := b.between(ctx, sessionFilter(p, session), after.Seq, through.Seq, most)
		if err != nil {
			return nil, err
		}
		missed = append(missed, events...)
	}
	// What has run out while it was read was not read: so the beginning is looked at afterwards.
	info, err := b.looks.next(ctx, b)
	switch {
	case err != nil:
		return nil, err
	case epochOf(info) != after.Epoch, info.State.LastSeq < after.Seq:
		return nil, ErrNewStream
	case info.State.FirstSeq > after.Seq+1:
		return nil, ErrNotStored
	}
	slices.SortFunc(missed, func(a, b Event) int { return cmp.Compare(a.Seq, b.Seq) })
	return missed, nil
}

// between reads the events of a subject whose sequences are above after and at most through.
func (b *Bus) between(ctx context.Context, subject string, after, through uint64, most int) (events []Event, err error) {
	last, err := b.lastSeq(ctx, subject)
	if err != nil || last <= after || through <= after {
		return nil, err
	}
	reading := scan{stream: b.stream, subject: subject, next: after + 1, last: min(last, through), fn: func(msg *jetstream.RawStreamMsg) error {
		ev, err := rawEvent(msg)
		if err != nil {
			return b.logPoison(poison{subject: msg.Subject, body: msg.Data, seq: msg.Sequence, why: err})
		}
		if len(events) == most {
			return ErrTooMany
		}
		events = append(events, ev)
		return nil
	}}
	err = reading.run(ctx)
	return events, err
}

// looks are looks at the stream that many share: each is answered by one that began after it was asked for.
type looks struct {
	mu      sync.Mutex
	running bool
	waiting *look
}

type look struct {
	done chan struct{}
	info *jetstream.StreamInfo
	err  error
}

// next answers how the stream is after the call.
func (l *looks) next(ctx context.Context, b *Bus) (*jetstream.StreamInfo, error) {
	l.mu.Lock()
	if l.waiting == nil {
		l.waiting = &look{done: make(chan struct{})}
	}
	mine := l.waiting
	if !l.running {
		l.running = true
		go l.run(b)
	}
	l.mu.Unlock()
	select {
	case <-mine.done:
		return mine.info, mine.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: read stream state: %w", ErrUnavailable, ctx.Err())
	}
}

// run looks for as long as somebody waits.
func (l *looks) run(b *Bus) {
	for {
		l.mu.Lock()
		mine := l.waiting
		l.waiting = nil
		l.running = mine != nil
		l.mu.Unlock()
		if mine == nil {
			return
		}
		mine.info, mine.err = asked(context.Background(), func(ctx context.Context) (*jetstream.StreamInfo, error) { return b.stream.Info(ctx) })
		if mine.err != nil {
			mine.err = fmt.Errorf("%w: read stream state: %w", ErrUnavailable, mine.err)
		}
		close(mine.done)
	}
}
