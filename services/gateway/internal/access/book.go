package access

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/apikey"
	"github.com/bellhop-chat/bellhop/internal/bus"
)

const (
	// fresh is how long what the notebook said of a key is believed: one look-up for each key that is in use.
	fresh = 500 * time.Millisecond
	// maxKnown bounds what is remembered of keys.
	maxKnown = 10_000
	// noted is how often a key's use is written down.
	noted = time.Minute
	// flush is how often what was used is looked through.
	flush = time.Second
)

// Book knows the keys that were made, for half a second each.
type Book struct {
	notes *bus.Notebook
	log   *zap.Logger

	mu    sync.Mutex
	known map[string]answer    // by token
	used  map[string]time.Time // by key id: when it was used last
	wrote map[string]time.Time // and what of that was written down
}

type answer struct {
	key apikey.Key
	err error
	at  time.Time
}

// NewBook makes a book. Run must run for uses to be noted.
func NewBook(notes *bus.Notebook, log *zap.Logger) *Book {
	return &Book{notes: notes, log: log, known: map[string]answer{}, used: map[string]time.Time{}, wrote: map[string]time.Time{}}
}

// Find answers the key that a token is. Errors: apikey.ErrUnknown, bus.ErrUnavailable.
func (b *Book) Find(ctx context.Context, token string) (apikey.Key, error) {
	if !apikey.Looks(token) {
		return apikey.Key{}, apikey.ErrUnknown
	}
	b.mu.Lock()
	found, ok := b.known[token]
	b.mu.Unlock()
	if ok && time.Since(found.at) < fresh {
		return found.key, found.err
	}
	asked := time.Now()
	key, err := apikey.Find(ctx, b.notes, token)
	if err != nil && !errors.Is(err, apikey.ErrUnknown) {
		return apikey.Key{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.known) >= maxKnown {
		clear(b.known)
	}
	b.known[token] = answer{key, err, asked}
	if err == nil {
		b.used[key.ID] = asked
	}
	return key, err
}

// Run notes which keys were used, until ctx ends.
func (b *Book) Run(ctx context.Context) error {
	tick := time.NewTicker(flush)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			b.note(ctx)
		}
	}
}

// note writes down which keys were used since it was last written, at most once a minute each.
func (b *Book) note(ctx context.Context) {
	due := map[string]time.Time{}
	b.mu.Lock()
	for keyID, at := range b.used {
		if at.Sub(b.wrote[keyID]) >= noted {
			due[keyID] = at
		}
	}
	b.mu.Unlock()
	for keyID, at := range due {
		if err := apikey.Used(ctx, b.notes, keyID, at); err != nil {
			b.log.Warn("use of an API key not noted", zap.String("key", keyID), zap.Error(err))
			return
		}
		b.mu.Lock()
		b.wrote[keyID] = at
		b.mu.Unlock()
	}
}
