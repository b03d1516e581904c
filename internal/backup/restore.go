package backup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// Restored tells what became of a stream.
type Restored struct {
	Stream string
	// Was is what the backup has of it, and Is what the bus has now: less when some of it was older than it is kept.
	Was, Is bus.Extent
}

// Restore makes the streams of a directory, which is checked as a whole before, on a bus that has none of them. The events come last:
// without them no service has begun to work, and one that is started too early makes it fail. After an error it answers what was
// restored before that. It wraps ErrUnfinished, ErrDamaged or ErrOccupied.
func Restore(ctx context.Context, b *bus.Bus, dir string) (Manifest, []Restored, error) {
	m, err := Open(dir)
	if err != nil {
		return m, nil, err
	}
	there, err := b.Snapshotted(ctx)
	if err != nil {
		return m, nil, err
	}
	if len(there) > 0 {
		return m, nil, fmt.Errorf("%w: it has %s already", ErrOccupied, strings.Join(there, ", "))
	}
	streams := slices.Clone(m.Streams)
	slices.SortStableFunc(streams, func(x, y Stream) int { return order(x) - order(y) })
	var done []Restored
	for _, s := range streams {
		r, err := s.restore(ctx, b, dir)
		if err != nil {
			return m, done, err
		}
		done = append(done, r)
	}
	return m, done, nil
}

// order puts the events behind all others.
func order(s Stream) int {
	if s.Stream == bus.Facts {
		return 1
	}
	return 0
}

func (s Stream) restore(ctx context.Context, b *bus.Bus, dir string) (r Restored, err error) {
	r.Stream = s.Stream
	if r.Was, err = s.Extent(); err != nil {
		return r, err
	}
	f, err := os.Open(filepath.Join(dir, s.File))
	if err != nil {
		return r, fmt.Errorf("restore stream %s: %w", s.Stream, err)
	}
	defer f.Close()
	r.Is, err = b.Restore(ctx, s.Snapshot, f)
	return r, err
}
