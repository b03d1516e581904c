package pusher

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// State is how an address stands.
type State struct {
	App, Name string
	// Served tells that a process tells it now.
	Served bool
	// Failing is since when it has not taken anything; zero when it takes what it is told.
	Failing time.Time
	// Noted is when something was last noted of it: that it was told, failed, or that there is such an address.
	Noted time.Time
}

// forgotten is after how long nothing is said of an address that nobody tells: it was taken out, and the bus has nothing for it any more.
const forgotten = time.Hour

// States reads from the bus how the addresses of a project stand, whoever tells them. Errors: bus.ErrUnavailable.
func States(ctx context.Context, b *bus.Bus, p id.Project) (all []State, err error) {
	notes, err := b.Notebook().List(ctx, notesOf(p))
	if err != nil {
		return nil, fmt.Errorf("read whom webhooks tell of channels: %w", err)
	}
	holders, err := b.Holders(ctx)
	if err != nil {
		return nil, err
	}
	for _, note := range notes {
		var was place
		parts := strings.Split(note.Key, "/")
		if len(parts) != 4 || json.Unmarshal(note.Value, &was) != nil {
			continue // written by somebody who does not know how
		}
		_, served := holders[lease(note.Key)]
		if served || time.Since(was.Noted) < forgotten {
			all = append(all, State{App: parts[2], Name: cmp.Or(was.Name, parts[3]), Served: served, Failing: was.Failing, Noted: was.Noted})
		}
	}
	slices.SortFunc(all, func(x, y State) int {
		return cmp.Or(cmp.Compare(x.App, y.App), cmp.Compare(len(x.Name), len(y.Name)), cmp.Compare(x.Name, y.Name))
	})
	return all, nil
}
