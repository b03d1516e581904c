package file

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

const (
	// keyNote is where the notebook has the key.
	keyNote  = "files/key"
	keyBytes = 32
	// keyPause is between two tries to find the key.
	keyPause = 200 * time.Millisecond
)

// sharedKey reads the key from the notebook. Whoever comes first has written it.
func sharedKey(ctx context.Context, notes *bus.Notebook) ([]byte, error) {
	for {
		key, err := askKey(ctx, notes)
		if err == nil || !errors.Is(err, bus.ErrUnavailable) {
			return key, err
		}
		select {
		case <-time.After(keyPause):
		case <-ctx.Done():
			return nil, err
		}
	}
}

func askKey(ctx context.Context, notes *bus.Notebook) ([]byte, error) {
	note, err := notes.Get(ctx, keyNote)
	if errors.Is(err, bus.ErrNoNote) {
		fresh := make([]byte, keyBytes)
		_, _ = rand.Read(fresh) // never fails since Go 1.24: it ends the program instead
		if _, err = notes.Create(ctx, keyNote, fresh); err == nil {
			return fresh, nil
		}
		if errors.Is(err, bus.ErrNoteChanged) {
			note, err = notes.Get(ctx, keyNote)
		}
	}
	if err != nil {
		return nil, err
	}
	if len(note.Value) != keyBytes {
		return nil, fmt.Errorf("note %s is no key", keyNote)
	}
	return note.Value, nil
}
