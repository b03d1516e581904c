package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

func projectsDoNotSeeEachOther(t *testing.T, s store.Store) {
	ours, theirs := keyOf("ses_a"), store.Key{Project: "shop", Session: "ses_a"}
	floor := uint64(0)
	for _, k := range []store.Key{ours, theirs} {
		record := threaded(sessionAt(k, floor+1), telegram, "-100", "12")
		m := shown(line("m1", floor+1), telegram, "-100", []string{"7"}, nil)
		m.Message.Content = "of " + string(k.Project)
		change := store.Change{Part: part, From: floor, Through: floor + 1, Sessions: []store.SessionChange{step(k, 0, record, m)},
			Operators: []store.OperatorChange{{Project: k.Project, Operator: &sessionsv1.Operator{Id: "o", Name: string(k.Project), Seq: floor + 1}}}}
		if err := s.Commit(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		floor++
	}
	if err := s.PutVisit(t.Context(), visitOf(store.Key{Project: "shop", Session: "ses_v"}), time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, k := range []store.Key{ours, theirs} {
		place := func(name string) store.Place {
			return store.Place{Project: k.Project, Platform: telegram, Chat: "-100", Name: name}
		}
		snap := Look(t, s, Scope{Keys: []store.Key{k}, Threads: []store.Place{place("12")}, Copies: []store.Place{place("7")}})
		same(t, "sessions", snap.Sessions[k].GetProject(), string(k.Project))
		same(t, "messages", snap.Messages[k][0].Message.Content, "of "+string(k.Project))
		same(t, "list", len(snap.Lists[k.Project]), 1)
		same(t, "operators", snap.Operators[k.Project][0].Name, string(k.Project))
		same(t, "thread", snap.Threads[place("12")], k)
		same(t, "copy", snap.Copies[place("7")], Target{k, "m1"})
	}
	if _, err := s.Visit(t.Context(), keyOf("ses_v"), time.Hour); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("another project's visit: %v", err)
	}
}

// awkward are names that a careless key or pattern takes for one another.
var awkward = []string{
	"a", "a*", "a?", "[a]", "a.b", "a:b", "a", "A", "{a}", "{a", "a}", "a b", " a", "a ", "a\tb", "%61", "=61", "a'b", `a"b`, `a\b`, "ä", "a\u0308", "字", "🛎", "-1", "0", "00",
}

func idsOfAnyCharacterStayApart(t *testing.T, s store.Store) {
	names := map[string]bool{}
	var changes []store.SessionChange
	var scope Scope
	for _, name := range awkward {
		if names[name] {
			continue
		}
		names[name] = true
		k, seq := keyOf(name), uint64(len(names))
		m := shown(line(name, seq), telegram, name, []string{name}, nil)
		m.Message.Content = "of " + name
		changes = append(changes, step(k, 0, threaded(sessionAt(k, seq), telegram, name, name), m))
		scope.Keys = append(scope.Keys, k)
		scope.Threads = append(scope.Threads, store.Place{Project: project, Platform: telegram, Chat: name, Name: name})
	}
	scope.Copies = scope.Threads
	mustCommit(t, s, 0, 200, changes...)
	for _, k := range scope.Keys {
		if err := s.PutVisit(t.Context(), visitOf(k), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	snap := Look(t, s, scope)
	for i, k := range scope.Keys {
		what := fmt.Sprintf("%q", k.Session)
		same(t, what, snap.Sessions[k].GetSession().GetId(), string(k.Session))
		same(t, what, snap.Sessions[k].GetSeq(), uint64(i+1))
		same(t, what, len(snap.Messages[k]), 1)
		same(t, what, snap.Messages[k][0].Message.Content, "of "+string(k.Session))
		same(t, what, snap.Threads[scope.Threads[i]], k)
		same(t, what, snap.Copies[scope.Copies[i]], Target{k, string(k.Session)})
		mustVisit(t, s, k, time.Hour)
	}
	same(t, "listed", len(walk(t, s, project, "", 9)), len(names))
}

// placesCutElsewhereStayApart checks that the same characters, divided otherwise into chat and name, are another place.
func placesCutElsewhereStayApart(t *testing.T, s store.Store) {
	var changes []store.SessionChange
	places := map[store.Place]store.Key{}
	for _, separator := range []string{":", " ", ".", "/", "|", "=3A"} {
		for _, cut := range [][2]string{{"x" + separator + "y", "z"}, {"x", "y" + separator + "z"}} {
			seq := uint64(len(changes) + 1)
			k := keyOf(fmt.Sprint("ses_", seq))
			changes = append(changes, step(k, 0, threaded(sessionAt(k, seq), telegram, cut[0], cut[1]),
				shown(line("m1", seq), telegram, cut[0], []string{cut[1]}, nil)))
			places[store.Place{Project: project, Platform: telegram, Chat: cut[0], Name: cut[1]}] = k
		}
	}
	mustCommit(t, s, 0, 100, changes...)
	for p, k := range places {
		expectThread(t, s, p.Platform, p.Chat, p.Name, k)
		expectCopy(t, s, p.Chat, p.Name, k, "m1")
	}
}
