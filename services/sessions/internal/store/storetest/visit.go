package storetest

import (
	"errors"
	"testing"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// short is a ttl that a test can wait for.
const short = 300 * time.Millisecond

func visitOf(k store.Key) *sessionsv1.SessionRecord {
	visit := sessionAt(k, 0)
	visit.Visit = true
	return visit
}

func mustVisit(t *testing.T, s store.Store, k store.Key, ttl time.Duration) {
	t.Helper()
	got, err := s.Visit(t.Context(), k, ttl)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "visit", got, visitOf(k))
}

func visitExpires(t *testing.T, s store.Store) {
	k, other := keyOf("ses_a"), keyOf("ses_b")
	for visit, ttl := range map[store.Key]time.Duration{k: short, other: time.Hour} {
		if err := s.PutVisit(t.Context(), visitOf(visit), ttl); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Session(t.Context(), k); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("a visit is a session: %v", err)
	}
	<-time.After(short + short/4) // it is the passing of time that is tested
	if _, err := s.Visit(t.Context(), k, time.Hour); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("a visit whose ttl is over: %v", err)
	}
	mustVisit(t, s, other, time.Hour)
}

func visitIsRenewedByReading(t *testing.T, s store.Store) {
	longer, shorter := keyOf("ses_a"), keyOf("ses_b")
	for visit, ttl := range map[store.Key]time.Duration{longer: short, shorter: time.Hour} {
		if err := s.PutVisit(t.Context(), visitOf(visit), ttl); err != nil {
			t.Fatal(err)
		}
	}
	mustVisit(t, s, longer, time.Hour)
	mustVisit(t, s, shorter, short)
	<-time.After(short + short/4)
	mustVisit(t, s, longer, time.Hour)
	if _, err := s.Visit(t.Context(), shorter, time.Hour); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("a visit that was last read for %v: %v", short, err)
	}
}

func resetForgetsAllButVisits(t *testing.T, s store.Store) {
	scope, change := conflicting(t, s)
	if err := s.Commit(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	k := keyOf("ses_v")
	if err := s.PutVisit(t.Context(), visitOf(k), time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.SetEpoch(t.Context(), "old"); err != nil {
		t.Fatal(err)
	}
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := Look(t, s, scope)
	if after.Epoch != "" || after.Floors[part] != 0 || len(after.Sessions)+len(after.Threads)+len(after.Copies) > 0 {
		t.Fatalf("after a reset the store holds %+v", after)
	}
	for k := range after.Messages {
		if n := len(after.Messages[k]) + len(after.Lists[k.Project]) + len(after.Operators[k.Project]); n > 0 {
			t.Fatalf("after a reset the store lists %+v", after)
		}
	}
	mustVisit(t, s, k, time.Hour)
	conflicting(t, s) // it can be built again
}
