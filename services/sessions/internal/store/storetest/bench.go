package storetest

import (
	"fmt"
	"testing"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

const (
	benchSessions = 1000
	benchMessages = 120
	benchBatch    = 100
)

// Bench measures an empty store: a commit of 100 events in 100 sessions of 1,000, the load before it, and the newest page of a
// conversation of 120 messages.
func Bench(b *testing.B, s store.Store) {
	seqs := make([]uint64, benchSessions)
	floor := fill(b, s, seqs)
	k := benchKey(0)
	mustCommit(b, s, floor, floor+benchMessages, longTalk(k, seqs, floor))
	floor += benchMessages

	b.Run("Commit100EventsOf100Sessions", func(b *testing.B) {
		for b.Loop() {
			sessions := make([]store.SessionChange, 0, benchBatch)
			from := floor
			for range benchBatch {
				floor++
				i := int(floor) % benchSessions
				k := benchKey(i)
				m := shown(line(fmt.Sprintf("0198c0de-0000-7000-8000-%012d", floor), floor), telegram, "-1001234567890", []string{fmt.Sprint(floor)}, nil)
				sessions = append(sessions, step(k, seqs[i], threaded(sessionAt(k, floor), telegram, "-1001234567890", fmt.Sprint(i)), m))
				seqs[i] = floor
			}
			mustCommit(b, s, from, floor, sessions...)
		}
		b.ReportMetric(float64(b.N*benchBatch)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("Load100SessionsAndMessages", func(b *testing.B) {
		want := store.Want{Part: part, Messages: map[store.Key][]string{}}
		for i := range benchBatch {
			want.Sessions = append(want.Sessions, benchKey(i))
			want.Messages[benchKey(i)] = []string{fmt.Sprintf("first of %d", i)}
		}
		for b.Loop() {
			if view := mustLoad(b, s, want); len(view.Messages) != benchBatch {
				b.Fatalf("%d sessions have their first message", len(view.Messages))
			}
		}
	})
	b.Run("Newest100Messages", func(b *testing.B) {
		for b.Loop() {
			if page, _, err := s.Messages(b.Context(), k, store.Query{Limit: store.MaxLimit}); err != nil || len(page) != store.MaxLimit {
				b.Fatalf("%d messages, %v", len(page), err)
			}
		}
	})
}

func benchKey(i int) store.Key { return keyOf(fmt.Sprintf("ses_%022d", i)) }

func fill(b *testing.B, s store.Store, seqs []uint64) (floor uint64) {
	for i := 0; i < benchSessions; i += benchBatch {
		var sessions []store.SessionChange
		from := floor
		for j := i; j < i+benchBatch; j++ {
			floor++
			seqs[j] = floor
			sessions = append(sessions, step(benchKey(j), 0, sessionAt(benchKey(j), floor), line(fmt.Sprintf("first of %d", j), floor)))
		}
		mustCommit(b, s, from, floor, sessions...)
	}
	return floor
}

func longTalk(k store.Key, seqs []uint64, floor uint64) store.SessionChange {
	talk := step(k, seqs[0], sessionAt(k, floor+benchMessages))
	for i := range uint64(benchMessages) {
		talk.Messages = append(talk.Messages, line(fmt.Sprintf("0198c0de-0001-7000-8000-%012d", i), floor+i+1))
	}
	seqs[0] = floor + benchMessages
	return talk
}
