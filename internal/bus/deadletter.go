package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// Headers of a dead letter. The body is the event as it was.
const (
	headerReason   = "Bellhop-Reason"
	headerConsumer = "Bellhop-Consumer"
	headerSubject  = "Bellhop-Subject"
	headerSequence = "Bellhop-Sequence"
	headerAttempts = "Bellhop-Attempts"
)

// DeadLetter is an event that a consumer has given up on.
type DeadLetter struct {
	// Seq is the dead letter's own stream sequence.
	Seq      uint64
	Consumer string
	// Subject and EventSeq say where the event stands in the stream of facts.
	Subject  string
	EventSeq uint64
	Attempts int
	Reason   string
	Time     time.Time
	// Body is the event's JSON as it was published, even if it could not be read.
	Body []byte
	// Headers as they are stored; only of a letter that was read.
	Headers map[string][]string
}

// bury stores a dead letter. One event of one consumer is buried once, however often it is tried.
func (b *Bus) bury(ctx context.Context, letter DeadLetter) error {
	project := id.Default
	if k, err := parseStored(letter.Subject); err == nil {
		project = k.project
	}
	seq := strconv.FormatUint(letter.EventSeq, 10)
	msg := &nats.Msg{Subject: deadSubject(project, letter.Consumer), Data: letter.Body, Header: nats.Header{
		jetstream.MsgIDHeader: {letter.Consumer + ":" + seq},
		headerReason:          {oneLine(letter.Reason)},
		headerConsumer:        {letter.Consumer},
		headerSubject:         {letter.Subject},
		headerSequence:        {seq},
		headerAttempts:        {strconv.Itoa(letter.Attempts)},
	}}
	inject(ctx, msg.Header)
	if _, err := b.js.PublishMsg(ctx, msg); err != nil {
		return fmt.Errorf("%w: store dead letter: %w", ErrUnavailable, err)
	}
	b.metrics.dead.WithLabelValues(letter.Consumer).Inc()
	return nil
}

// oneLine makes any text fit a header.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if len(s) > 500 {
		s = strings.ToValidUTF8(s[:500], "")
	}
	return s
}

// Event decodes the event of the letter.
func (d DeadLetter) Event() (Event, error) { return storedEvent(d.Subject, d.Body, d.EventSeq) }

// letterOf reads a stored dead letter.
func letterOf(msg *jetstream.RawStreamMsg) DeadLetter {
	h := msg.Header
	eventSeq, _ := strconv.ParseUint(h.Get(headerSequence), 10, 64) // 0 for a letter that another program wrote
	attempts, _ := strconv.Atoi(h.Get(headerAttempts))
	return DeadLetter{
		Seq: msg.Sequence, Consumer: h.Get(headerConsumer), Subject: h.Get(headerSubject), EventSeq: eventSeq, Attempts: attempts,
		Reason: h.Get(headerReason), Time: msg.Time, Body: msg.Data, Headers: h,
	}
}

// DeadLetters calls fn with every dead letter, oldest first.
func (b *Bus) DeadLetters(ctx context.Context, fn func(DeadLetter) error) error {
	stream, err := b.deadStream(ctx)
	if err != nil {
		return err
	}
	reading := scan{stream: stream, subject: deadPrefix + ">", next: 1, last: stream.CachedInfo().State.LastSeq}
	reading.fn = func(msg *jetstream.RawStreamMsg) error { return fn(letterOf(msg)) }
	return reading.run(ctx)
}

// DeadLetter reads one dead letter by its own stream sequence. Errors: ErrNoLetter, ErrUnavailable.
func (b *Bus) DeadLetter(ctx context.Context, seq uint64) (DeadLetter, error) {
	stream, err := b.deadStream(ctx)
	if err != nil {
		return DeadLetter{}, err
	}
	msg, err := asked(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) { return stream.GetMsg(ctx, seq) })
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return DeadLetter{}, fmt.Errorf("%w: %d", ErrNoLetter, seq)
	case err != nil:
		return DeadLetter{}, fmt.Errorf("%w: read dead letter %d: %w", ErrUnavailable, seq, err)
	}
	return letterOf(msg), nil
}

// DropDeadLetter deletes one dead letter and overwrites what it held on the disk. Errors: ErrNoLetter, ErrUnavailable.
func (b *Bus) DropDeadLetter(ctx context.Context, seq uint64) error {
	if _, err := b.DeadLetter(ctx, seq); err != nil { // the server tells "never was" and "is gone" apart, and no caller wants that
		return err
	}
	stream, err := b.deadStream(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if err := stream.SecureDeleteMsg(ctx, seq); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("%w: drop dead letter %d: %w", ErrUnavailable, seq, err)
	}
	return nil
}

func (b *Bus) deadStream(ctx context.Context) (jetstream.Stream, error) {
	stream, err := asked(ctx, func(ctx context.Context) (jetstream.Stream, error) { return b.js.Stream(ctx, deadName) })
	if err != nil {
		return nil, fmt.Errorf("%w: open dead letters: %w", ErrUnavailable, err)
	}
	return stream, nil
}
