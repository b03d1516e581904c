package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// errNothing says that nothing of a session is left to wait.
var errNothing = errors.New("nothing waits")

// errFound ends a reading.
var errFound = errors.New("found")

// head reads the event whose turn it is. With errNothing the event says up to where there is none.
func (e *engine) head(ctx context.Context, l *line) (bus.Event, error) {
	next, through := l.span()
	nothing := bus.Event{Seq: through}
	if next > through {
		return nothing, errNothing
	}
	var found bus.Event
	filter := bus.Filter{Project: l.key.project, Session: l.key.session}
	err := e.bus.Replay(ctx, next, filter, func(ev bus.Event) error {
		if ev.Seq > through {
			return errNothing
		}
		if !e.Destination.hears(ev.Type) {
			return nil
		}
		found = ev
		return errFound
	})
	switch {
	case errors.Is(err, errFound):
		return found, nil
	case err == nil, errors.Is(err, errNothing):
		return nothing, errNothing
	default:
		return nothing, fmt.Errorf("read what waits: %w", err)
	}
}

// write puts a line's note into the notebook.
func (e *engine) write(ctx context.Context, l *line) error {
	value, err := json.Marshal(l.note)
	if err != nil {
		return bus.Permanent(err) // a note always marshals
	}
	path := l.key.path(e.Destination.key())
	var revision uint64
	if l.revision == 0 {
		revision, err = e.bus.Notebook().Create(ctx, path, value)
	} else {
		revision, err = e.bus.Notebook().Update(ctx, path, value, l.revision)
	}
	if err != nil {
		return e.unwritten(err)
	}
	l.revision = revision
	return nil
}

// erase takes a line's note out of the notebook.
func (e *engine) erase(ctx context.Context, l *line) error {
	if l.revision == 0 {
		return nil
	}
	if err := e.bus.Notebook().Delete(ctx, l.key.path(e.Destination.key()), l.revision); err != nil {
		return e.unwritten(err)
	}
	return nil
}

// unwritten makes sense of a note that could not be written. When the notebook says something else, another holder has written, or
// this one whose answer was lost: in either case what is remembered here is not to be trusted, and the engine starts over.
func (e *engine) unwritten(err error) error {
	if errors.Is(err, bus.ErrNoteChanged) {
		e.stop(errOutdated)
	}
	return bus.RetryAfter(fmt.Errorf("note that a session waits: %w", err), ownDelay)
}
