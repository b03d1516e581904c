package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
)

// waiting are the topics in which this process has parked something, and when to look at each.
type waiting struct {
	mu   sync.Mutex
	due  map[telegram.Place]time.Time
	wake chan struct{}
}

func newWaiting() *waiting {
	return &waiting{due: map[telegram.Place]time.Time{}, wake: make(chan struct{}, 1)}
}

// add has a topic looked at after a while.
func (w *waiting) add(at telegram.Place, after time.Duration) {
	w.mu.Lock()
	w.due[at] = time.Now().Add(after)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take are the topics that are due, and how long nothing else is.
func (w *waiting) take(now time.Time) (ready []telegram.Place, next time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	next = time.Hour
	for at, due := range w.due {
		if wait := due.Sub(now); wait > 0 {
			next = min(next, wait)
			continue
		}
		ready = append(ready, at)
		delete(w.due, at)
	}
	return ready, next
}

// joinAgain is the pause before what could not be joined is tried again.
const joinAgain = 2 * time.Second

// Albums makes messages of what this process has parked, until ctx ends. What is left then is seen to by whoever holds the lease.
func (b *Bot) Albums(ctx context.Context) error {
	var joins sync.WaitGroup
	defer joins.Wait()
	for {
		ready, next := b.waiting.take(time.Now())
		for _, at := range ready {
			joins.Go(func() { b.look(ctx, at) })
		}
		timer := time.NewTimer(next)
		select {
		case <-timer.C:
		case <-b.waiting.wake:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		timer.Stop()
	}
}

// look joins what is parked in a topic, if nothing more of it is to be expected.
func (b *Bot) look(ctx context.Context, at telegram.Place) {
	a, _, err := b.readAlbum(ctx, at)
	if err == nil && len(a.Items) > 0 {
		if left := albumWindow - time.Since(a.Changed); left > 0 { // another process has parked more
			b.waiting.add(at, left)
			return
		}
		err = b.join(ctx, at)
	}
	if err != nil && ctx.Err() == nil {
		b.log.Warn("a parked album waits", zap.Error(err))
		b.waiting.add(at, joinAgain)
	}
}

// tidy makes messages of what lies about, and forgets albums that are long done, until ctx ends. One process does so.
func (b *Bot) tidy(ctx context.Context) {
	for sleep(ctx, tidyEvery) {
		notes, err := b.desk.Bus.Notebook().List(ctx, b.albumsNote())
		if err != nil {
			b.log.Warn("parked albums could not be looked at", zap.Error(err))
			continue
		}
		for _, note := range notes {
			b.tidyNote(ctx, note)
		}
	}
}

// tidyEvery is how often albums are looked for that nobody sees to.
const tidyEvery = 3 * time.Second

func (b *Bot) tidyNote(ctx context.Context, note bus.Note) {
	at, ok := placeOf(note.Key)
	var a album
	if !ok || json.Unmarshal(note.Value, &a) != nil {
		return
	}
	var err error
	switch age := time.Since(a.Changed); {
	case len(a.Items) > 0 && age >= albumWindow+tidyEvery:
		err = b.join(ctx, at)
	case len(a.Items) == 0 && age >= albumKept:
		err = b.desk.Bus.Notebook().Delete(ctx, note.Key, note.Revision)
	}
	if err != nil && !errors.Is(err, bus.ErrNoteChanged) && ctx.Err() == nil {
		b.log.Warn("a parked album waits", zap.Error(err))
	}
}
