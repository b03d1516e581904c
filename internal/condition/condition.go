package condition

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// Condition is how one part of Bellhop gets along with one platform.
type Condition struct {
	// Platform is telegram, discord, slack or webhook; Part is who says so: notifier or inbound.
	Platform string `json:"platform"`
	Part     string `json:"part"`
	// Project is whose bot or address it is; empty stands for the default one.
	Project id.Project `json:"project,omitempty"`
	// Problem is what is wrong, for people; empty for nothing. It holds no secret.
	Problem string `json:"problem,omitempty"`
	// Since when it is so.
	Since time.Time `json:"since"`
}

// OK tells that nothing is wrong.
func (c Condition) OK() bool { return c.Problem == "" }

// below is where conditions stand in the bus's notebook.
const below = "condition"

func (c Condition) key() string {
	key := below + "/" + c.Part + "/" + c.Platform
	if c.Project != "" {
		key += "/" + string(c.Project)
	}
	return key
}

// Of tells whether a condition is of a project.
func (c Condition) Of(p id.Project) bool { return cmp.Or(c.Project, id.Default) == p }

// List reads all conditions that were ever told, by part and platform: bus.ErrUnavailable.
func List(ctx context.Context, notes *bus.Notebook) ([]Condition, error) {
	found, err := notes.List(ctx, below)
	if err != nil {
		return nil, fmt.Errorf("read conditions: %w", err)
	}
	all := make([]Condition, 0, len(found))
	for _, note := range found {
		var c Condition
		if json.Unmarshal(note.Value, &c) == nil && c.Platform != "" { // anything else is a newer neighbour's
			all = append(all, c)
		}
	}
	return all, nil
}

// maxWrites is how often a note is tried to be written that others write at the same time.
const maxWrites = 5

// write stores a condition unless it is known already.
func write(ctx context.Context, notes *bus.Notebook, c Condition) error {
	value, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write condition: %w", err)
	}
	for range maxWrites {
		note, err := notes.Get(ctx, c.key())
		var present Condition
		switch {
		case errors.Is(err, bus.ErrNoNote):
			_, err = notes.Create(ctx, c.key(), value)
		case err != nil:
			return fmt.Errorf("write condition: %w", err)
		case json.Unmarshal(note.Value, &present) == nil && present.Problem == c.Problem:
			return nil
		default:
			_, err = notes.Update(ctx, c.key(), value, note.Revision)
		}
		if !errors.Is(err, bus.ErrNoteChanged) {
			return err
		}
	}
	return nil // somebody else keeps telling, which is as good
}
