package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// The history that Fold applies: event n is a message in session n mod 3, shown in its thread, and an operator's status.
const (
	foldPart     id.Part = 3
	foldSessions         = 3
	foldChat             = "-100"
)

func foldKey(n uint64) store.Key             { return keyOf(fmt.Sprint("ses_", n%foldSessions)) }
func foldThread(n uint64) string             { return fmt.Sprint("thread ", n%foldSessions) }
func foldMessage(n uint64) string            { return fmt.Sprint("m", n) }
func foldCopy(n uint64) string               { return fmt.Sprint("copy ", n) }
func foldLog(before string, n uint64) string { return before + fmt.Sprintf(" %d", n) }

// Fold applies the next events of an endless history, up to the last, as the projection does: load, skip what a session
// already has, commit. It answers the floor that it committed or found.
func Fold(ctx context.Context, s store.Store, batch, last uint64) (floor uint64, err error) {
	want := store.Want{Part: foldPart}
	for n := range uint64(foldSessions) {
		want.Sessions = append(want.Sessions, foldKey(n))
	}
	view, err := s.Load(ctx, want)
	if err != nil || view.Floor >= last {
		return last, err
	}
	change := store.Change{Part: foldPart, From: view.Floor, Through: min(view.Floor+batch, last)}
	for n := range uint64(foldSessions) {
		if c := foldSession(view.Sessions[foldKey(n)], foldKey(n), change.From, change.Through); c.Record.Seq > c.Before {
			change.Sessions = append(change.Sessions, c)
		}
	}
	change.Operators = []store.OperatorChange{{Project: project, Operator: &sessionsv1.Operator{Id: "o", Seq: change.Through}}}
	return change.Through, s.Commit(ctx, change)
}

func foldSession(record *sessionsv1.SessionRecord, k store.Key, from, through uint64) store.SessionChange {
	if record == nil {
		record = sessionAt(k, 0)
	}
	c := step(k, record.Seq, record)
	for n := from + 1; n <= through; n++ {
		if foldKey(n) != k || n <= record.Seq {
			continue
		}
		record.Seq, record.Session.LastActivity = n, at(n)
		record.ClosedBy = foldLog(record.ClosedBy, n)
		threaded(record, telegram, foldChat, foldThread(n))
		c.Messages = append(c.Messages, shown(line(foldMessage(n), n), telegram, foldChat, []string{foldCopy(n)}, nil))
	}
	return c
}

// CheckFolded checks that everything up to the floor is there, in each session once and in order; that a session that is ahead
// has all of what it has, indexes included.
func CheckFolded(t tester, s store.Store, floor uint64) {
	t.Helper()
	for i := range uint64(foldSessions) {
		record := mustLoad(t, s, store.Want{Sessions: []store.Key{foldKey(i)}}).Sessions[foldKey(i)]
		var told strings.Builder
		var messages []string
		newest := uint64(0)
		for n := uint64(1); n <= max(floor, record.GetSeq()); n++ {
			if n%foldSessions == i {
				newest = n
				told.WriteString(foldLog("", n))
				messages = append(messages, foldMessage(n))
				checkIndexed(t, s, n)
			}
		}
		same(t, "newest event of a session", record.GetSeq(), newest)
		same(t, "events of a session", record.GetClosedBy(), told.String())
		page, _, err := s.Messages(t.Context(), foldKey(i), store.Query{Limit: store.MaxLimit})
		if err != nil {
			t.Fatalf("messages: %v", err)
		}
		same(t, "messages", idsOf(page), messages[max(0, len(messages)-store.MaxLimit):])
	}
	operators, err := s.Operators(t.Context(), project)
	if err != nil || floor > 0 && (len(operators) != 1 || operators[0].Seq < floor) {
		t.Fatalf("operators at %d: %v, %v", floor, operators, err)
	}
}

// checkIndexed checks that event n's session and message are found by thread, copy and list.
func checkIndexed(t tester, s store.Store, n uint64) {
	t.Helper()
	if k, err := s.ByThread(t.Context(), project, telegram, foldChat, foldThread(n)); err != nil || k != foldKey(n) {
		t.Fatalf("thread of event %d: %v, %v", n, k, err)
	}
	if k, m, err := s.ByCopy(t.Context(), project, telegram, foldChat, foldCopy(n)); err != nil || k != foldKey(n) || m != foldMessage(n) {
		t.Fatalf("copy of event %d: %v %q, %v", n, k, m, err)
	}
	if !slices.Contains(sessionsOf(walk(t, s, project, "", foldSessions)), string(foldKey(n).Session)) {
		t.Fatalf("session of event %d is not listed", n)
	}
}
