package bus

import (
	"context"
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

// DeadLetters calls fn with every dead letter, oldest first.
func (b *Bus) DeadLetters(ctx context.Context, fn func(DeadLetter) error) error {
	stream, err := asked(ctx, func(ctx context.Context) (jetstream.Stream, error) { return b.js.Stream(ctx, deadName) })
	if err != nil {
		return fmt.Errorf("%w: open dead letters: %w", ErrUnavailable, err)
	}
	reading := scan{stream: stream, subject: deadPrefix + ">", next: 1, last: stream.CachedInfo().State.LastSeq}
	reading.fn = func(msg *jetstream.RawStreamMsg) error {
		h := msg.Header
		eventSeq, _ := strconv.ParseUint(h.Get(headerSequence), 10, 64) // 0 for a letter that another program wrote
		attempts, _ := strconv.Atoi(h.Get(headerAttempts))
		return fn(DeadLetter{
			Seq: msg.Sequence, Consumer: h.Get(headerConsumer), Subject: h.Get(headerSubject), EventSeq: eventSeq, Attempts: attempts,
			Reason: h.Get(headerReason), Time: msg.Time, Body: msg.Data,
		})
	}
	return reading.run(ctx)
}
