package erase

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

const (
	// lease has one process at a time erase.
	lease = "sessions.erase"
	// roundEvery is how often is looked whether there is anything to erase.
	roundEvery = time.Second
	// batch is how many sessions are worked on in one round.
	batch = 100
	// settle is how long after an erasure what was on its way may still arrive: a request that had found the session, a handler that
	// had the event in its hands. Its last sweep comes after that. Both have ten seconds.
	settle = 12 * time.Second
	// patience is how long a platform may take. One that is not configured any more never answers.
	patience = 24 * time.Hour
	// keepsTomb is how long it is remembered that a session was erased, so that what comes late is refused.
	keepsTomb = 30 * 24 * time.Hour
	// ageEvery is how often conversations whose time is over are looked for.
	ageEvery = time.Minute
)

// Retention is how long conversations are kept that nobody erases. Zero keeps them for ever.
type Retention struct {
	// Conversations in which nothing has happened for so long are erased.
	Conversations time.Duration
	// Silent is the same for sessions in which nobody has ever written.
	Silent time.Duration
}

// Options of an Eraser.
type Options struct {
	Store     store.Store
	Bus       *bus.Bus
	Projector *projection.Projector
	// Retention of each project.
	Retention map[id.Project]Retention
	Log       *zap.Logger
}

// Eraser erases.
type Eraser struct {
	Options
	files *file.Store
	// next is when a session is to be swept again, and found what its sweeps have found.
	next  map[store.Key]time.Time
	found map[store.Key]int
	aged  time.Time
}

// Run erases whenever this process holds the lease, until ctx ends.
func Run(ctx context.Context, o Options) error {
	return o.Bus.Hold(ctx, lease, string(id.NewMessage()), o.Log, func(ctx context.Context) error {
		e := &Eraser{Options: o, next: map[store.Key]time.Time{}, found: map[store.Key]int{}}
		return e.hold(ctx)
	})
}

func (e *Eraser) hold(ctx context.Context) (err error) {
	if e.files, err = file.New(ctx, e.Bus); err != nil {
		if ctx.Err() == nil {
			e.Log.Warn("erasing waits", zap.Error(err))
		}
		return nil
	}
	tick := time.NewTicker(roundEvery)
	defer tick.Stop()
	for {
		if err := e.round(ctx); err != nil && ctx.Err() == nil {
			e.Log.Warn("erasing waits", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// round does everything whose time has come.
func (e *Eraser) round(ctx context.Context) error {
	if time.Since(e.aged) > ageEvery {
		if err := e.age(ctx); err != nil {
			return err
		}
		e.aged = time.Now()
	}
	keys, err := e.Store.Erasing(ctx, batch)
	if err != nil {
		return fmt.Errorf("look for erasures: %w", err)
	}
	var due []tomb
	for _, key := range keys {
		t, err := e.look(ctx, key)
		if err != nil {
			return err
		}
		if t.due(e.next[key]) {
			due = append(due, t)
		}
	}
	if len(due) == 0 {
		return nil
	}
	return e.sweep(ctx, due)
}

// look reads what is left of a session, has it planned, and gives up on platforms that do not answer.
func (e *Eraser) look(ctx context.Context, key store.Key) (tomb, error) {
	record, err := e.Store.Session(ctx, key)
	if err != nil {
		return tomb{}, fmt.Errorf("look at an erased session: %w", err)
	}
	t := tomb{key: key, record: record}
	var facts []bus.Event
	if t.erasure().GetPlannedSeq() == 0 {
		facts = t.plan()
	}
	if time.Since(t.erasure().GetAt().AsTime()) > patience {
		facts = append(facts, t.unanswered()...)
	}
	if len(facts) == 0 {
		return t, nil
	}
	seq, err := e.Bus.Publish(ctx, facts...)
	if err == nil {
		err = e.Projector.Wait(ctx, key.Session.Part(), seq)
	}
	if err == nil {
		t.record, err = e.Store.Session(ctx, key)
	}
	if err != nil {
		return tomb{}, fmt.Errorf("plan an erasure: %w", err)
	}
	return t, nil
}
