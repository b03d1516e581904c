package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// requestTimeout bounds one request to JetStream. A cluster may leave one unanswered, for example when two processes make
// the same stream at once: asking again helps, waiting does not.
const requestTimeout = 2 * time.Second

// asked asks a question that changes nothing, and once more when there was no answer.
func asked[T any](ctx context.Context, question func(context.Context) (T, error)) (T, error) {
	answer, err := within(ctx, requestTimeout, question)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		answer, err = within(ctx, requestTimeout, question)
	}
	return answer, err
}

func within[T any](ctx context.Context, d time.Duration, f func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return f(ctx)
}

// ensureStream makes a stream or brings it up to a configuration. It asks first: on a cluster every update goes through the
// leader of all streams, and most of the time there is nothing to change.
func (b *Bus) ensureStream(ctx context.Context, cfg jetstream.StreamConfig) (jetstream.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	stream, err := b.js.Stream(ctx, cfg.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = b.js.CreateStream(ctx, cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("make stream %s: %w", cfg.Name, err)
	}
	if b.cfg.Tenant {
		return stream, nil
	}
	have := stream.CachedInfo().Config
	want := have
	want.Subjects, want.Retention, want.Replicas, want.MaxAge = cfg.Subjects, cfg.Retention, cfg.Replicas, cfg.MaxAge
	want.MaxMsgSize, want.Duplicates, want.RePublish, want.AllowDirect = cfg.MaxMsgSize, cfg.Duplicates, cfg.RePublish, cfg.AllowDirect
	// A server refuses both together. That such a stream is not safe whoever starts is told by package durability.
	want.AllowAtomicPublish = cfg.AllowAtomicPublish && have.PersistMode != jetstream.AsyncPersistMode
	if reflect.DeepEqual(have, want) {
		return stream, nil
	}
	if stream, err = b.js.UpdateStream(ctx, want); err != nil {
		return nil, fmt.Errorf("update stream %s: %w", cfg.Name, err)
	}
	return stream, nil
}

// place finds the stream of a bucket, or makes it like the stream of facts: with its replicas. A program that only looks makes
// none.
func (b *Bus) place(ctx context.Context, cfg jetstream.StreamConfig) (jetstream.Stream, error) {
	if b.cfg.Join {
		return asked(ctx, func(ctx context.Context) (jetstream.Stream, error) { return b.js.Stream(ctx, cfg.Name) })
	}
	cfg.Replicas, cfg.Duplicates = b.replicas(), min(b.cfg.Duplicates, b.cfg.Retention)
	return b.ensureStream(ctx, cfg)
}

// ensureConsumer makes a durable consumer or brings it up to a configuration. Where an existing one began cannot and must
// not change.
func (b *Bus) ensureConsumer(ctx context.Context, cfg jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	consumer, err := b.stream.Consumer(ctx, cfg.Durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		consumer, err = b.stream.CreateConsumer(ctx, cfg)
		if errors.Is(err, jetstream.ErrConsumerExists) { // another process was faster, with a start of its own
			consumer, err = b.stream.Consumer(ctx, cfg.Durable)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: make consumer %s: %w", ErrUnavailable, cfg.Durable, err)
	}
	have := consumer.CachedInfo().Config
	want := have
	want.FilterSubject, want.FilterSubjects = "", cfg.FilterSubjects
	want.AckWait, want.MaxDeliver, want.MaxAckPending, want.PinnedTTL = cfg.AckWait, cfg.MaxDeliver, cfg.MaxAckPending, cfg.PinnedTTL
	if have.FilterSubject != "" {
		have.FilterSubject, have.FilterSubjects = "", []string{have.FilterSubject}
	}
	if reflect.DeepEqual(have, want) {
		return consumer, nil
	}
	if consumer, err = b.stream.UpdateConsumer(ctx, want); err != nil {
		return nil, fmt.Errorf("%w: update consumer %s: %w", ErrUnavailable, cfg.Durable, err)
	}
	return consumer, nil
}

// leaderMsg is a stored message as a stream's leader answers it.
type leaderMsg struct {
	Seq  uint64    `json:"seq"`
	Data []byte    `json:"data"`
	Time time.Time `json:"time"`
}

// leaderLast asks a stream's leader for the newest message of a subject: jetstream.ErrMsgNotFound for none. Of a stream that
// answers direct reads the client would ask any replica, and one that lags does not know what was stored a moment ago.
func (b *Bus) leaderLast(ctx context.Context, stream, subject string) (*leaderMsg, error) {
	question, err := json.Marshal(map[string]string{"last_by_subj": subject})
	if err != nil {
		return nil, err
	}
	reply, err := b.nc.RequestWithContext(ctx, jetstream.DefaultAPIPrefix+"STREAM.MSG.GET."+stream, question)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Error   *jetstream.APIError `json:"error"`
		Message *leaderMsg          `json:"message"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	switch {
	case answer.Error != nil && answer.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return nil, jetstream.ErrMsgNotFound
	case answer.Error != nil:
		return nil, answer.Error
	case answer.Message == nil:
		return nil, jetstream.ErrInvalidJetStreamResponse
	}
	return answer.Message, nil
}
