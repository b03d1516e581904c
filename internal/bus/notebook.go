package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	notesBucket  = "BELLHOP_NOTES"
	notesStream  = "KV_" + notesBucket
	notesPrefix  = "$KV." + notesBucket + "."
	notesSubject = notesPrefix + ">"
	// MaxNoteBytes bounds the value of one note: a notebook is no store of documents.
	MaxNoteBytes = 64 << 10
	// noteMarkerTTL is how long the mark that a deleted note leaves behind takes up space.
	noteMarkerTTL = time.Minute
)

// Note is one entry of the notebook.
type Note struct {
	Key   string
	Value []byte
	// Revision grows with every writing. It is what Update and Delete compare.
	Revision uint64
}

// Notebook keeps the few small things that services must agree on and that are no facts of a session: a key that all share,
// the registered receivers of webhooks. Notes never expire. Reading sees what was written before, whoever wrote it.
//
// A key is a path like "webhook/orders" of non-empty names; a name may hold any character but the slash.
type Notebook struct {
	bus *Bus
	mu  sync.Mutex
	kv  jetstream.KeyValue
}

// Notebook is the notebook of this bus. There is one, and every process sees the same.
func (b *Bus) Notebook() *Notebook { return &b.notes }

// Get reads a note. Errors: ErrNoNote, ErrUnavailable.
func (n *Notebook) Get(ctx context.Context, key string) (Note, error) {
	return use(ctx, n, key, func(ctx context.Context, kv jetstream.KeyValue, token string) (Note, error) {
		entry, err := kv.Get(ctx, token)
		if err != nil {
			return Note{}, err
		}
		return Note{Key: key, Value: entry.Value(), Revision: entry.Revision()}, nil
	})
}

// Create writes a note that must not exist and answers its revision. Errors: ErrNoteChanged when it does, ErrTooLarge, and
// ErrUnavailable when it may or may not have been written.
func (n *Notebook) Create(ctx context.Context, key string, value []byte) (uint64, error) {
	if len(value) > MaxNoteBytes {
		return 0, fmt.Errorf("%w: note %s has %d bytes", ErrTooLarge, key, len(value))
	}
	return use(ctx, n, key, func(ctx context.Context, kv jetstream.KeyValue, token string) (uint64, error) {
		return kv.Create(ctx, token, value)
	})
}

// Update writes a note anew if its revision is still the one that was read, and answers the new revision. Errors as of Create.
func (n *Notebook) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if len(value) > MaxNoteBytes {
		return 0, fmt.Errorf("%w: note %s has %d bytes", ErrTooLarge, key, len(value))
	}
	return use(ctx, n, key, func(ctx context.Context, kv jetstream.KeyValue, token string) (uint64, error) {
		return kv.Update(ctx, token, value, revision)
	})
}

// Delete removes a note if its revision is still the one that was read; revision 0 removes whatever there is, and nothing is
// not an error then. Errors: ErrNoteChanged, ErrUnavailable.
func (n *Notebook) Delete(ctx context.Context, key string, revision uint64) error {
	_, err := use(ctx, n, key, func(ctx context.Context, kv jetstream.KeyValue, token string) (struct{}, error) {
		return struct{}{}, kv.Purge(ctx, token, jetstream.LastRevision(revision), jetstream.PurgeTTL(noteMarkerTTL))
	})
	return err
}

// List reads all notes below a path ("webhook" has "webhook/orders", and not itself), or all that there are for "", in the
// order of their keys.
func (n *Notebook) List(ctx context.Context, below string) ([]Note, error) {
	filter := ">"
	if below != "" {
		token, err := noteToken(below)
		if err != nil {
			return nil, err
		}
		filter = token + ".>"
	}
	return ask(ctx, n, below, filter, n.readAll)
}

// readAll asks the bucket's leader which notes there are, and then for each. A watch would do it in one go, and may be answered by
// a replica that lags.
func (n *Notebook) readAll(ctx context.Context, kv jetstream.KeyValue, filter string) ([]Note, error) {
	stream, err := n.bus.js.Stream(ctx, notesStream)
	if err != nil {
		return nil, err
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(notesPrefix+filter))
	if err != nil {
		return nil, err
	}
	var notes []Note
	for subject := range info.State.Subjects {
		token := strings.TrimPrefix(subject, notesPrefix)
		key, err := noteKey(token)
		if err != nil {
			continue // written by somebody who does not know the keys
		}
		switch entry, err := kv.Get(ctx, token); {
		case errors.Is(err, jetstream.ErrKeyNotFound): // deleted, and only the mark of that is left
		case err != nil:
			return nil, err
		default:
			notes = append(notes, Note{Key: key, Value: entry.Value(), Revision: entry.Revision()})
		}
	}
	slices.SortFunc(notes, func(a, b Note) int { return strings.Compare(a.Key, b.Key) })
	return notes, nil
}

// use runs f on one note.
func use[T any](ctx context.Context, n *Notebook, key string, f func(context.Context, jetstream.KeyValue, string) (T, error)) (T, error) {
	var none T
	token, err := noteToken(key)
	if err != nil {
		return none, err
	}
	return ask(ctx, n, key, token, f)
}

// ask runs f on the bucket within requestTimeout, and tells its errors in the notebook's words.
func ask[T any](ctx context.Context, n *Notebook, key, token string, f func(context.Context, jetstream.KeyValue, string) (T, error)) (T, error) {
	var none T
	kv, err := n.open(ctx)
	if err != nil {
		return none, fmt.Errorf("%w: open the notebook: %w", ErrUnavailable, err)
	}
	answer, err := within(ctx, requestTimeout, func(ctx context.Context) (T, error) { return f(ctx, kv, token) })
	switch {
	case err == nil:
		return answer, nil
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return none, fmt.Errorf("%w: %s", ErrNoNote, key)
	case taken(err):
		return none, fmt.Errorf("%w: %s", ErrNoteChanged, key)
	}
	n.forget() // the bucket may have been deleted
	return none, fmt.Errorf("%w: note %s: %w", ErrUnavailable, key, err)
}

// open finds the bucket or makes it.
func (n *Notebook) open(ctx context.Context) (jetstream.KeyValue, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.kv != nil {
		return n.kv, nil
	}
	_, err := n.bus.place(ctx, jetstream.StreamConfig{
		Name: notesStream, Subjects: []string{notesSubject}, Storage: jetstream.FileStorage,
		MaxMsgsPerSubject: 1, MaxMsgSize: MaxNoteBytes + 4096, Discard: jetstream.DiscardNew, AllowRollup: true, DenyDelete: true,
		AllowMsgTTL: true,
		// A replica that lags must not answer: whoever was refused because a note exists reads that note next.
		AllowDirect: false,
	})
	if err != nil {
		return nil, err
	}
	n.kv, err = within(ctx, requestTimeout, func(ctx context.Context) (jetstream.KeyValue, error) {
		return n.bus.js.KeyValue(ctx, notesBucket)
	})
	if err != nil {
		n.kv = nil
		return nil, err
	}
	return n.kv, nil
}

func (n *Notebook) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.kv = nil
}
