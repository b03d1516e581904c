package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
)

const (
	streamName = "BELLHOP"
	deadName   = "BELLHOP_DLQ"
)

// ensureStreams makes the streams or brings them up to the configuration. Every service does so: none needs another to
// have started before.
func (b *Bus) ensureStreams(ctx context.Context) error {
	replicas := b.replicas()
	window := min(b.cfg.Duplicates, b.cfg.Retention)
	facts := jetstream.StreamConfig{
		Name:       streamName,
		Subjects:   []string{storedPattern},
		Retention:  jetstream.LimitsPolicy,
		Storage:    jetstream.FileStorage,
		Replicas:   replicas,
		MaxAge:     b.cfg.Retention,
		MaxMsgSize: MaxEventBytes + 4096, // headers
		Duplicates: window,
		RePublish:  &jetstream.RePublish{Source: storedPattern, Destination: liveTarget},
		// Direct reads may be answered by a replica that lags; a reader that waits for its own write must not get them.
		AllowDirect:        false,
		AllowAtomicPublish: true,
	}
	dead := jetstream.StreamConfig{
		Name: deadName, Subjects: []string{deadFilter("")}, Storage: jetstream.FileStorage,
		Replicas: replicas, MaxAge: b.cfg.Retention, Duplicates: window, MaxMsgSize: -1,
	}
	err := retry(ctx, func() error {
		stream, err := b.ensureStream(ctx, facts)
		if err == nil {
			_, err = b.ensureStream(ctx, dead)
		}
		if err != nil {
			b.log.Info("waiting for the stream", zap.Error(err))
			return err
		}
		b.stream = stream
		b.saw(stream.CachedInfo())
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}

// replicas of whatever is made anew, when the configuration leaves them open.
func (b *Bus) replicas() int {
	switch {
	case b.cfg.Replicas != 0:
		return b.cfg.Replicas
	case b.nc.ConnectedClusterName() != "":
		return 3
	default:
		return 1
	}
}

func (b *Bus) saw(info *jetstream.StreamInfo) {
	epoch := epochOf(info)
	b.epoch.Store(&epoch)
}

// end is the highest sequence that the stream has given, 0 for none. It is never lower than that of the newest event, and
// higher when that one was deleted. Epoch is up to date afterwards.
func (b *Bus) end(ctx context.Context) (uint64, error) {
	info, err := asked(ctx, func(ctx context.Context) (*jetstream.StreamInfo, error) { return b.stream.Info(ctx) })
	if err != nil {
		return 0, fmt.Errorf("%w: read stream state: %w", ErrUnavailable, err)
	}
	b.saw(info)
	return info.State.LastSeq, nil
}

// LastSeq is the stream sequence of a session's newest event, 0 when the bus holds none of it.
func (b *Bus) LastSeq(ctx context.Context, p id.Project, s id.Session) (uint64, error) {
	return b.lastSeq(ctx, sessionFilter(p, s))
}

// PartEnd is the stream sequence of a part's newest event, 0 for none.
func (b *Bus) PartEnd(ctx context.Context, p id.Part) (uint64, error) {
	return b.lastSeq(ctx, partFilter(p))
}

func (b *Bus) lastSeq(ctx context.Context, filter string) (uint64, error) {
	msg, err := asked(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return b.stream.GetLastMsgForSubject(ctx, filter)
	})
	switch {
	case err == nil:
		return msg.Sequence, nil
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return 0, nil
	default:
		return 0, fmt.Errorf("%w: read last sequence: %w", ErrUnavailable, err)
	}
}

// rawEvent decodes a message read from the stream by sequence.
func rawEvent(msg *jetstream.RawStreamMsg) (Event, error) {
	return storedEvent(msg.Subject, msg.Data, msg.Sequence)
}

func storedEvent(subject string, body []byte, seq uint64) (Event, error) {
	k, err := parseStored(subject)
	if err != nil {
		return Event{}, err
	}
	ev, err := decode(k, body)
	ev.Seq = seq
	return ev, err
}

// header of an event: its id for deduplication, and the trace that it belongs to.
func header(ctx context.Context, eventID string) nats.Header {
	h := nats.Header{jetstream.MsgIDHeader: []string{eventID}}
	inject(ctx, h)
	return h
}

// Bounds are the sequences between which the stream has its events, and the stream's epoch: a position of another epoch means
// nothing here. An empty stream has first = last + 1.
func (b *Bus) Bounds(ctx context.Context) (first, last uint64, epoch string, err error) {
	info, err := asked(ctx, func(ctx context.Context) (*jetstream.StreamInfo, error) { return b.stream.Info(ctx) })
	if err != nil {
		return 0, 0, "", fmt.Errorf("%w: read stream state: %w", ErrUnavailable, err)
	}
	b.saw(info)
	first = info.State.FirstSeq
	if info.State.Msgs == 0 {
		first = info.State.LastSeq + 1
	}
	return first, info.State.LastSeq, b.Epoch(), nil
}
