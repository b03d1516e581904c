package projection

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// facts draws events of two sessions and the project, on few messages and platforms, so that they meet often.
func facts(t *rapid.T) []bus.Event {
	var events []bus.Event
	var seq uint64
	for range rapid.IntRange(1, 40).Draw(t, "events") {
		seq += rapid.Uint64Range(1, 3).Draw(t, "gap")
		kind := rapid.SampledFrom(bus.Types()).Draw(t, "type")
		ev := event(seq, kind, payload(t, seq, kind))
		ev.Session = rapid.SampledFrom([]id.Session{guest, guest, other}).Draw(t, "session")
		if kind == bus.OperatorStatus {
			ev.Session = id.Everyone
		}
		if rapid.IntRange(0, 20).Draw(t, "unknown") == 0 {
			ev.Data = nil
		}
		events = append(events, ev)
	}
	return events
}

var (
	messageIDs = rapid.SampledFrom([]string{"m1", "m2", "m3", "m4", ""})
	senders    = rapid.SampledFrom([]string{"visitor", "operator", "ai", ""})
	platforms  = rapid.SampledFrom([]string{"telegram", "slack", "widget", ""})
	words      = rapid.SampledFrom([]string{"", "a", "b", "c"})
	statuses   = rapid.SampledFrom([]string{"", "active", "closed", "sent", "delivered", "read"})
)

func payload(t *rapid.T, seq uint64, kind bus.Type) proto.Message {
	at := second(rapid.Uint64Range(0, seq).Draw(t, "at"))
	messageID, sender, platform := messageIDs.Draw(t, "message"), senders.Draw(t, "sender"), platforms.Draw(t, "platform")
	some := rapid.SliceOfN(messageIDs, 0, 3).Draw(t, "messages")
	switch kind {
	case bus.MessageCreated:
		m := &bellhopv1.Message{Id: messageID, Sender: sender, Content: words.Draw(t, "text"), ReplyTo: messageIDs.Draw(t, "reply"), Timestamp: at}
		return &eventv1.MessageCreated{VisitorId: "v", Message: m, Platform: platform, Origin: &bellhopv1.PlatformMessage{Ids: []string{"1"}}}
	case bus.MessageEdited:
		return &eventv1.MessageEdited{MessageId: messageID, Sender: sender, Content: words.Draw(t, "text"), EditedAt: at, Platform: platform}
	case bus.MessageDeleted:
		return &eventv1.MessageDeleted{MessageId: messageID, Sender: sender, DeletedAt: at}
	case bus.MessageDeliver:
		copies := []*eventv1.Copy{{MessageId: messageID, Version: rapid.Uint64Range(0, seq).Draw(t, "version")}}
		through := rapid.Uint64Range(0, seq).Draw(t, "through")
		return &eventv1.MessageDelivered{Platform: platform, MessageIds: some, Copies: copies, Through: through, ThreadStatus: statuses.Draw(t, "status")}
	case bus.MessageFailed:
		return &eventv1.MessageFailed{Platform: platform, MessageIds: some, Through: rapid.Uint64Range(0, seq).Draw(t, "through")}
	case bus.MessageRead:
		return &eventv1.MessageRead{Reader: sender, Status: statuses.Draw(t, "status"), MessageIds: some, ReadAt: at}
	case bus.ThreadOpened:
		return &eventv1.ThreadOpened{Platform: platform, Chat: "c", Thread: words.Draw(t, "thread"), OpenedAt: at}
	case bus.OperatorStatus:
		return &eventv1.OperatorStatus{OperatorId: words.Draw(t, "operator"), Online: rapid.Bool().Draw(t, "online"), At: at}
	case bus.EventReceived, bus.EventEmitted:
		return &eventv1.Custom{Name: "n"}
	default:
		field := map[string]*structpb.Value{words.Draw(t, "key"): structpb.NewStringValue(words.Draw(t, "value"))}
		given := &bellhopv1.Session{VisitorId: words.Draw(t, "visitor"), CreatedAt: at, Metadata: &structpb.Struct{Fields: field}}
		return &eventv1.Session{Session: given, At: at, By: words.Draw(t, "by"), Platform: platform}
	}
}

func TestAnyBatchingWithCrashesAndRedeliveryEndsInTheSameRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := facts(t)
		want := newWorld()
		for _, ev := range events {
			one := []bus.Event{ev}
			want.commit(t, Fold(want.load(Needs(0, one)), 0, one), all)
		}
		got := newWorld()
		last := events[len(events)-1].Seq
		for step := 0; got.floor < last; step++ {
			// A batch begins at or before the first event that is not applied: joined on to the floor, or delivered again.
			next := len(events) - len(after(events, got.floor))
			from := rapid.IntRange(0, next).Draw(t, fmt.Sprint("from", step))
			to := rapid.IntRange(next+1, len(events)).Draw(t, fmt.Sprint("to", step))
			batch := events[from:to]
			change := Fold(got.load(Needs(0, batch)), 0, batch)
			written := all
			if rapid.IntRange(0, 3).Draw(t, "crash") == 0 {
				written = rapid.IntRange(0, 2).Draw(t, "written")
			}
			got.commit(t, change, written)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(world{}, operatorKey{}), protocmp.Transform()); diff != "" {
			t.Fatalf("one by one -, in batches +:\n%s", diff)
		}
	})
}

func TestFoldingTheSameEventsAgainChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events, w := facts(t), newWorld()
		w.commit(t, Fold(w.load(Needs(0, events)), 0, events), all)
		change := Fold(w.load(Needs(0, events)), 0, events)
		if len(change.Sessions) > 0 || len(change.Operators) > 0 || change.From != change.Through {
			t.Fatalf("second fold: %v", change)
		}
		// A store that lost its floor but no session: nothing but the floor moves.
		w.floor = 0
		if change = Fold(w.load(Needs(0, events)), 0, events); len(change.Sessions) > 0 || change.Through != events[len(events)-1].Seq {
			t.Fatalf("fold behind its sessions: %v", change)
		}
	})
}
