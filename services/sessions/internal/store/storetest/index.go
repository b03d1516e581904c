package storetest

import (
	"errors"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

func expectThread(t *testing.T, s store.Store, platform, chat, thread string, want store.Key) {
	t.Helper()
	got, err := s.ByThread(t.Context(), project, platform, chat, thread)
	if err != nil || got != want {
		t.Fatalf("thread %s %s %s is %v's, %v; want %v", platform, chat, thread, got, err, want)
	}
}

func expectCopy(t *testing.T, s store.Store, chat, copyID string, want store.Key, message string) {
	t.Helper()
	got, m, err := s.ByCopy(t.Context(), project, telegram, chat, copyID)
	if err != nil || got != want || m != message {
		t.Fatalf("copy %s %s is %v %q, %v; want %v %q", chat, copyID, got, m, err, want, message)
	}
}

func threadsNameTheirSession(t *testing.T, s store.Store) {
	a, b := keyOf("ses_a"), keyOf("ses_b")
	both := threaded(threaded(sessionAt(a, 3), telegram, "-100", "12"), "slack", "C1", "12")
	mustCommit(t, s, 0, 4, step(a, 0, both), step(b, 0, threaded(sessionAt(b, 4), telegram, "-100", "13")))
	expectThread(t, s, telegram, "-100", "12", a)
	expectThread(t, s, "slack", "C1", "12", a)
	expectThread(t, s, telegram, "-100", "13", b)
	for _, wrong := range [][3]string{{"discord", "-100", "12"}, {telegram, "C1", "12"}, {telegram, "-100", "14"}, {telegram, "-100", ""}} {
		if key, err := s.ByThread(t.Context(), project, wrong[0], wrong[1], wrong[2]); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("thread %q is %v's, %v", wrong, key, err)
		}
	}
}

func movedThreadIsFoundAtBothPlaces(t *testing.T, s store.Store) {
	k := keyOf("ses_a")
	mustCommit(t, s, 0, 3, step(k, 0, threaded(sessionAt(k, 3), telegram, "-100", "12"), shown(line("m1", 2), telegram, "-100", []string{"7"}, nil)))
	mustCommit(t, s, 3, 5, step(k, 3, threaded(sessionAt(k, 5), telegram, "-200", "44"), shown(line("m1", 2), telegram, "-200", []string{"8"}, nil)))
	expectThread(t, s, telegram, "-200", "44", k)
	expectThread(t, s, telegram, "-100", "12", k)
	expectCopy(t, s, "-200", "8", k, "m1")
	expectCopy(t, s, "-100", "7", k, "m1")
}

func copiesNameTheirMessage(t *testing.T, s store.Store) {
	a, b := keyOf("ses_a"), keyOf("ses_b")
	mustCommit(t, s, 0, 4,
		step(a, 0, sessionAt(a, 3), shown(line("m1", 2), telegram, "-100", []string{"7", "8"}, nil), line("m2", 3)),
		step(b, 0, sessionAt(b, 4), shown(line("m1", 4), telegram, "-100", []string{"9"}, nil)))
	expectCopy(t, s, "-100", "7", a, "m1")
	expectCopy(t, s, "-100", "8", a, "m1") // a long text in two posts
	expectCopy(t, s, "-100", "9", b, "m1")
	if key, m, err := s.ByCopy(t.Context(), project, "slack", "-100", "7"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("a copy on a platform without any is %v %q, %v", key, m, err)
	}
}

func joinedPostNamesItsLastMessage(t *testing.T, s store.Store) {
	k := keyOf("ses_a")
	joined := []string{"m1", "m2", "m3"}
	post := func(messageID string, seq uint64) *sessionsv1.MessageRecord {
		return shown(line(messageID, seq), telegram, "-100", []string{"7"}, joined)
	}
	mustCommit(t, s, 0, 3, step(k, 0, sessionAt(k, 3), post("m3", 3), post("m1", 1), post("m2", 2)))
	expectCopy(t, s, "-100", "7", k, "m3")
	mustCommit(t, s, 3, 5, step(k, 3, sessionAt(k, 5), post("m1", 1)))
	expectCopy(t, s, "-100", "7", k, "m3")

	// A record that was not written since the post grew doesn't know of its last message.
	grown := shown(line("m4", 6), telegram, "-100", []string{"7"}, append(joined, "m4"))
	mustCommit(t, s, 5, 6, step(k, 5, sessionAt(k, 6), grown))
	mustCommit(t, s, 6, 7, step(k, 6, sessionAt(k, 7), post("m2", 2)))
	expectCopy(t, s, "-100", "7", k, "m4")
}

func operatorKeepsTheNewestStatus(t *testing.T, s store.Store) {
	status := func(operator string, seq uint64, online bool) store.OperatorChange {
		return store.OperatorChange{Project: project, Operator: &sessionsv1.Operator{Id: operator, Name: "the one", Online: online, At: at(seq), Seq: seq}}
	}
	floor := uint64(0)
	commit := func(p id.Part, operators ...store.OperatorChange) {
		t.Helper()
		floor++
		from, err := s.Floor(t.Context(), p)
		if err == nil {
			err = s.Commit(t.Context(), store.Change{Part: p, From: from, Through: floor, Operators: operators})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	commit(1, status("telegram:2", 20, true), status("slack:1", 21, true))
	commit(2, status("telegram:2", 15, false)) // another part is behind
	commit(2, status("slack:1", 30, false), status("slack:1", 25, true))
	got, err := s.Operators(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "operators", got, []*sessionsv1.Operator{status("slack:1", 30, false).Operator, status("telegram:2", 20, true).Operator})
}
