package webhook

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

const (
	// concurrency is how many sessions' new events may be on their way to one receiver at once, and retriers how many of those
	// that wait: neither holds up the other.
	concurrency = 64
	retriers    = 16
	// ownDelay is the pause where the trouble is ours, the bus's or the sessions service's: both are back soon.
	ownDelay = 2 * time.Second
)

// engine serves a destination for one holding of its lease, or a part of that.
type engine struct {
	Options
	bus   *bus.Bus
	bury  func(ctx context.Context, seq uint64, attempts int, why error) error
	done  *recent
	queue *queue
	names names
	// failing: the receiver has not taken anything since it last failed.
	failing atomic.Bool
	// stopping ends with this engine; stop ends it, and its cause says why.
	stopping context.Context
	stop     context.CancelCauseFunc
}

// Why an engine ends by itself.
var (
	errDisabled = errors.New("the receiver answered 410")
	errOutdated = errors.New("the notebook says something else")
)

// handle takes one new event. Events of one session come one after another.
func (e *engine) handle(ctx context.Context, ev bus.Event) error {
	key := lineKey{ev.Project, ev.Session}
	if e.done.covers(key, ev.Seq) {
		return nil
	}
	if l := e.queue.get(key); l != nil {
		if joined, err := e.join(ctx, l, ev); joined {
			return err
		}
		if e.done.covers(key, ev.Seq) { // it had come before, and was worked off
			return nil
		}
	}
	err := e.deliver(ctx, ev)
	failure, refused := errors.AsType[*Failure](err)
	switch {
	case err == nil:
		e.done.done(key, ev.Seq)
		return nil
	case refused && failure.Reason == Gone:
		return e.disable(ctx, ev, failure)
	case refused:
		return e.wait(ctx, ev, failure)
	case bus.IsPermanent(err):
		e.Metrics.died()
		return err
	default:
		return bus.RetryAfter(err, ownDelay)
	}
}

// join puts an event behind those of its session that wait; false when none does any more.
func (e *engine) join(ctx context.Context, l *line, ev bus.Event) (joined bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return false, nil
	}
	if l.revision != 0 && ev.Seq <= l.note.Through {
		return true, nil // noted, and its acknowledgement was lost
	}
	l.note.Through = max(l.note.Through, ev.Seq)
	return true, e.write(ctx, l)
}

// wait makes a session wait with an event that has failed for the first time.
func (e *engine) wait(ctx context.Context, ev bus.Event, failure *Failure) error {
	if e.stopping.Err() != nil {
		// A successor may have read the notebook already, and would never know. It gets the event itself.
		return bus.RetryAfter(failure, ownDelay)
	}
	delay, _ := nextDelay(1, failure.After)
	l := &line{key: lineKey{ev.Project, ev.Session}, note: note{
		Next: ev.Seq, Through: ev.Seq, Attempts: 1, Due: e.Clock.Now().Add(delay), Told: failure.After > 0, Since: ev.Time,
	}}
	e.Log.Info("a session waits", zap.String("session", ev.Session.Short()), zap.Uint64("seq", ev.Seq), zap.Duration("for", delay), zap.Error(failure))
	l.mu.Lock()
	defer l.mu.Unlock()
	e.queue.add(l)
	defer func() { e.queue.rest(l, l.note.Due, l.note.Since, l.note.Told, false) }()
	return e.write(ctx, l)
}

// retry works off what waits of a session, until an attempt fails or the engine ends. ctx is for beginning something, calls for
// what was begun.
func (e *engine) retry(ctx, calls context.Context, l *line, early bool) {
	for ; ctx.Err() == nil; early = false {
		ev, err := e.head(calls, l)
		if err == nil {
			err = e.deliver(calls, ev)
		}
		if !e.conclude(calls, l, ev, err, early) {
			return
		}
	}
}

// conclude draws the consequence of an attempt, and tells whether the next event may be tried at once.
func (e *engine) conclude(ctx context.Context, l *line, ev bus.Event, err error, early bool) (goOn bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	failure, refused := errors.AsType[*Failure](err)
	switch {
	case err == nil:
		err = e.advance(ctx, l, ev.Seq)
	case errors.Is(err, errNothing):
		err = e.advance(ctx, l, ev.Seq) // erased, or nothing that this destination hears
	case bus.IsPermanent(err):
		err = e.giveUp(ctx, l, ev, err)
	case refused && failure.Reason == Gone:
		err = e.disable(ctx, ev, failure)
	case refused && early:
		e.queue.rest(l, l.note.Due, l.note.Since, l.note.Told, true)
		return false
	case refused:
		if err = e.postpone(ctx, l, ev, failure); err == nil && l.note.Attempts > 0 {
			e.queue.rest(l, l.note.Due, l.note.Since, l.note.Told, false)
			return false
		}
	}
	if err != nil {
		e.Log.Info("a waiting session is tried again soon", zap.String("session", l.key.session.Short()), zap.Error(err))
		until := e.Clock.Now().Add(ownDelay)
		if early {
			until = l.note.Due
		}
		e.queue.rest(l, until, l.note.Since, false, early)
		return false
	}
	return !l.ended
}

// postpone puts the event whose turn it is off until its next attempt, or gives it up after the last.
func (e *engine) postpone(ctx context.Context, l *line, ev bus.Event, failure *Failure) error {
	delay, ok := nextDelay(l.note.Attempts+1, failure.After)
	if !ok {
		l.note.Attempts++
		return e.giveUp(ctx, l, ev, failure)
	}
	l.note.Attempts++
	l.note.Due, l.note.Told, l.note.Since = e.Clock.Now().Add(delay), failure.After > 0, ev.Time
	return e.write(ctx, l)
}

// giveUp puts the event whose turn it is among the dead letters.
func (e *engine) giveUp(ctx context.Context, l *line, ev bus.Event, why error) error {
	if err := e.bury(ctx, ev.Seq, l.note.Attempts, why); err != nil {
		return fmt.Errorf("bury event %d: %w", ev.Seq, err)
	}
	e.Metrics.died()
	e.Log.Error("event went to the dead letters", zap.Uint64("seq", ev.Seq), zap.Error(why))
	return e.advance(ctx, l, ev.Seq)
}

// advance notes that a session is done up to a stream sequence, and ends the waiting when that was all.
func (e *engine) advance(ctx context.Context, l *line, seq uint64) error {
	e.done.done(l.key, seq)
	l.note.Next, l.note.Attempts, l.note.Told = seq+1, 0, false
	if l.note.Next <= l.note.Through {
		return e.write(ctx, l)
	}
	if err := e.erase(ctx, l); err != nil {
		return err
	}
	l.ended = true
	e.queue.remove(l)
	return nil
}
