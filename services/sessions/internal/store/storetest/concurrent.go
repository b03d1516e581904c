package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// together runs f for 0 to n-1 at the same time.
func together(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func partsAreCommittedConcurrently(t *testing.T, s store.Store) {
	const parts, commits = 4, 15
	together(t, parts, func(i int) error {
		k := keyOf(fmt.Sprint("ses_", i))
		for n := range uint64(commits) {
			change := store.Change{Part: id.Part(i), From: n, Through: n + 1, Sessions: []store.SessionChange{
				step(k, n, sessionAt(k, n+1), line(fmt.Sprint("m", n), n+1)),
			}}
			if err := s.Commit(t.Context(), change); err != nil {
				return err
			}
			if _, _, err := s.Messages(t.Context(), k, store.Query{Limit: 5}); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range parts {
		k := keyOf(fmt.Sprint("ses_", i))
		snap := Look(t, s, Scope{Keys: []store.Key{k}})
		same(t, "floor", snap.Floors[id.Part(i)], uint64(commits))
		same(t, "messages", len(snap.Messages[k]), commits)
		same(t, "list", len(snap.Lists[project]), parts)
	}
}

func racingCommittersApplyEachEventOnce(t *testing.T, s store.Store) {
	const events, batch = 60, 6
	together(t, 4, func(int) error {
		for {
			floor, err := Fold(t.Context(), s, batch, events)
			if err != nil && !errors.Is(err, store.ErrConflict) || err == nil && floor == events {
				return err
			}
		}
	})
	CheckFolded(t, s, events)
}
