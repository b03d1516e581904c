package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Kept is how one of the streams keeps what it has acknowledged.
type Kept struct {
	// Stream is its name.
	Stream string
	// Replicas that must have something before it is acknowledged: a majority of them.
	Replicas int
	// Memory says that nothing of it is on a disk.
	Memory bool
	// Async says that it acknowledges what it has not handed to the disk: it is lost when the server is killed.
	Async bool
}

// Kept tells of each stream that there is how it keeps things: facts, dead letters, notes, files. ErrUnavailable.
func (b *Bus) Kept(ctx context.Context) ([]Kept, error) {
	var all []Kept
	for _, name := range []string{streamName, deadName, notesStream, objectStream} {
		stream, err := asked(ctx, func(ctx context.Context) (jetstream.Stream, error) { return b.js.Stream(ctx, name) })
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			continue // made when it is first needed, like the stream of facts
		}
		if err != nil {
			return nil, fmt.Errorf("%w: look at stream %s: %w", ErrUnavailable, name, err)
		}
		cfg := stream.CachedInfo().Config
		all = append(all, Kept{
			Stream: name, Replicas: cfg.Replicas,
			Memory: cfg.Storage == jetstream.MemoryStorage, Async: cfg.PersistMode == jetstream.AsyncPersistMode,
		})
	}
	return all, nil
}
