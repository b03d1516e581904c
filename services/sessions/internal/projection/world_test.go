package projection

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// world is what a store would hold: maps that a view is cut from and a change is written to.
type world struct {
	floor     uint64
	sessions  map[store.Key]*sessionsv1.SessionRecord
	messages  map[store.Key]map[string]*sessionsv1.MessageRecord
	operators map[operatorKey]*sessionsv1.Operator
}

func newWorld() *world {
	return &world{
		sessions:  map[store.Key]*sessionsv1.SessionRecord{},
		messages:  map[store.Key]map[string]*sessionsv1.MessageRecord{},
		operators: map[operatorKey]*sessionsv1.Operator{},
	}
}

// load answers what Needs asked for and nothing else.
func (w *world) load(want store.Want) *store.View {
	view := &store.View{
		Floor:    w.floor,
		Sessions: map[store.Key]*sessionsv1.SessionRecord{},
		Messages: map[store.Key]map[string]*sessionsv1.MessageRecord{},
	}
	for _, key := range want.Sessions {
		if record, ok := w.sessions[key]; ok {
			view.Sessions[key] = proto.CloneOf(record)
		}
	}
	for _, key := range want.Whole {
		view.Messages[key] = map[string]*sessionsv1.MessageRecord{}
		for messageID, record := range w.messages[key] {
			view.Messages[key][messageID] = proto.CloneOf(record)
		}
	}
	for key, ids := range want.Messages {
		for _, messageID := range ids {
			record, ok := w.messages[key][messageID]
			if !ok {
				continue
			}
			if view.Messages[key] == nil {
				view.Messages[key] = map[string]*sessionsv1.MessageRecord{}
			}
			view.Messages[key][messageID] = proto.CloneOf(record)
		}
	}
	return view
}

// commit writes the first sessions of a change, and the rest and the floor only when it gets that far.
func (w *world) commit(t interface{ Fatalf(string, ...any) }, change store.Change, sessions int) {
	for _, c := range change.Sessions[:min(sessions, len(change.Sessions))] {
		if c.Before != w.sessions[c.Key].GetSeq() {
			t.Fatalf("change of %s was made from seq %d, the store has %d", c.Key.Session, c.Before, w.sessions[c.Key].GetSeq())
		}
		w.sessions[c.Key] = proto.CloneOf(c.Record)
		if w.messages[c.Key] == nil || c.Wipe {
			w.messages[c.Key] = map[string]*sessionsv1.MessageRecord{}
		}
		for _, m := range c.Messages {
			w.messages[c.Key][m.Message.Id] = proto.CloneOf(m)
		}
	}
	if sessions < len(change.Sessions) {
		return
	}
	for _, c := range change.Operators {
		key := operatorKey{string(c.Project), c.Operator.Id}
		if c.Operator.Seq >= w.operators[key].GetSeq() {
			w.operators[key] = proto.CloneOf(c.Operator)
		}
	}
	w.floor = change.Through
}

// play folds events one by one and checks that they are left as they were.
func play(t *testing.T, events ...bus.Event) *world {
	t.Helper()
	w := newWorld()
	for _, ev := range events {
		before := proto.Clone(ev.Data)
		one := []bus.Event{ev}
		w.commit(t, Fold(w.load(Needs(0, one)), 0, one), all)
		if ev.Data != nil && !proto.Equal(before, ev.Data) {
			t.Fatalf("%s was changed by folding it", ev.Type)
		}
	}
	return w
}

// all sessions of a change.
const all = 1 << 30

const (
	guest  id.Session = "ses_guest"
	other  id.Session = "ses_other"
	shop   id.Project = "shop"
	answer            = "a"
	hello             = "h"
)

func (w *world) record() *sessionsv1.SessionRecord {
	return w.sessions[store.Key{Project: shop, Session: guest}]
}

func (w *world) message(messageID string) *sessionsv1.MessageRecord {
	return w.messages[store.Key{Project: shop, Session: guest}][messageID]
}

// noon is where the time of these tests begins; second n is the time of the event with sequence n.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func second(n uint64) *timestamppb.Timestamp {
	return timestamppb.New(noon.Add(time.Duration(n) * time.Second))
}

func event(seq uint64, kind bus.Type, data proto.Message) bus.Event {
	return bus.Event{Type: kind, Project: shop, Session: guest, Seq: seq, Time: second(seq).AsTime(), Data: data}
}

func started(seq uint64, given *bellhopv1.Session) bus.Event {
	return event(seq, bus.SessionStarted, &eventv1.Session{Session: given, At: second(seq), Platform: "widget"})
}

func closed(seq uint64, by string) bus.Event {
	return event(seq, bus.SessionClosed, &eventv1.Session{By: by, At: second(seq), Platform: "telegram"})
}

func says(seq uint64, sender, messageID string) bus.Event {
	platform := "widget"
	if sender != senderVisitor {
		platform = "slack"
	}
	return event(seq, bus.MessageCreated, &eventv1.MessageCreated{VisitorId: "v", Platform: platform, Message: &bellhopv1.Message{
		Id: messageID, Sender: sender, Content: "text of " + messageID, Timestamp: second(seq),
	}})
}

func object(t *testing.T, fields map[string]any) *structpb.Struct {
	t.Helper()
	s, err := structpb.NewStruct(maps.Clone(fields))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func expect(t *testing.T, want, got proto.Message) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}
