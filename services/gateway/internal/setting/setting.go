package setting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// Values say what is on.
type Values struct {
	BotHeuristics bool `json:"botHeuristicsEnabled"`
	UAFilter      bool `json:"uaFilterEnabled"`
	IPFilter      bool `json:"ipFilterEnabled"`
}

// Change is what somebody wants to be otherwise; nil leaves a setting as it is.
type Change struct {
	BotHeuristics *bool `json:"botHeuristicsEnabled,omitempty"`
	UAFilter      *bool `json:"uaFilterEnabled,omitempty"`
	IPFilter      *bool `json:"ipFilterEnabled,omitempty"`
}

// over is a change on top of another.
func (c Change) over(before Change) Change {
	for _, one := range []struct{ to, from **bool }{
		{&before.BotHeuristics, &c.BotHeuristics}, {&before.UAFilter, &c.UAFilter}, {&before.IPFilter, &c.IPFilter},
	} {
		if *one.from != nil {
			*one.to = *one.from
		}
	}
	return before
}

// Of is what a change makes of values.
func (c Change) Of(v Values) Values {
	for of, to := range map[*bool]*bool{&v.BotHeuristics: c.BotHeuristics, &v.UAFilter: c.UAFilter, &v.IPFilter: c.IPFilter} {
		if to != nil {
			*of = *to
		}
	}
	return v
}

// fresh is how old what is known may be.
const fresh = time.Second

// Settings are those of a project.
type Settings struct {
	notes      *bus.Notebook
	key        string
	configured Values
	log        *zap.Logger
	now        atomic.Pointer[Values]
}

// Open reads the settings of a project. Run keeps them fresh. Error: bus.ErrUnavailable.
func Open(ctx context.Context, notes *bus.Notebook, p id.Project, configured Values, log *zap.Logger) (*Settings, error) {
	s := &Settings{notes: notes, key: "settings/" + string(p), configured: configured, log: log}
	if _, err := s.read(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Now are the values. It costs nothing.
func (s *Settings) Now() Values { return *s.now.Load() }

// Run reads what other gateways have changed until ctx ends. While the bus is away all stays as it was.
func (s *Settings) Run(ctx context.Context) error {
	tick := time.NewTicker(fresh)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if _, err := s.read(ctx); err != nil && ctx.Err() == nil {
				s.log.Debug("settings cannot be read", zap.Error(err))
			}
		}
	}
}

// Change changes settings for good, here and at every gateway. Error: bus.ErrUnavailable.
func (s *Settings) Change(ctx context.Context, c Change) (Values, error) {
	for {
		before, err := s.read(ctx)
		if err != nil {
			return Values{}, err
		}
		after := c.over(before.changed)
		value, err := json.Marshal(after)
		if err != nil {
			return Values{}, fmt.Errorf("encode settings: %w", err)
		}
		if before.revision == 0 {
			_, err = s.notes.Create(ctx, s.key, value)
		} else {
			_, err = s.notes.Update(ctx, s.key, value, before.revision)
		}
		if errors.Is(err, bus.ErrNoteChanged) {
			continue // another gateway was first
		}
		if err != nil {
			return Values{}, fmt.Errorf("write settings: %w", err)
		}
		return s.take(after), nil
	}
}

// noted is what the notebook has.
type noted struct {
	changed  Change
	revision uint64
}

func (s *Settings) read(ctx context.Context) (noted, error) {
	note, err := s.notes.Get(ctx, s.key)
	if errors.Is(err, bus.ErrNoNote) {
		s.take(Change{})
		return noted{}, nil
	}
	if err != nil {
		return noted{}, fmt.Errorf("read settings: %w", err)
	}
	n := noted{revision: note.Revision}
	if err := json.Unmarshal(note.Value, &n.changed); err != nil {
		return noted{}, fmt.Errorf("read settings: %w", err)
	}
	s.take(n.changed)
	return n, nil
}

func (s *Settings) take(c Change) Values {
	now := c.Of(s.configured)
	s.now.Store(&now)
	return now
}
