package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// disabledNote says that an address has answered 410.
type disabledNote struct {
	// Mark is the address's, not the address.
	Mark string    `json:"mark"`
	At   time.Time `json:"at"`
}

func disabledPath(destination string) string { return rootPath(destination) + "/disabled" }

// disable remembers that the receiver is gone, and ends the engine. Nothing is lost by that: the event stays where it is, and
// what comes stays in the stream, for as long as the bus keeps it.
func (e *engine) disable(ctx context.Context, ev bus.Event, failure *Failure) error {
	value, err := json.Marshal(disabledNote{Mark: e.Destination.mark, At: e.Clock.Now()})
	if err != nil {
		return bus.Permanent(err) // a note always marshals
	}
	if _, err := e.bus.Notebook().Create(ctx, disabledPath(e.Destination.key()), value); err != nil && !errors.Is(err, bus.ErrNoteChanged) {
		return bus.RetryAfter(fmt.Errorf("note that the receiver is gone: %w", err), ownDelay)
	}
	e.Log.Error("the receiver has answered 410: nothing is sent to it until its address is changed or it is enabled again",
		zap.Uint64("seq", ev.Seq))
	e.stop(errDisabled)
	return bus.RetryAfter(failure, ownDelay)
}

// awaitEnabled returns when events may be sent.
func (s *server) awaitEnabled(ctx context.Context) error {
	path := disabledPath(s.Destination.key())
	for told := false; ; {
		note, err := s.bus.Notebook().Get(ctx, path)
		if errors.Is(err, bus.ErrNoNote) {
			s.Metrics.disable(false)
			s.Tell("")
			return nil
		}
		if err != nil {
			Pause(ctx, ownDelay)
			return fmt.Errorf("read whether the receiver is gone: %w", err)
		}
		var was disabledNote
		if json.Unmarshal(note.Value, &was) == nil && was.Mark != s.Destination.mark {
			s.Log.Info("the address is another one: events are sent again")
			if err := s.bus.Notebook().Delete(ctx, path, note.Revision); err != nil {
				return fmt.Errorf("forget that the former receiver is gone: %w", err)
			}
			continue
		}
		s.Metrics.disable(true)
		if !told {
			told = true
			s.Log.Warn("the receiver has answered 410: nothing is sent to it", zap.Time("since", was.At))
			s.Tell("the receiver has answered 410: nothing is sent to it until its address is changed or it is enabled again")
		}
		Pause(ctx, s.Poll)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// Enable lets a destination be sent to again that has answered 410, beginning with the event that it answered. One that was not
// disabled stays as it is.
func Enable(ctx context.Context, b *bus.Bus, destination string) error {
	return b.Notebook().Delete(ctx, disabledPath(destination), 0)
}

// State is how a destination stands.
type State struct {
	Destination string
	// DisabledAt is when the receiver answered 410; zero when it takes events.
	DisabledAt time.Time
	// Waiting is how many sessions wait, and Oldest when the oldest event happened that does; zero for none.
	Waiting int
	Oldest  time.Time
}

// StateOf reads how a destination stands from the bus, whoever serves it.
func StateOf(ctx context.Context, b *bus.Bus, destination string) (State, error) {
	state := State{Destination: destination}
	note, err := b.Notebook().Get(ctx, disabledPath(destination))
	if err != nil && !errors.Is(err, bus.ErrNoNote) {
		return State{}, err
	}
	var disabled disabledNote
	if err == nil && json.Unmarshal(note.Value, &disabled) == nil {
		state.DisabledAt = disabled.At
	}
	for p := range id.Parts {
		notes, err := b.Notebook().List(ctx, notePath(destination, id.Part(p)))
		if err != nil {
			return State{}, err
		}
		for _, n := range notes {
			l, err := readNote(destination, n)
			if err != nil {
				continue
			}
			state.Waiting++
			if state.Oldest.IsZero() || l.note.Since.Before(state.Oldest) {
				state.Oldest = l.note.Since
			}
		}
	}
	return state, nil
}
