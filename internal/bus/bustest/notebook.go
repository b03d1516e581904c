package bustest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// race runs f once on each of several connections, all at the same time, and answers how many had no error. The others must
// have had the given one.
func (w *world) race(loser error, f func(b *bus.Bus, n int) error) (winners []int) {
	w.Helper()
	const racers = 4
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	errs := make([]error, racers)
	for n := range racers {
		b := w.connect()
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			errs[n] = f(b, n)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	for n, err := range errs {
		if err == nil {
			winners = append(winners, n)
		} else if !errors.Is(err, loser) {
			w.Errorf("racer %d: %v", n, err)
		}
	}
	return winners
}

// patiently calls f again while the bus does not answer: of several who make a bucket at once on a cluster, one may wait in
// vain. What f does must be safe to repeat.
func (w *world) patiently(f func(ctx context.Context) error) error {
	ctx := w.context()
	err := f(ctx)
	for errors.Is(err, bus.ErrUnavailable) && ctx.Err() == nil {
		err = f(ctx)
	}
	return err
}

func noteIsWrittenOnce(_ *testing.T, w *world) {
	key := w.name + "/the odd. *key>"
	_, err := w.bus.Notebook().Get(w.context(), key) // makes the bucket, so that the race is about the note
	for errors.Is(err, bus.ErrUnavailable) {
		_, err = w.bus.Notebook().Get(w.context(), key)
	}
	if !errors.Is(err, bus.ErrNoNote) {
		w.Fatalf("before it is written: %v", err)
	}
	winners := w.race(bus.ErrNoteChanged, func(b *bus.Bus, n int) error {
		return w.patiently(func(ctx context.Context) error {
			_, err := b.Notebook().Create(ctx, key, fmt.Append(nil, n))
			return err
		})
	})
	if len(winners) != 1 {
		w.Fatalf("%v have written the same note", winners)
	}
	note, err := w.connect().Notebook().Get(w.context(), key)
	w.must(err)
	if string(note.Value) != fmt.Sprint(winners[0]) || note.Key != key {
		w.Errorf("read %+v, %d has written it", note, winners[0])
	}
	for _, bad := range []string{"", "/", "a//b", w.name + "/"} {
		if _, err := w.bus.Notebook().Create(w.context(), bad, nil); err == nil {
			w.Errorf("key %q was taken", bad)
		}
	}
	large := make([]byte, bus.MaxNoteBytes+1)
	if _, err := w.bus.Notebook().Create(w.context(), w.name+"/large", large); !errors.Is(err, bus.ErrTooLarge) {
		w.Errorf("too large: %v", err)
	}
	_, err = w.bus.Notebook().Create(w.context(), w.name+"/large", large[1:])
	w.must(err)
}

func noteChangesFromWhatWasRead(_ *testing.T, w *world) {
	book, key := w.bus.Notebook(), w.name+"/counter"
	w.must(w.patiently(func(ctx context.Context) error {
		_, err := book.Create(ctx, key, []byte("0"))
		if errors.Is(err, bus.ErrNoteChanged) {
			return nil // an attempt whose answer was lost
		}
		return err
	}))
	note, err := book.Get(w.context(), key)
	w.must(err)
	winners := w.race(bus.ErrNoteChanged, func(b *bus.Bus, n int) error {
		_, err := b.Notebook().Update(w.context(), key, fmt.Append(nil, n), note.Revision)
		return err
	})
	if len(winners) != 1 {
		w.Fatalf("%v have changed the same revision", winners)
	}
	now, err := book.Get(w.context(), key)
	w.must(err)
	if string(now.Value) != fmt.Sprint(winners[0]) || now.Revision <= note.Revision {
		w.Errorf("read %+v, %d has changed it", now, winners[0])
	}
	if err := book.Delete(w.context(), key, note.Revision); !errors.Is(err, bus.ErrNoteChanged) {
		w.Errorf("deleted at an older revision: %v", err)
	}
	rev, err := book.Update(w.context(), key, []byte("last"), now.Revision)
	w.must(err)
	w.must(book.Delete(w.context(), key, rev))
	if _, err := book.Update(w.context(), key, nil, rev); !errors.Is(err, bus.ErrNoteChanged) {
		w.Errorf("changed after it was deleted: %v", err)
	}
}

func deletedNote(_ *testing.T, w *world) {
	book, key := w.bus.Notebook(), w.name+"/gone"
	w.must(w.patiently(func(ctx context.Context) error { return book.Delete(ctx, key, 0) }))
	for _, value := range []string{"first", "second"} {
		_, err := book.Create(w.context(), key, []byte(value))
		w.must(err)
		note, err := book.Get(w.context(), key)
		w.must(err)
		if string(note.Value) != value {
			w.Errorf("read %q, want %q", note.Value, value)
		}
		w.must(book.Delete(w.context(), key, 0))
		if _, err := book.Get(w.context(), key); !errors.Is(err, bus.ErrNoNote) {
			w.Errorf("after it was deleted: %v", err)
		}
	}
}

func notesAreListed(_ *testing.T, w *world) {
	book := w.bus.Notebook()
	list := func(below string) []string {
		var notes []bus.Note
		w.must(w.patiently(func(ctx context.Context) (err error) {
			notes, err = book.List(ctx, below)
			return err
		}))
		var keys []string
		for _, note := range notes {
			if strings.HasPrefix(note.Key, w.name) {
				keys = append(keys, note.Key+"="+string(note.Value))
			}
		}
		return keys
	}
	w.same("before anything is written", list(w.name), nil)
	for _, key := range []string{"b", "a.b/*", "a", "a.b"} {
		_, err := book.Create(w.context(), w.name+"/"+key, []byte(key))
		w.must(err)
	}
	_, err := book.Create(w.context(), w.name, []byte("itself"))
	w.must(err)
	w.must(book.Delete(w.context(), w.name+"/a", 0))
	w.same("below the path", list(w.name), []string{w.name + "/a.b=a.b", w.name + "/a.b/*=a.b/*", w.name + "/b=b"})
	w.same("below a name", list(w.name+"/a.b"), []string{w.name + "/a.b/*=a.b/*"})
	if !slices.Contains(list(""), w.name+"=itself") {
		w.Error("the whole notebook lacks a note")
	}
}

func notebookIsMadeAnew(_ *testing.T, w *world) {
	book := w.bus.Notebook()
	_, err := book.Create(w.context(), w.name, []byte("before"))
	w.must(err)
	w.must(w.jetstream().DeleteStream(w.context(), "KV_BELLHOP_NOTES"))
	w.must(w.patiently(func(ctx context.Context) error {
		_, err := book.Create(ctx, w.name, []byte("after"))
		return err
	}))
}
