package storetest

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// called is a session whose visitor is said to be somebody, or proven to be.
func called(k store.Key, seq uint64, identity string, verified bool) *sessionsv1.SessionRecord {
	r := sessionAt(k, seq)
	r.Session.Identity = &structpb.Struct{Fields: map[string]*structpb.Value{"id": structpb.NewStringValue(identity)}}
	r.Session.IdentityVerified = verified
	return r
}

func expectIdentity(t *testing.T, s store.Store, identity string, limit int, want ...store.Key) {
	t.Helper()
	got, err := s.ByIdentity(t.Context(), project, identity, limit)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("sessions of %q are %v, %v; want %v", identity, got, err, want)
	}
}

func verifiedIdentitysSessionsAreFound(t *testing.T, s store.Store) {
	a, b, said, late := keyOf("ses_a"), keyOf("ses_b"), keyOf("ses_said"), keyOf("ses_late")
	mustCommit(t, s, 0, 6, step(a, 0, called(a, 3, "u 1*", true)), step(b, 0, called(b, 5, "u 1*", true)),
		step(said, 0, called(said, 6, "u 1*", false)), step(late, 0, called(late, 4, "u2", false)))
	expectIdentity(t, s, "u 1*", 10, b, a)
	expectIdentity(t, s, "u 1*", 1, b)
	for _, nobody := range []string{"", "u 1", "u 1?", "u2", "visitor of ses_a"} {
		expectIdentity(t, s, nobody, 10)
	}
	if keys, err := s.ByIdentity(t.Context(), "shop", "u 1*", 10); err != nil || len(keys) > 0 {
		t.Errorf("in another project: %v, %v", keys, err)
	}
	mustCommit(t, s, 6, 9, step(a, 3, called(a, 8, "u 1*", true)), step(late, 4, called(late, 9, "u2", true)))
	expectIdentity(t, s, "u 1*", 10, a, b)
	expectIdentity(t, s, "u2", 10, late)
}

func erasedSessionIsNoIdentitys(t *testing.T, s store.Store) {
	gone, stays := keyOf("ses_gone"), keyOf("ses_stays")
	mustCommit(t, s, 0, 4, step(gone, 0, called(gone, 4, "u1", true)), step(stays, 0, called(stays, 3, "u1", true)))
	tomb := tombOf(gone, 5, "era_1")
	tomb.Erasure.Identity = "u1"
	mustCommit(t, s, 4, 5, wipe(gone, 4, tomb))
	expectIdentity(t, s, "u1", 10, stays)
	for _, k := range []store.Key{gone, stays} {
		if err := s.Sweep(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	expectIdentity(t, s, "u1", 10, stays)
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectIdentity(t, s, "u1", 10)
}
