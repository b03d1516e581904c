package storetest

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// talk is a conversation of five messages; the first was edited at 60, the second read at 70.
func talk(t *testing.T, s store.Store) store.Key {
	k := keyOf("ses_a")
	edited, read := line("m1", 10), line("m2", 20)
	edited.ContentSeq, edited.ChangedSeq, edited.ChangedAt = 60, 60, at(60)
	read.ChangedSeq, read.ChangedAt = 70, at(70)
	mustCommit(t, s, 0, 70, step(k, 0, sessionAt(k, 70), line("m5", 50), line("m3", 30), edited, line("m4", 40), read))
	return k
}

func messagesAnswerEveryQuery(t *testing.T, s store.Store) {
	k := talk(t, s)
	seq := func(n uint64) *uint64 { return &n }
	since := func(n uint64) time.Time { return at(n).AsTime() }
	for _, c := range []struct {
		name  string
		query store.Query
		want  []string
		more  bool
	}{
		{"all", store.Query{Limit: 5}, []string{"m1", "m2", "m3", "m4", "m5"}, false},
		{"newest page", store.Query{Limit: 2}, []string{"m4", "m5"}, true},
		{"the first ones", store.Query{Limit: 2, Oldest: true}, []string{"m1", "m2"}, true},
		{"all from the first", store.Query{Limit: 5, Oldest: true}, []string{"m1", "m2", "m3", "m4", "m5"}, false},
		{"after one", store.Query{Limit: 2, AfterID: "m2"}, []string{"m3", "m4"}, true},
		{"after one, to the end", store.Query{Limit: 3, AfterID: "m2"}, []string{"m3", "m4", "m5"}, false},
		{"after the last", store.Query{Limit: 2, AfterID: "m5"}, []string{}, false},
		{"after nobody's", store.Query{Limit: 2, AfterID: "m9"}, []string{"m4", "m5"}, true},
		{"changed since", store.Query{Limit: 3, ChangedSince: since(50)}, []string{"m1", "m2", "m5"}, false},
		{"changed since, newest page", store.Query{Limit: 2, ChangedSince: since(50)}, []string{"m2", "m5"}, true},
		{"changed since tomorrow", store.Query{Limit: 2, ChangedSince: since(71)}, []string{}, false},
		{"changed since for ever", store.Query{Limit: 9, ChangedSince: time.Unix(0, 0)}, []string{"m1", "m2", "m3", "m4", "m5"}, false},
		{"changed after", store.Query{Limit: 3, ChangedAfter: seq(40)}, []string{"m1", "m2", "m5"}, false},
		{"changed after, newest page", store.Query{Limit: 1, ChangedAfter: seq(40)}, []string{"m5"}, true},
		{"changed after 0", store.Query{Limit: 4, ChangedAfter: seq(0)}, []string{"m2", "m3", "m4", "m5"}, true},
		{"changed after everything", store.Query{Limit: 4, ChangedAfter: seq(70)}, []string{}, false},
		{"changed after all time", store.Query{Limit: 4, ChangedAfter: seq(math.MaxUint64)}, []string{}, false},
		{"content after", store.Query{Limit: 3, ContentAfter: seq(30)}, []string{"m4", "m5", "m1"}, false},
		{"content after, oldest first", store.Query{Limit: 2, ContentAfter: seq(30)}, []string{"m4", "m5"}, true},
		{"content after 0", store.Query{Limit: 1, ContentAfter: seq(0)}, []string{"m2"}, true},
		{"content after all time", store.Query{Limit: 1, ContentAfter: seq(math.MaxUint64)}, []string{}, false},
		{"by id", store.Query{Limit: 3, IDs: []string{"m5", "m9", "m1", "m5"}}, []string{"m1", "m5"}, false},
		{"by id, newest page", store.Query{Limit: 1, IDs: []string{"m5", "m1"}}, []string{"m5"}, true},
	} {
		got, more, err := s.Messages(t.Context(), k, c.query)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		same(t, c.name, idsOf(got), c.want)
		same(t, c.name+": more", more, c.more)
	}
	got, more, err := s.Messages(t.Context(), keyOf("ses_nobody"), store.Query{Limit: 5})
	if err != nil || more || len(got) > 0 {
		t.Fatalf("an unknown session has %v, %v, %v", got, more, err)
	}
}

func oldChangeInALongConversation(t *testing.T, s store.Store) {
	const messages, changed, limit = 150, 20, 3
	k := keyOf("ses_a")
	change := step(k, 0, sessionAt(k, 1000))
	var want []string
	for i := range messages {
		m := line(fmt.Sprintf("m%03d", i), uint64(i+1))
		if i < changed {
			m.ChangedSeq, m.ChangedAt = uint64(1000-i), at(uint64(1000-i))
			want = append(want, m.Message.Id)
		}
		change.Messages = append(change.Messages, m)
	}
	mustCommit(t, s, 0, 1000, change)
	after := uint64(900)
	for name, query := range map[string]store.Query{
		"after": {Limit: limit, ChangedAfter: &after},
		"since": {Limit: limit, ChangedSince: at(901).AsTime()},
	} {
		got, more, err := s.Messages(t.Context(), k, query)
		if err != nil || !more {
			t.Fatalf("%s: more %v, %v", name, more, err)
		}
		same(t, name, idsOf(got), want[changed-limit:])
	}
}

func limitsOutOfRangeAreRefused(t *testing.T, s store.Store) {
	k := talk(t, s)
	for _, limit := range []int{-1, 0, store.MaxLimit + 1} {
		if _, _, err := s.Messages(t.Context(), k, store.Query{Limit: limit}); !errors.Is(err, store.ErrLimit) {
			t.Errorf("%d messages: %v", limit, err)
		}
		if _, _, err := s.Sessions(t.Context(), project, "", limit, ""); !errors.Is(err, store.ErrLimit) {
			t.Errorf("%d sessions: %v", limit, err)
		}
	}
}
