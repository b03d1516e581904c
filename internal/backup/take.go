package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// Take writes a backup of a bus into a directory, which is made unless it is there and empty. Services may go on. What an error leaves
// behind has no manifest. It wraps ErrNotEmpty.
func Take(ctx context.Context, b *bus.Bus, dir, version string) (Manifest, error) {
	m := Manifest{Format: format, Version: version, Begun: time.Now().UTC()}
	if err := prepare(dir); err != nil {
		return m, err
	}
	names, err := b.Snapshotted(ctx)
	if err != nil {
		return m, err
	}
	for _, name := range names { // in the order that the bus says
		s, err := take(ctx, b, dir, name)
		if err != nil {
			return m, err
		}
		m.Streams = append(m.Streams, s)
	}
	m.Ended = time.Now().UTC()
	return m, m.write(dir)
}

// prepare makes the directory, or takes an empty one, for its owner alone.
func prepare(dir string) error {
	found, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make directory: %w", err)
		}
		return syncDir(filepath.Dir(filepath.Clean(dir)))
	case err != nil:
		return fmt.Errorf("look into directory: %w", err)
	case len(found) > 0:
		return fmt.Errorf("%s: %w", dir, ErrNotEmpty)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("close directory to others: %w", err)
	}
	return nil
}

func take(ctx context.Context, b *bus.Bus, dir, name string) (Stream, error) {
	s := Stream{File: fileOf(name)}
	path := filepath.Join(dir, s.File)
	f, err := create(path)
	if err != nil {
		return s, err
	}
	sum := sha256.New()
	counted := &counter{}
	s.Snapshot, err = b.Snapshot(ctx, name, io.MultiWriter(f, sum, counted))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return s, err
	}
	s.Size, s.SHA256 = counted.bytes, hex.EncodeToString(sum.Sum(nil))
	return s, s.readBack(path)
}

type counter struct{ bytes int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	return len(p), nil
}
