package bellhop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// PositionStore keeps the ID of the last event that was handled, so that Listen goes on behind it. What listens at the same time
// needs a store each. An error of Save is treated as one of a handler: it is tried again before anything else is handled.
type PositionStore interface {
	// Load answers the ID, or "" when there is none yet.
	Load(ctx context.Context) (string, error)
	// Save replaces it.
	Save(ctx context.Context, id string) error
}

// memory keeps a position as long as the process lives.
type memory struct {
	mu sync.Mutex
	id string
}

func (m *memory) Load(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.id, nil
}

func (m *memory) Save(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.id = id
	return nil
}

// FilePosition keeps a position in a file, which is replaced as a whole. It is not synced to disk: after a power failure a few events
// may come again.
func FilePosition(path string) PositionStore { return file(path) }

type file string

func (f file) Load(context.Context) (string, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read position: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

func (f file) Save(_ context.Context, id string) error {
	temp, err := os.CreateTemp(filepath.Dir(string(f)), filepath.Base(string(f))+".*")
	if err != nil {
		return fmt.Errorf("write position: %w", err)
	}
	_, err = temp.WriteString(id + "\n")
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), string(f))
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // the error that matters is the first
		return fmt.Errorf("write position: %w", err)
	}
	return nil
}
