package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Standing is how far a durable consumer has come.
type Standing struct {
	// Waiting is how many events it was not given yet, and Unsettled how many it has or is to be given again.
	Waiting   uint64
	Unsettled int
	// Through is the stream sequence of the newest event that it was given; 0 for none.
	Through uint64
}

// Standing asks how far a durable consumer has come. Errors: ErrNoConsumer, ErrUnavailable.
func (b *Bus) Standing(ctx context.Context, name string) (Standing, error) {
	consumer, err := asked(ctx, func(ctx context.Context) (jetstream.Consumer, error) { return b.stream.Consumer(ctx, name) })
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return Standing{}, fmt.Errorf("%w: %s", ErrNoConsumer, name)
	}
	if err != nil {
		return Standing{}, fmt.Errorf("%w: look at consumer %s: %w", ErrUnavailable, name, err)
	}
	info := consumer.CachedInfo()
	return Standing{Waiting: info.NumPending, Unsettled: info.NumAckPending, Through: info.Delivered.Stream}, nil
}
