package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// tombOf is what is left of a session that was erased at seq, by an erasure of that name.
func tombOf(k store.Key, seq uint64, erasure string) *sessionsv1.SessionRecord {
	return &sessionsv1.SessionRecord{
		Project: string(k.Project), Seq: seq, Session: &bellhopv1.Session{Id: string(k.Session)},
		Erasure: &sessionsv1.Erasure{
			Ids: []string{erasure}, Seq: seq, At: at(seq), VisitorId: "visitor of " + string(k.Session),
			Parts: map[string]*sessionsv1.ErasedPart{telegram: {State: "pending", Remains: []*bellhopv1.PlatformMessage{
				{Platform: telegram, Chat: "-100", Thread: "12", Ids: []string{"77"}},
			}}},
		},
	}
}

// ended is the same, after its end.
func ended(r *sessionsv1.SessionRecord, seq uint64, when time.Time) *sessionsv1.SessionRecord {
	r.Seq, r.Erasure.EndedAt, r.Erasure.Parts = seq, timestamppb.New(when), nil
	return r
}

func wipe(k store.Key, before uint64, record *sessionsv1.SessionRecord) store.SessionChange {
	return store.SessionChange{Key: k, Before: before, Record: record, Wipe: true}
}

// erased is a store with a session that was erased at 9 and had everything, and another that has not been.
func erased(t *testing.T, s store.Store) (gone, stays store.Key) {
	gone, stays = keyOf("ses_gone"), keyOf("ses_stays")
	for n, k := range []store.Key{gone, stays} {
		place := []string{"77", "78"}[n]
		mustCommit(t, s, uint64(4*n), uint64(4*n+4), step(k, 0, threaded(sessionAt(k, uint64(4*n+4)), telegram, "-100", []string{"12", "13"}[n]),
			line("m1", uint64(4*n+3)), shown(line("m2", uint64(4*n+4)), telegram, "-100", []string{place}, nil)))
	}
	mustCommit(t, s, 8, 9, wipe(gone, 4, tombOf(gone, 9, "era_1")))
	return gone, stays
}

func wipedSessionLeavesItsRecord(t *testing.T, s store.Store) {
	gone, stays := erased(t, s)
	record, err := s.Session(t.Context(), gone)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what is left", record, tombOf(gone, 9, "era_1"))
	for _, q := range []store.Query{{Limit: 10}, {Limit: 10, ContentAfter: new(uint64)}, {Limit: 10, ChangedAfter: new(uint64)}, {Limit: 10, IDs: []string{"m1"}}} {
		if messages, _, err := s.Messages(t.Context(), gone, q); err != nil || len(messages) > 0 {
			t.Errorf("%+v finds %d messages, %v", q, len(messages), err)
		}
	}
	listed, _, err := s.Sessions(t.Context(), project, "", 10, "")
	if err != nil || !slices.Equal(sessionsOf(listed), []string{string(stays.Session)}) {
		t.Errorf("listed are %q, %v", sessionsOf(listed), err)
	}
	messages, _, err := s.Messages(t.Context(), stays, store.Query{Limit: 10})
	if err != nil || len(messages) != 2 {
		t.Errorf("the other session has %d messages, %v", len(messages), err)
	}
}

func sweptSessionIsNowhere(t *testing.T, s store.Store) {
	gone, stays := erased(t, s)
	visit := &sessionsv1.SessionRecord{Project: string(project), Visit: true, Session: &bellhopv1.Session{Id: string(gone.Session), VisitorId: "visitor of ses_gone"}}
	if err := s.PutVisit(t.Context(), visit, time.Hour); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, k := range []store.Key{gone, stays} { // of one that is not erased nothing is swept
			if err := s.Sweep(t.Context(), k); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := s.ByThread(t.Context(), project, telegram, "-100", "12"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("its thread: %v", err)
	}
	if _, _, err := s.ByCopy(t.Context(), project, telegram, "-100", "77"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("its copy: %v", err)
	}
	if _, err := s.Visit(t.Context(), gone, time.Hour); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("its visit: %v", err)
	}
	if keys, err := s.ByVisitor(t.Context(), project, "visitor of ses_gone"); err != nil || len(keys) > 0 {
		t.Errorf("its visitor has %v, %v", keys, err)
	}
	if k, err := s.ByThread(t.Context(), project, telegram, "-100", "13"); err != nil || k != stays {
		t.Errorf("the other's thread: %v, %v", k, err)
	}
	if k, _, err := s.ByCopy(t.Context(), project, telegram, "-100", "78"); err != nil || k != stays {
		t.Errorf("the other's copy: %v, %v", k, err)
	}
}

func wholeSessionsAreLoaded(t *testing.T, s store.Store) {
	gone, stays := erased(t, s)
	view := mustLoad(t, s, store.Want{Part: part, Whole: []store.Key{gone, stays}, Messages: map[store.Key][]string{stays: {"m1"}}})
	if len(view.Messages[gone]) != 0 || len(view.Messages[stays]) != 2 {
		t.Errorf("loaded are %d and %d messages", len(view.Messages[gone]), len(view.Messages[stays]))
	}
}

func erasuresAreFound(t *testing.T, s store.Store) {
	gone, _ := erased(t, s)
	want := []store.Key{gone}
	for what, find := range map[string]func() ([]store.Key, error){
		"by its name": func() ([]store.Key, error) { return s.ErasedBy(t.Context(), project, "era_1") },
		"as unended":  func() ([]store.Key, error) { return s.Erasing(t.Context(), 10) },
	} {
		if keys, err := find(); err != nil || !slices.Equal(keys, want) {
			t.Errorf("%s: %v, %v", what, keys, err)
		}
	}
	nameless := keyOf("ses_nameless")
	tomb := tombOf(nameless, 10, "")
	tomb.Erasure.Ids = nil
	mustCommit(t, s, 9, 10, wipe(nameless, 0, tomb))
	if keys, err := s.Erasing(t.Context(), 10); err != nil || !slices.Equal(keys, []store.Key{gone, nameless}) {
		t.Errorf("under way are %v, %v", keys, err)
	}
	tomb = ended(tomb, 11, dawn.Add(2*time.Hour))
	mustCommit(t, s, 10, 11, step(nameless, 10, tomb))
	if keys, err := s.ErasedBy(t.Context(), "another", "era_1"); err != nil || len(keys) > 0 {
		t.Errorf("in another project: %v, %v", keys, err)
	}
	mustCommit(t, s, 11, 12, step(gone, 9, ended(tombOf(gone, 9, "era_1"), 12, dawn.Add(time.Hour))))
	if keys, err := s.Erasing(t.Context(), 10); err != nil || len(keys) > 0 {
		t.Errorf("after its end it is under way: %v, %v", keys, err)
	}
	for before, n := range map[time.Duration]int{time.Hour: 0, time.Hour + time.Second: 1} {
		if keys, err := s.Erased(t.Context(), dawn.Add(before), 10); err != nil || len(keys) != n {
			t.Errorf("ended before %s: %v, %v", before, keys, err)
		}
	}
	if err := s.Drop(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), gone); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after it was dropped: %v", err)
	}
	if keys, err := s.ErasedBy(t.Context(), project, "era_1"); err != nil || len(keys) > 0 {
		t.Errorf("by its name, after it was dropped: %v, %v", keys, err)
	}
}

func visitorsSessionsAreFound(t *testing.T, s store.Store) {
	a, b, c := keyOf("ses_a"), keyOf("ses_b"), keyOf("ses_c")
	of := func(k store.Key, visitor string) *sessionsv1.SessionRecord {
		r := sessionAt(k, 3)
		r.Session.VisitorId = visitor
		return r
	}
	mustCommit(t, s, 0, 3, step(a, 0, of(a, "v")), step(b, 0, of(b, "w")))
	visit := of(c, "v")
	visit.Visit = true
	if err := s.PutVisit(t.Context(), visit, time.Hour); err != nil {
		t.Fatal(err)
	}
	keys, err := s.ByVisitor(t.Context(), project, "v")
	slices.SortFunc(keys, func(a, b store.Key) int { return len(a.Session) - len(b.Session) })
	if err != nil || !slices.Contains(keys, a) || !slices.Contains(keys, c) || len(keys) != 2 {
		t.Errorf("found %v, %v", keys, err)
	}
	if keys, err := s.ByVisitor(t.Context(), "another", "v"); err != nil || len(keys) > 0 {
		t.Errorf("in another project: %v, %v", keys, err)
	}
}

func idleSessionsAreListed(t *testing.T, s store.Store) {
	a, b, c := keyOf("ses_a"), keyOf("ses_b"), keyOf("ses_c")
	mustCommit(t, s, 0, 9, step(a, 0, sessionAt(a, 5)), step(b, 0, sessionAt(b, 3)), step(c, 0, sessionAt(c, 9)))
	for limit, want := range map[int][]store.Key{1: {b}, 10: {b, a}} {
		if keys, err := s.Idle(t.Context(), project, at(9).AsTime(), false, limit); err != nil || !slices.Equal(keys, want) {
			t.Errorf("of at most %d: %v, %v", limit, keys, err)
		}
	}
	mustCommit(t, s, 9, 11, step(b, 3, sessionAt(b, 11)), wipe(a, 5, tombOf(a, 10, "era_1")))
	if keys, err := s.Idle(t.Context(), project, at(9).AsTime(), false, 10); err != nil || len(keys) > 0 {
		t.Errorf("after one moved and one was erased: %v, %v", keys, err)
	}
}

func silentSessions(t *testing.T, s store.Store) {
	a, b := keyOf("ses_a"), keyOf("ses_b")
	spoken := sessionAt(b, 4)
	spoken.Summary = &sessionsv1.Summary{Messages: 1}
	mustCommit(t, s, 0, 4, step(a, 0, sessionAt(a, 3)), step(b, 0, spoken, line("m", 4)))
	if keys, err := s.Idle(t.Context(), project, at(100).AsTime(), true, 10); err != nil || !slices.Equal(keys, []store.Key{a}) {
		t.Errorf("silent are %v, %v", keys, err)
	}
	spoken = sessionAt(a, 5)
	spoken.Summary = &sessionsv1.Summary{Messages: 1}
	mustCommit(t, s, 4, 5, step(a, 3, spoken, line("m", 5)))
	if keys, err := s.Idle(t.Context(), project, at(100).AsTime(), true, 10); err != nil || len(keys) > 0 {
		t.Errorf("after the first word: %v, %v", keys, err)
	}
}

func scrubbing(t *testing.T, s store.Store) {
	if err := s.Scrub(t.Context()); err != nil {
		t.Error(err)
	}
}
