package bus

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/id"
)

const (
	hooksName = "BELLHOP_HOOKS"
	// hooksAge is how long what webhooks are told waits for them at most, and hooksMost how many messages of one app.
	hooksAge  = time.Hour
	hooksMost = 100_000
	// hooksWindow is how long what was published under an id is not taken again.
	hooksWindow = 10 * time.Minute
	// hookedTarget is where it is heard that something was stored.
	hookedTarget = "bellhop.hooked.v1.{{wildcard(1)}}.{{wildcard(2)}}"
)

// Hooks keeps what the webhooks of apps are told until they have been, in a stream of its own beside the facts.
type Hooks struct {
	bus    *Bus
	stream jetstream.Stream
}

// OpenHooks finds the stream, or makes it. Errors: ErrUnavailable.
func (b *Bus) OpenHooks(ctx context.Context) (*Hooks, error) {
	h := &Hooks{bus: b}
	err := retry(ctx, func() (err error) {
		h.stream, err = b.ensureStream(ctx, jetstream.StreamConfig{
			Name: hooksName, Subjects: []string{hooksPattern}, Storage: jetstream.FileStorage, Replicas: b.replicas(),
			MaxAge: hooksAge, MaxMsgsPerSubject: hooksMost, MaxMsgSize: MaxEventBytes + 4096, Duplicates: hooksWindow,
			RePublish: &jetstream.RePublish{Source: hooksPattern, Destination: hookedTarget, HeadersOnly: true},
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: open the stream of webhooks: %w", ErrUnavailable, err)
	}
	return h, nil
}

// Put stores what happened in an app: to the channel of a chat session, by which it can be erased, or with id.Everyone to any others. What
// has the id of something that was stored minutes ago is not stored again, and that is no error. Errors: ErrTooLarge, ErrUnavailable.
func (h *Hooks) Put(ctx context.Context, a HookApp, of id.Session, msgID string, payload []byte) error {
	if len(payload) > MaxEventBytes {
		return fmt.Errorf("%w: %d bytes for webhooks", ErrTooLarge, len(payload))
	}
	ctx, cancel := context.WithTimeout(ctx, h.bus.cfg.PublishTimeout)
	defer cancel()
	msg := &nats.Msg{Subject: a.stored(of), Data: payload, Header: nats.Header{jetstream.MsgIDHeader: {msgID}}}
	if _, err := h.bus.js.PublishMsg(ctx, msg, jetstream.WithExpectStream(hooksName)); err != nil {
		return fmt.Errorf("%w: publish for webhooks: %w", ErrUnavailable, err)
	}
	return nil
}

// Hooked is a message of the stream.
type Hooked struct {
	App     HookApp
	Seq     uint64
	At      time.Time
	Payload []byte
}

// errEnough ends a reading early.
var errEnough = errors.New("enough")

// Read calls fn with what the stream holds of an app above a sequence, oldest first, until fn answers false. Errors: ErrUnavailable.
func (h *Hooks) Read(ctx context.Context, a HookApp, after uint64, fn func(Hooked) (more bool)) error {
	reading := scan{stream: h.stream, subject: a.all(), next: after + 1, last: math.MaxUint64}
	reading.fn = func(msg *jetstream.RawStreamMsg) error {
		if !fn(Hooked{App: a, Seq: msg.Sequence, At: msg.Time, Payload: msg.Data}) {
			return errEnough
		}
		return nil
	}
	if err := reading.run(ctx); !errors.Is(err, errEnough) {
		return err
	}
	return nil
}

// Epoch identifies the stream: a sequence of another one means nothing here. Errors: ErrUnavailable.
func (h *Hooks) Epoch(ctx context.Context) (string, error) {
	info, err := asked(ctx, func(ctx context.Context) (*jetstream.StreamInfo, error) { return h.stream.Info(ctx) })
	if err != nil {
		return "", fmt.Errorf("%w: read the stream of webhooks: %w", ErrUnavailable, err)
	}
	return epochOf(info), nil
}

// OnStored calls fn whenever something of an app was stored, until the returned function is called. It may miss something.
func (h *Hooks) OnStored(a HookApp, fn func()) (stop func(), err error) {
	sub, err := h.bus.nc.Subscribe(a.under(hookedPrefix), func(*nats.Msg) { fn() })
	if err != nil {
		return nil, fmt.Errorf("%w: hear the stream of webhooks: %w", ErrUnavailable, err)
	}
	return func() { _ = sub.Unsubscribe() }, nil // fails only when the connection is closed already
}

// EraseHooks removes what webhooks have still to be told, or were told within the hour, of a session's channel, from the disk as Erase does,
// and answers how many messages that were. Where no app has webhooks there are none. ErrUnavailable.
func (b *Bus) EraseHooks(ctx context.Context, p id.Project, s id.Session) (int, error) {
	stream, err := asked(ctx, func(ctx context.Context) (jetstream.Stream, error) { return b.js.Stream(ctx, hooksName) })
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("%w: open the stream of webhooks: %w", ErrUnavailable, err)
	}
	var doomed []uint64
	reading := scan{stream: stream, subject: sessionHooks(p, s), next: 1, last: stream.CachedInfo().State.LastSeq, bare: true}
	reading.fn = func(msg *jetstream.RawStreamMsg) error {
		doomed = append(doomed, msg.Sequence)
		return nil
	}
	if err := reading.run(ctx); err != nil {
		return 0, err
	}
	return overwrite(ctx, stream, doomed)
}
