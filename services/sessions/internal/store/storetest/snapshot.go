package storetest

import (
	"errors"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Scope is where a snapshot looks.
type Scope struct {
	Keys    []store.Key
	Threads []store.Place
	Copies  []store.Place
}

// Snapshot is all that a store tells about a scope.
type Snapshot struct {
	Epoch     string
	Floors    map[id.Part]uint64
	Sessions  map[store.Key]*sessionsv1.SessionRecord
	Messages  map[store.Key][]*sessionsv1.MessageRecord
	Threads   map[store.Place]store.Key
	Copies    map[store.Place]Target
	Lists     map[id.Project][]string
	Operators map[id.Project][]*sessionsv1.Operator
}

// Target is what a copy shows.
type Target struct {
	Key     store.Key
	Message string
}

// Look takes a snapshot: of every conversation the newest 100 messages, of every project the first 100 sessions.
func Look(t tester, s store.Store, scope Scope) Snapshot {
	t.Helper()
	ctx := t.Context()
	snap := Snapshot{
		Floors: map[id.Part]uint64{}, Messages: map[store.Key][]*sessionsv1.MessageRecord{},
		Threads: map[store.Place]store.Key{}, Copies: map[store.Place]Target{},
		Lists: map[id.Project][]string{}, Operators: map[id.Project][]*sessionsv1.Operator{},
	}
	var errs []error
	note := func(err error) {
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	var err error
	snap.Epoch, err = s.Epoch(ctx)
	note(err)
	for p := range id.Part(id.Parts) {
		snap.Floors[p], err = s.Floor(ctx, p)
		note(err)
	}
	snap.Sessions = mustLoad(t, s, store.Want{Sessions: scope.Keys}).Sessions
	for _, k := range scope.Keys {
		snap.Messages[k], _, err = s.Messages(ctx, k, store.Query{Limit: store.MaxLimit})
		note(err)
		records, _, err := s.Sessions(ctx, k.Project, "", store.MaxLimit, "")
		note(err)
		snap.Lists[k.Project] = sessionsOf(records)
		snap.Operators[k.Project], err = s.Operators(ctx, k.Project)
		note(err)
	}
	for _, p := range scope.Threads {
		key, err := s.ByThread(ctx, p.Project, p.Platform, p.Chat, p.Name)
		if note(err); err == nil {
			snap.Threads[p] = key
		}
	}
	for _, p := range scope.Copies {
		key, message, err := s.ByCopy(ctx, p.Project, p.Platform, p.Chat, p.Name)
		if note(err); err == nil {
			snap.Copies[p] = Target{key, message}
		}
	}
	if len(errs) > 0 {
		t.Fatalf("look: %v", errors.Join(errs...))
	}
	return snap
}
