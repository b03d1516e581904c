package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// State is how the bus is, for people.
type State struct {
	// Cluster is its name; empty for a server of its own.
	Cluster string
	// Replicas of the stream, and how many of them are current.
	Replicas, Current int
	// Events stored now, and Bytes that they take.
	Events, Bytes uint64
	// DeadLetters stored now.
	DeadLetters uint64
	// Consumers in the order of their names.
	Consumers []ConsumerState
}

// ConsumerState is how far a consumer is.
type ConsumerState struct {
	Name string
	// Waiting is how many events it has not been given; Unsettled how many it was given and has not settled.
	Waiting   uint64
	Unsettled int
	// Through is the stream sequence of the newest event that it was given; 0 for none.
	Through uint64
}

func stateOf(info *jetstream.ConsumerInfo) ConsumerState {
	return ConsumerState{Name: info.Name, Waiting: info.NumPending, Unsettled: info.NumAckPending, Through: info.Delivered.Stream}
}

// ConsumerState asks how far one durable consumer is. Errors: ErrNoConsumer, ErrUnavailable.
func (b *Bus) ConsumerState(ctx context.Context, name string) (ConsumerState, error) {
	consumer, err := asked(ctx, func(ctx context.Context) (jetstream.Consumer, error) { return b.stream.Consumer(ctx, name) })
	switch {
	case errors.Is(err, jetstream.ErrConsumerNotFound), errors.Is(err, jetstream.ErrInvalidConsumerName):
		return ConsumerState{}, fmt.Errorf("%w: %s", ErrNoConsumer, name)
	case err != nil:
		return ConsumerState{}, fmt.Errorf("%w: look at consumer %s: %w", ErrUnavailable, name, err)
	}
	return stateOf(consumer.CachedInfo()), nil
}

// State asks the servers how the bus is. ErrUnavailable.
func (b *Bus) State(ctx context.Context) (State, error) {
	info, err := asked(ctx, func(ctx context.Context) (*jetstream.StreamInfo, error) { return b.stream.Info(ctx) })
	if err != nil {
		return State{}, fmt.Errorf("%w: read stream state: %w", ErrUnavailable, err)
	}
	s := State{
		Cluster: b.nc.ConnectedClusterName(), Replicas: info.Config.Replicas, Current: 1, Events: info.State.Msgs, Bytes: info.State.Bytes,
	}
	if info.Cluster != nil {
		for _, peer := range info.Cluster.Replicas {
			if peer.Current && !peer.Offline {
				s.Current++
			}
		}
	}
	dead, err := b.deadStream(ctx)
	if err != nil {
		return State{}, err
	}
	s.DeadLetters = dead.CachedInfo().State.Msgs
	consumers := b.stream.ListConsumers(ctx)
	for c := range consumers.Info() {
		s.Consumers = append(s.Consumers, stateOf(c))
	}
	if err := consumers.Err(); err != nil {
		return State{}, fmt.Errorf("%w: list consumers: %w", ErrUnavailable, err)
	}
	slices.SortFunc(s.Consumers, func(a, b ConsumerState) int { return strings.Compare(a.Name, b.Name) })
	return s, nil
}
