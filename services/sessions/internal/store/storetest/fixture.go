package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// tester is what a test, a benchmark and a property have in common.
type tester interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

const (
	project  id.Project = id.Default
	part     id.Part    = 5
	telegram            = "telegram"
	active              = "active"
	closed              = "closed"
)

// dawn is when sequence 0 happened; every further one takes a millisecond.
var dawn = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func at(seq uint64) *timestamppb.Timestamp {
	return timestamppb.New(dawn.Add(time.Duration(seq) * time.Millisecond))
}

func keyOf(session string) store.Key {
	return store.Key{Project: project, Session: id.Session(session)}
}

// sessionAt is a session whose newest event was seq.
func sessionAt(k store.Key, seq uint64) *sessionsv1.SessionRecord {
	return &sessionsv1.SessionRecord{
		Project: string(k.Project), Seq: seq, StatusSeq: 1,
		Session: &bellhopv1.Session{
			Id: string(k.Session), VisitorId: "visitor of " + string(k.Session), CreatedAt: at(0), LastActivity: at(seq), Status: active,
		},
	}
}

// line is a message that nothing happened to since it was written.
func line(messageID string, seq uint64) *sessionsv1.MessageRecord {
	return &sessionsv1.MessageRecord{
		Message:    &bellhopv1.Message{Id: messageID, Content: fmt.Sprintf("%s, said at %d", messageID, seq), Sender: "visitor", Timestamp: at(seq)},
		CreatedSeq: seq, ContentSeq: seq, ChangedSeq: seq, ChangedAt: at(seq), Platform: "widget",
	}
}

// shown adds a copy of a message.
func shown(m *sessionsv1.MessageRecord, platform, chat string, ids, joined []string) *sessionsv1.MessageRecord {
	if m.Copies == nil {
		m.Copies = map[string]*eventv1.Copy{}
	}
	m.Copies[platform] = &eventv1.Copy{
		MessageId: m.GetMessage().GetId(), Joined: joined,
		At: &bellhopv1.PlatformMessage{Platform: platform, Chat: chat, Ids: ids},
	}
	return m
}

// threaded gives a session a thread.
func threaded(r *sessionsv1.SessionRecord, platform, chat, thread string) *sessionsv1.SessionRecord {
	if r.Platforms == nil {
		r.Platforms = map[string]*sessionsv1.PlatformState{}
	}
	r.Platforms[platform] = &sessionsv1.PlatformState{Chat: chat, Thread: thread, OpenedAt: at(1)}
	return r
}

// step moves one session from before to its record's seq.
func step(k store.Key, before uint64, record *sessionsv1.SessionRecord, messages ...*sessionsv1.MessageRecord) store.SessionChange {
	return store.SessionChange{Key: k, Before: before, Record: record, Messages: messages}
}

// mustCommit commits to part 5.
func mustCommit(t tester, s store.Store, from, through uint64, sessions ...store.SessionChange) {
	t.Helper()
	if err := s.Commit(t.Context(), store.Change{Part: part, From: from, Through: through, Sessions: sessions}); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

func mustLoad(t tester, s store.Store, want store.Want) *store.View {
	t.Helper()
	view, err := s.Load(t.Context(), want)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return view
}

// same compares answers; nothing and none are the same.
func same(t tester, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform(), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func idsOf(messages []*sessionsv1.MessageRecord) []string {
	ids := []string{}
	for _, m := range messages {
		ids = append(ids, m.GetMessage().GetId())
	}
	return ids
}

func sessionsOf(records []*sessionsv1.SessionRecord) []string {
	ids := []string{}
	for _, r := range records {
		ids = append(ids, r.GetSession().GetId())
	}
	return ids
}
