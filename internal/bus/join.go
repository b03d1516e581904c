package bus

import (
	"context"
	"fmt"
)

// MarshalJSON is the event as it stands on the bus: a CloudEvents object.
func (e Event) MarshalJSON() ([]byte, error) { return e.encode() }

// joinStream takes the stream as it is: a program that only looks must not change how it is kept.
func (b *Bus) joinStream(ctx context.Context) error {
	stream, err := b.js.Stream(ctx, streamName)
	if err != nil {
		return fmt.Errorf("%w: find the stream: %w", ErrUnavailable, err)
	}
	b.stream = stream
	b.saw(stream.CachedInfo())
	return nil
}

// End is the stream sequence of the newest event of all, 0 for none.
func (b *Bus) End(ctx context.Context) (uint64, error) { return b.end(ctx) }
