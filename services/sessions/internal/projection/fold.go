package projection

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Fold applies events of one part, in stream order, to a view that was loaded with Needs. The view's records are changed;
// the events are not. Events up to the view's floor, or up to the seq of the session they are about, change nothing.
func Fold(view *store.View, part id.Part, events []bus.Event) store.Change {
	f := &folding{view: view, sessions: map[store.Key]*session{}, operators: map[operatorKey]int{}}
	through := view.Floor
	for _, ev := range events {
		if ev.Seq <= through {
			continue
		}
		through = ev.Seq
		f.apply(ev)
	}
	return store.Change{Part: part, From: view.Floor, Through: through, Sessions: f.changes(), Operators: f.presence}
}

// folding is one run of Fold.
type folding struct {
	view      *store.View
	sessions  map[store.Key]*session
	order     []*session
	operators map[operatorKey]int
	presence  []store.OperatorChange
}

func (f *folding) apply(ev bus.Event) {
	if status, ok := ev.Data.(*eventv1.OperatorStatus); ok {
		f.operatorStatus(ev, status)
	}
	if ev.Session == id.Everyone {
		return
	}
	s := f.session(keyOf(ev))
	if s.record == nil && !begins(ev) || ev.Seq <= s.record.GetSeq() {
		return
	}
	s.begin(ev)
	if s.record.Erasure != nil {
		s.afterErasure(ev)
	} else {
		s.apply(ev)
	}
	s.record.Seq = ev.Seq
}

// begins tells the events that make a record where there is none: each is a fact about a conversation, and none is dropped
// because session.started is late. What is sent to a page that only looks, or is unknown here, makes no conversation.
func begins(ev bus.Event) bool {
	switch ev.Data.(type) {
	case nil, *eventv1.OperatorStatus, *eventv1.Erasure:
		return false
	default:
		return ev.Type != bus.EventEmitted
	}
}

func (f *folding) session(key store.Key) *session {
	s, ok := f.sessions[key]
	if !ok {
		record := f.view.Sessions[key]
		s = &session{key: key, before: record.GetSeq(), record: record, messages: f.view.Messages[key], changed: map[string]bool{}}
		if s.messages == nil {
			s.messages = map[string]*sessionsv1.MessageRecord{}
		}
		f.sessions[key] = s
		f.order = append(f.order, s)
	}
	return s
}

func (f *folding) changes() []store.SessionChange {
	var changes []store.SessionChange
	for _, s := range f.order {
		if s.record.GetSeq() == s.before {
			continue
		}
		change := store.SessionChange{Key: s.key, Before: s.before, Record: s.record, Wipe: s.wiped}
		for _, messageID := range s.order {
			change.Messages = append(change.Messages, s.messages[messageID])
		}
		changes = append(changes, change)
	}
	return changes
}

// session is one session while it is folded.
type session struct {
	key      store.Key
	before   uint64
	record   *sessionsv1.SessionRecord
	messages map[string]*sessionsv1.MessageRecord
	// changed and order: the messages to be written, in the order of their first change.
	changed map[string]bool
	order   []string
	// wiped: what the store holds of the session goes.
	wiped bool
}

// begin makes the record if there is none, and lets any event that knows the visitor say so once.
func (s *session) begin(ev bus.Event) {
	if s.record == nil {
		s.record = &sessionsv1.SessionRecord{Project: string(s.key.Project), Session: &bellhopv1.Session{
			Id: string(s.key.Session), CreatedAt: stamp(nil, ev), LastActivity: stamp(nil, ev), Status: statusActive,
		}}
	}
	if of, ok := ev.Data.(interface{ GetVisitorId() string }); ok && s.record.Session.VisitorId == "" {
		s.record.Session.VisitorId = of.GetVisitorId()
	}
}

func (s *session) apply(ev bus.Event) {
	switch data := ev.Data.(type) {
	case *eventv1.Session:
		if ev.Type == bus.SessionErased {
			s.erase(ev, data)
			return
		}
		s.lifecycle(ev, data)
	case *eventv1.MessageCreated:
		s.created(ev, data)
	case *eventv1.MessageEdited:
		s.edited(ev, data)
	case *eventv1.MessageDeleted:
		s.deleted(ev, data)
	case *eventv1.MessageDelivered:
		s.delivered(ev, data)
	case *eventv1.MessageFailed:
		s.settled(data.GetPlatform(), data.GetThrough())
	case *eventv1.MessageRead:
		s.read(ev, data)
	case *eventv1.ThreadOpened:
		s.threadOpened(ev, data)
	case *eventv1.Custom:
		if ev.Type == bus.EventReceived {
			s.happened(ev, data)
		}
	case *eventv1.Csat:
		if ev.Type == bus.CsatSubmitted {
			s.rated(ev, data)
		} else {
			s.askedToRate(ev, data)
		}
	case *eventv1.Switch:
		s.switched(ev, data)
	case *eventv1.AttachmentStored:
		s.stored(ev, data)
	case *eventv1.DeliveryRequested:
		s.requested(ev, data)
	}
}

// acted notes that somebody did something: delivery, ticks and what the notifier does by itself are no activity.
func (s *session) acted(ev bus.Event) {
	if at := stamp(nil, ev); at.AsTime().After(s.record.Session.LastActivity.AsTime()) {
		s.record.Session.LastActivity = at
	}
}

// shows marks a message as changed by an event in a way that people can see.
func (s *session) shows(m *sessionsv1.MessageRecord, ev bus.Event) {
	m.ChangedSeq, m.ChangedAt = ev.Seq, stamp(nil, ev)
	s.write(m)
}

// write has the message written, whatever changed.
func (s *session) write(m *sessionsv1.MessageRecord) {
	if messageID := m.Message.Id; !s.changed[messageID] {
		s.changed[messageID] = true
		s.order = append(s.order, messageID)
	}
}

// stamp is the instant that the payload gives, else the event's own, at the millisecond precision of the wire.
func stamp(given *timestamppb.Timestamp, ev bus.Event) *timestamppb.Timestamp {
	at := ev.Time
	if given != nil {
		at = given.AsTime()
	}
	return timestamppb.New(at.Truncate(time.Millisecond))
}

// copyOf keeps what goes into a record apart from the event it came with: after a conflict the event is folded again.
func copyOf[M proto.Message](m M) M { return proto.Clone(m).(M) }
