package pusher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// place is how far a receiver has been told, as the notebook has it.
type place struct {
	// Epoch and Seq are the message up to which everything is done, and Done how many events of a later one are, Part: it may be erased by
	// the time that it is looked for.
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
	Done  int    `json:"done,omitempty"`
	Part  uint64 `json:"part,omitempty"`
	// Failing is since when the receiver has not taken anything; zero when it takes what it is told.
	Failing time.Time `json:"failing,omitzero"`
	// Name is the receiver's, and Noted when this was written: for people.
	Name  string    `json:"name,omitempty"`
	Noted time.Time `json:"noted,omitzero"`

	revision uint64
}

// load reads how far the receiver has been told: one that is new is told what the stream has.
func (r *relay) load() error {
	epoch, err := r.hooks.Epoch(r.holding)
	if err != nil {
		return err
	}
	note, err := r.bus.Notebook().Get(r.holding, r.Receiver.path())
	if err != nil && !errors.Is(err, bus.ErrNoNote) {
		return fmt.Errorf("read the place: %w", err)
	}
	var p place
	if err == nil {
		if err := json.Unmarshal(note.Value, &p); err != nil {
			return fmt.Errorf("read the place: %w", err)
		}
	}
	if p.Epoch != epoch {
		p = place{Epoch: epoch}
	}
	p.revision = note.Revision
	r.place = p
	r.Metrics.fail(p.Failing)
	if p.Name == r.Receiver.Name {
		return nil
	}
	return r.save(r.holding)
}

// save notes how far the receiver has been told. Another process that has the lease by now has noted something else, and that stands.
func (r *relay) save(ctx context.Context) (err error) {
	r.place.Name, r.place.Noted = r.Receiver.Name, r.Clock.Now()
	value, err := json.Marshal(r.place)
	if err != nil {
		return fmt.Errorf("note the place: %w", err)
	}
	notes, path := r.bus.Notebook(), r.Receiver.path()
	if r.place.revision == 0 {
		r.place.revision, err = notes.Create(ctx, path, value)
	} else {
		r.place.revision, err = notes.Update(ctx, path, value, r.place.revision)
	}
	if err != nil {
		return fmt.Errorf("note the place: %w", err)
	}
	return nil
}
