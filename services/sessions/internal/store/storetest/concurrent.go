package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
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

// Event n of the race is written at the end of session n mod raceSessions. raceBatch of them are folded at once.
const (
	raceEvents   = 60
	raceSessions = 3
	raceBatch    = 6
)

func racingCommittersApplyEachEventOnce(t *testing.T, s store.Store) {
	together(t, 4, func(int) error {
		for {
			through, err := foldRace(t.Context(), s)
			if err != nil && !errors.Is(err, store.ErrConflict) || err == nil && through == raceEvents {
				return err
			}
		}
	})
	for i := range uint64(raceSessions) {
		record, err := s.Session(t.Context(), raceKey(i))
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		for n := uint64(1); n <= raceEvents; n++ {
			if n%raceSessions == i {
				fmt.Fprintf(&want, " %d", n)
			}
		}
		same(t, "events of a session", record.ClosedBy, want.String())
	}
}

func raceKey(n uint64) store.Key { return keyOf(fmt.Sprint("ses_", n%raceSessions)) }

// foldRace applies the next batch as the projection would: what a session already has is skipped.
func foldRace(ctx context.Context, s store.Store) (uint64, error) {
	want := store.Want{Part: part}
	for i := range uint64(raceSessions) {
		want.Sessions = append(want.Sessions, raceKey(i))
	}
	view, err := s.Load(ctx, want)
	if err != nil || view.Floor == raceEvents {
		return raceEvents, err
	}
	change := store.Change{Part: part, From: view.Floor, Through: view.Floor + raceBatch}
	for _, k := range want.Sessions {
		record := view.Sessions[k]
		if record == nil {
			record = sessionAt(k, 0)
		}
		before := record.Seq
		for n := change.From + 1; n <= change.Through; n++ {
			if raceKey(n) == k && n > record.Seq {
				record.ClosedBy += fmt.Sprintf(" %d", n)
				record.Seq = n
			}
		}
		if record.Seq > before {
			change.Sessions = append(change.Sessions, step(k, before, record))
		}
	}
	return change.Through, s.Commit(ctx, change)
}
