package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// walk reads all pages of a project's list.
func walk(t tester, s store.Store, project id.Project, status string, limit int) []*sessionsv1.SessionRecord {
	t.Helper()
	var all []*sessionsv1.SessionRecord
	token := ""
	for {
		page, next, err := s.Sessions(t.Context(), project, status, limit, token)
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		all = append(all, page...)
		if next == "" {
			return all
		}
		if len(page) != limit {
			t.Fatalf("a page of %d that is not the last has %d sessions", limit, len(page))
		}
		token = next
	}
}

// crowd commits sessions that are active at one of few instants, so that many share one; every seventh is closed.
func crowd(t *testing.T, s store.Store, n int) (all, closedOnes []string) {
	var changes []store.SessionChange
	for i := range n {
		k := keyOf(fmt.Sprintf("ses_%03d", i))
		record := sessionAt(k, uint64(i+1))
		record.Session.LastActivity = at(uint64(i / 120))
		if i%7 == 0 {
			record.Session.Status = closed
			closedOnes = append(closedOnes, string(k.Session))
		}
		all = append(all, string(k.Session))
		changes = append(changes, step(k, 0, record))
	}
	mustCommit(t, s, 0, uint64(n), changes...)
	slices.Reverse(all)
	slices.Reverse(closedOnes)
	return all, closedOnes
}

func listPagesAreComplete(t *testing.T, s store.Store) {
	all, _ := crowd(t, s, 250)
	for _, limit := range []int{7, 50, store.MaxLimit} {
		same(t, fmt.Sprintf("pages of %d", limit), sessionsOf(walk(t, s, project, "", limit)), all)
	}
	k := keyOf("ses_017")
	mustCommit(t, s, 250, 300, step(k, 18, sessionAt(k, 300)))
	page, _, err := s.Sessions(t.Context(), project, "", 2, "")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "after a word in an old session", sessionsOf(page), []string{"ses_017", "ses_249"})
	same(t, "all of them still", len(walk(t, s, project, "", 10)), 250)
}

func listFiltersByStatus(t *testing.T, s store.Store) {
	_, closedOnes := crowd(t, s, 250)
	for _, limit := range []int{5, 20} {
		same(t, fmt.Sprintf("closed, in pages of %d", limit), sessionsOf(walk(t, s, project, closed, limit)), closedOnes)
	}
	same(t, "neither", walk(t, s, project, "forgotten", 5), []*sessionsv1.SessionRecord(nil))
	k := keyOf(closedOnes[3])
	was, err := s.Session(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s, 250, 300, step(k, was.Seq, sessionAt(k, 300)))
	same(t, "after one was opened again", sessionsOf(walk(t, s, project, closed, 5)), slices.Delete(closedOnes, 3, 4))
}

func listRefusesForeignTokens(t *testing.T, s store.Store) {
	crowd(t, s, 3)
	for _, token := range []string{"x", "!", "Og", "MTo", "eDp5", "MTphAA=="} {
		if _, _, err := s.Sessions(t.Context(), project, "", 1, token); !errors.Is(err, store.ErrToken) {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func listPlaceNeverMovesBack(t *testing.T, s store.Store) {
	a, b := keyOf("ses_a"), keyOf("ses_b")
	mustCommit(t, s, 0, 6, step(a, 0, sessionAt(a, 6)), step(b, 0, sessionAt(b, 5)))
	earlier := sessionAt(a, 7)
	earlier.Session.LastActivity = at(1)
	mustCommit(t, s, 6, 7, step(a, 6, earlier))
	same(t, "list", walk(t, s, project, "", 1), []*sessionsv1.SessionRecord{earlier, sessionAt(b, 5)})
}
