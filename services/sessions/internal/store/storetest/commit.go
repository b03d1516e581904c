package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

func freshStoreIsEmpty(t *testing.T, s store.Store) {
	k := keyOf("ses_a")
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	scope := Scope{Keys: []store.Key{k}, Threads: []store.Place{{Project: project, Platform: telegram}}, Copies: []store.Place{{Project: project}}}
	empty := Look(t, s, scope)
	if empty.Epoch != "" || empty.Floors[part] != 0 || len(empty.Sessions)+len(empty.Threads)+len(empty.Copies) > 0 {
		t.Fatalf("a fresh store holds %+v", empty)
	}
	if _, err := s.Session(t.Context(), k); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("an unknown session: %v", err)
	}
	if _, err := s.ByThread(t.Context(), project, telegram, "c", "1"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("an unknown thread: %v", err)
	}
	if _, _, err := s.ByCopy(t.Context(), project, telegram, "c", "1"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("an unknown copy: %v", err)
	}
}

func whatWasCommittedIsReadBack(t *testing.T, s store.Store) {
	k := keyOf("ses_a")
	record := threaded(sessionAt(k, 7), telegram, "-100", "12")
	first, second := line("m1", 5), shown(line("m2", 7), telegram, "-100", []string{"77", "78"}, nil)
	mustCommit(t, s, 0, 9, step(k, 0, record, first, second))
	if err := s.SetEpoch(t.Context(), "stream of today"); err != nil {
		t.Fatal(err)
	}

	view := mustLoad(t, s, store.Want{Part: part, Sessions: []store.Key{k}, Messages: map[store.Key][]string{k: {"m2", "m1"}}})
	same(t, "loaded", view, &store.View{
		Floor:    9,
		Sessions: map[store.Key]*sessionsv1.SessionRecord{k: record},
		Messages: map[store.Key]map[string]*sessionsv1.MessageRecord{k: {"m1": first, "m2": second}},
	})
	got, err := s.Session(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "session", got, record)
	snap := Look(t, s, Scope{Keys: []store.Key{k}})
	same(t, "messages", snap.Messages[k], []*sessionsv1.MessageRecord{first, second})
	same(t, "epoch", snap.Epoch, "stream of today")

	edited, _ := proto.Clone(first).(*sessionsv1.MessageRecord)
	edited.Message.Content, edited.ContentSeq, edited.ChangedSeq, edited.ChangedAt = "better", 11, 11, at(11)
	mustCommit(t, s, 9, 11, step(k, 7, sessionAt(k, 11), edited))
	snap = Look(t, s, Scope{Keys: []store.Key{k}})
	same(t, "messages after an edit", snap.Messages[k], []*sessionsv1.MessageRecord{edited, second})
	same(t, "floor after an edit", snap.Floors[part], uint64(11))
}

func loadAnswersOnlyWhatIsThere(t *testing.T, s store.Store) {
	k, other := keyOf("ses_a"), keyOf("ses_b")
	mustCommit(t, s, 0, 3, step(k, 0, sessionAt(k, 3), line("m1", 2), line("m2", 3)))
	view := mustLoad(t, s, store.Want{
		Part: part + 1, Sessions: []store.Key{other},
		// The session of a wanted message need not be wanted itself, and another's message of that name is not meant.
		Messages: map[store.Key][]string{k: {"m1", "nobody's"}, other: {"m2"}},
	})
	same(t, "floor of another part", view.Floor, uint64(0))
	same(t, "sessions", view.Sessions, map[store.Key]*sessionsv1.SessionRecord{})
	same(t, "messages", view.Messages, map[store.Key]map[string]*sessionsv1.MessageRecord{k: {"m1": line("m1", 2)}})
}

func loadedRecordsAreTheCallers(t *testing.T, s store.Store) {
	k := keyOf("ses_a")
	mustCommit(t, s, 0, 3, step(k, 0, sessionAt(k, 3), line("m1", 3)))
	want := store.Want{Part: part, Sessions: []store.Key{k}, Messages: map[store.Key][]string{k: {"m1"}}}
	view := mustLoad(t, s, want)
	view.Sessions[k].Session.Status = "scribbled on"
	view.Messages[k]["m1"].Message.Content = "scribbled on"
	again := mustLoad(t, s, want)
	same(t, "session", again.Sessions[k], sessionAt(k, 3))
	same(t, "message", again.Messages[k]["m1"], line("m1", 3))
}

// conflicting is a store with two sessions at 5 and 6, and a change that touches everything and could follow.
func conflicting(t *testing.T, s store.Store) (Scope, store.Change) {
	a, b, c := keyOf("ses_a"), keyOf("ses_b"), keyOf("ses_c")
	mustCommit(t, s, 0, 6, step(a, 0, sessionAt(a, 5), line("a1", 5)), step(b, 0, sessionAt(b, 6), line("b1", 6)))
	thread, shownAt := store.Place{Project: project, Platform: telegram, Chat: "1", Name: "2"}, store.Place{Project: project, Platform: telegram, Chat: "1", Name: "9"}
	return Scope{Keys: []store.Key{a, b, c}, Threads: []store.Place{thread}, Copies: []store.Place{shownAt}}, store.Change{
		Part: part, From: 6, Through: 9,
		Sessions: []store.SessionChange{
			step(a, 5, threaded(sessionAt(a, 7), telegram, "1", "2"), shown(line("a2", 7), telegram, "1", []string{"9"}, nil)),
			step(b, 6, sessionAt(b, 8), line("b2", 8)),
			step(c, 0, sessionAt(c, 9), line("c1", 9)),
		},
		Operators: []store.OperatorChange{{Project: project, Operator: &sessionsv1.Operator{Id: "o", Online: true, Seq: 9}}},
	}
}

// refused checks that a change conflicts and leaves no trace.
func refused(t *testing.T, s store.Store, scope Scope, change store.Change) {
	t.Helper()
	before := Look(t, s, scope)
	if err := s.Commit(t.Context(), change); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("commit said %v, not a conflict", err)
	}
	same(t, "after the conflict", Look(t, s, scope), before)
}

func otherFloorConflictsAndWritesNothing(t *testing.T, s store.Store) {
	scope, change := conflicting(t, s)
	for _, from := range []uint64{0, 5, 7} {
		change.From = from
		refused(t, s, scope, change)
	}
}

func otherSeqConflictsAndWritesNothing(t *testing.T, s store.Store) {
	scope, change := conflicting(t, s)
	for i, before := range []uint64{4, 0, 3} { // too old; not new after all; not there
		right := change.Sessions[i].Before
		change.Sessions[i].Before = before
		refused(t, s, scope, change)
		change.Sessions[i].Before = right
	}
	if err := s.Commit(t.Context(), change); err != nil {
		t.Fatalf("the right change: %v", err)
	}
}

func sameChangeTwiceConflictsAndChangesNothing(t *testing.T, s store.Store) {
	scope, change := conflicting(t, s)
	if err := s.Commit(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	refused(t, s, scope, change)
	change.From, change.Through = 9, 10 // the floor fits now, the sessions don't
	refused(t, s, scope, change)
}

func emptyChangeMovesTheFloor(t *testing.T, s store.Store) {
	mustCommit(t, s, 0, 40)
	mustCommit(t, s, 40, 41)
	refused(t, s, Scope{}, store.Change{Part: part, From: 40, Through: 42})
	same(t, "floors", Look(t, s, Scope{}).Floors[part], uint64(41))
}

func largeChangeIsOneChange(t *testing.T, s store.Store) {
	const sessions, messages = 150, 3
	change := store.Change{Part: part, Through: sessions * messages}
	want := store.Want{Part: part, Messages: map[store.Key][]string{}}
	seq := uint64(0)
	for i := range sessions {
		c := store.SessionChange{Key: keyOf(fmt.Sprint("ses_", i))}
		for j := range messages {
			seq++
			c.Messages = append(c.Messages, line(fmt.Sprint("m", j), seq))
			want.Messages[c.Key] = append(want.Messages[c.Key], fmt.Sprint("m", j))
		}
		c.Record = sessionAt(c.Key, seq)
		change.Sessions = append(change.Sessions, c)
		want.Sessions = append(want.Sessions, c.Key)
	}
	if err := s.Commit(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	view := mustLoad(t, s, want)
	for _, c := range change.Sessions {
		same(t, "session", view.Sessions[c.Key], c.Record)
		for _, m := range c.Messages {
			same(t, "message", view.Messages[c.Key][m.Message.Id], m)
		}
	}
}

func endedContextIsAnError(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	k := keyOf("ses_a")
	err := s.Commit(ctx, store.Change{Part: part, Through: 3, Sessions: []store.SessionChange{step(k, 0, sessionAt(k, 3))}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("commit: %v", err)
	}
	if _, err := s.Load(ctx, store.Want{Sessions: []store.Key{k}}); !errors.Is(err, context.Canceled) {
		t.Fatalf("load: %v", err)
	}
	same(t, "floor", Look(t, s, Scope{}).Floors[part], uint64(0))
}
