package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// Erase removes what the stream holds of a session, but for the events that keep names, and answers how many it removed. The
// server overwrites each on its disk before it answers: a purge by subject would only mark them, and their bytes would stay in
// the stream's files for as long as anything beside them lives.
//
// On a cluster the log by which the replicas agree holds them until NATS shortens it: within three minutes when little is written,
// else when that log has grown by some MiB. There is no request that has it do so. (A publish that expects another last message id
// would, and stops the stream: nats-server 2.15.2.)
//
// It may be repeated, and ends where it was cut off. ErrUnavailable.
func (b *Bus) Erase(ctx context.Context, p id.Project, s id.Session, keep func(t Type, seq uint64) bool) (int, error) {
	var doomed []uint64
	filter := sessionFilter(p, s)
	last, err := b.lastSeq(ctx, filter)
	if err != nil || last == 0 {
		return 0, err
	}
	reading := scan{stream: b.stream, subject: filter, next: 1, last: last, bare: true, fn: func(msg *jetstream.RawStreamMsg) error {
		// What cannot be read is nobody's fact, and goes too.
		if k, err := parseStored(msg.Subject); err != nil || !keep(k.kind, msg.Sequence) {
			doomed = append(doomed, msg.Sequence)
		}
		return nil
	}}
	if err := reading.run(ctx); err != nil {
		return 0, err
	}
	return overwrite(ctx, b.stream, doomed)
}

// overwrite removes messages of a stream from its disk. Those that are gone already count as removed.
func overwrite(ctx context.Context, stream jetstream.Stream, seqs []uint64) (int, error) {
	for i, seq := range seqs {
		err := shred(ctx, stream, seq)
		if err != nil {
			return i, fmt.Errorf("%w: erase message %d: %w", ErrUnavailable, seq, err)
		}
	}
	return len(seqs), nil
}

// shredTimeout bounds the removal of one message: the server writes the file anew that it stands in, 8 MiB at most.
const shredTimeout = 10 * time.Second

func shred(ctx context.Context, stream jetstream.Stream, seq uint64) error {
	_, err := within(ctx, shredTimeout, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, stream.SecureDeleteMsg(ctx, seq)
	})
	if errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) || errors.Is(err, jetstream.ErrMsgNotFound) {
		return gone(ctx, stream, seq, err)
	}
	return err
}

// gone tells a message that is not there, which is what was wanted, from one that could not be removed: the server says the same
// of both.
func gone(ctx context.Context, stream jetstream.Stream, seq uint64, refusal error) error {
	_, err := asked(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) { return stream.GetMsg(ctx, seq) })
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil
	case err != nil:
		return err
	default:
		return refusal
	}
}

// EraseLetters removes the dead letters of the sessions that of names, from the disk as Erase does, and answers how many there
// were. ErrUnavailable.
func (b *Bus) EraseLetters(ctx context.Context, of func(p id.Project, s id.Session) bool) (int, error) {
	var doomed []uint64
	err := b.DeadLetters(ctx, func(d DeadLetter) error {
		if k, err := parseStored(d.Subject); err == nil && of(k.project, k.session) {
			doomed = append(doomed, d.Seq)
		}
		return nil
	})
	if err != nil || len(doomed) == 0 {
		return 0, err
	}
	stream, err := b.deadStream(ctx)
	if err != nil {
		return 0, err
	}
	return overwrite(ctx, stream, doomed)
}
