package fact

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// source is the service that these facts enter at.
const source = "gateway"

// Now is the present instant as it goes on the wire: in milliseconds.
func Now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

func event(key session.Key, kind bus.Type, eventID string, at time.Time, data proto.Message) bus.Event {
	return bus.Event{ID: eventID, Type: kind, Project: key.Project, Session: key.Session, Source: source, Time: at, Data: data}
}

// Opening is what must come before a fact: the session's start before its first one, its reopening before the first message
// after it was closed; empty for neither. The ids are stable: two gateways that open a session at the same moment open it once.
func Opening(e *session.Entry, next bus.Event) []bus.Event {
	opening, at, platform := e.Opening(), next.Time, "widget"
	if e.External != "" {
		platform = "api"
	}
	switch {
	case opening.Start != nil:
		return []bus.Event{event(e.Key, bus.SessionStarted, string(e.Session)+":started", at,
			&eventv1.Session{Session: opening.Start, Platform: platform, At: timestamppb.New(at)})}
	case opening.Reopen && next.Type == bus.MessageCreated:
		return []bus.Event{event(e.Key, bus.SessionReopened, string(e.Session)+":reopened:"+strconv.FormatUint(opening.Closed, 10), at,
			&eventv1.Session{Session: ref(e), Platform: platform, At: timestamppb.New(at)})}
	default:
		return nil
	}
}

// ref names a session without saying anything of it.
func ref(e *session.Entry) *bellhopv1.Session {
	return &bellhopv1.Session{Id: string(e.Session), VisitorId: e.Visitor}
}

// Updated says what changed about a session: metadata, identity.
func Updated(e *session.Entry, changed *bellhopv1.Session, at time.Time) bus.Event {
	changed.Id, changed.VisitorId = string(e.Session), e.Visitor
	return event(e.Key, bus.SessionUpdated, unique(), at, &eventv1.Session{Session: changed, Platform: "widget", At: timestamppb.New(at)})
}

// Closed closes a session in somebody's name.
func Closed(e *session.Entry, by, platform string, at time.Time) bus.Event {
	return event(e.Key, bus.SessionClosed, unique(), at, &eventv1.Session{Session: ref(e), By: by, Platform: platform, At: timestamppb.New(at)})
}

// Erased asks for everything of a session to be forgotten. erasure names the request, by says whose it was.
func Erased(key session.Key, erasure, by string, at time.Time) bus.Event {
	return event(key, bus.SessionErased, unique(), at, &eventv1.Session{
		Session: &bellhopv1.Session{Id: string(key.Session)}, By: by, Platform: "api", Reason: "request", Erasure: erasure, At: timestamppb.New(at),
	})
}

// Created is a new message; its id is the event's.
func Created(e *session.Entry, m *bellhopv1.Message, platform string) bus.Event {
	m.SessionId, m.Status = string(e.Session), "sent"
	return event(e.Key, bus.MessageCreated, m.GetId(), m.GetTimestamp().AsTime(),
		&eventv1.MessageCreated{SessionId: string(e.Session), VisitorId: e.Visitor, Message: m, Platform: platform})
}

// Edited is a new text of a visitor's message.
func Edited(e *session.Entry, messageID, content string, at time.Time) bus.Event {
	return event(e.Key, bus.MessageEdited, unique(), at, &eventv1.MessageEdited{
		SessionId: string(e.Session), VisitorId: e.Visitor, MessageId: messageID, Content: content,
		EditedAt: timestamppb.New(at), Sender: "visitor", Platform: "widget",
	})
}

// Deleted takes back a visitor's message. Deleting twice is one fact.
func Deleted(e *session.Entry, messageID string, at time.Time) bus.Event {
	return event(e.Key, bus.MessageDeleted, messageID+":deleted", at, &eventv1.MessageDeleted{
		SessionId: string(e.Session), VisitorId: e.Visitor, MessageId: messageID,
		DeletedAt: timestamppb.New(at), Sender: "visitor", Platform: "widget",
	})
}

// Read says which of the team's messages the visitor has seen.
func Read(e *session.Entry, ids []string, status string, at time.Time) bus.Event {
	return event(e.Key, bus.MessageRead, unique(), at, &eventv1.MessageRead{
		SessionId: string(e.Session), VisitorId: e.Visitor, MessageIds: ids, Status: status,
		ReadAt: timestamppb.New(at), Reader: "visitor", Platform: "widget",
	})
}

// Stored is a file whose bytes are in the store. Saying so twice is one fact.
func Stored(e *session.Entry, a *bellhopv1.Attachment, request string, silent bool, at time.Time) bus.Event {
	return event(e.Key, bus.AttachmentStored, a.GetId()+":stored", at, &eventv1.AttachmentStored{
		SessionId: string(e.Session), VisitorId: e.Visitor, Attachment: a, RequestId: request, Silent: silent,
	})
}

// Rated is the visitor's rating, which was asked for at asked; zero when it was not. Two answers to one question are one fact.
func Rated(e *session.Entry, score int32, comment string, asked, at time.Time) bus.Event {
	eventID := string(e.Session) + ":rated"
	if !asked.IsZero() {
		eventID += ":" + strconv.FormatInt(asked.UnixMilli(), 10)
	}
	return event(e.Key, bus.CsatSubmitted, eventID, at, &eventv1.Csat{
		SessionId: string(e.Session), VisitorId: e.Visitor, Score: score, Comment: comment, At: timestamppb.New(at), Platform: "widget",
	})
}

// Left says that the visitor has gone, after he was there for so long. Two gateways that notice the same going say it once:
// its id names the last thing that happened before.
func Left(e *session.Entry, was time.Duration, reason string, at time.Time) bus.Event {
	return event(e.Key, bus.SessionLeft, string(e.Session)+":left:"+strconv.FormatUint(e.Seq(), 10), at, &eventv1.Session{
		Session: ref(e), Platform: "widget", At: timestamppb.New(at), Duration: int64(was / time.Second), Reason: reason,
	})
}

// Received is a custom event from the visitor's page.
func Received(e *session.Entry, name string, data *structpb.Value, at time.Time) bus.Event {
	return event(e.Key, bus.EventReceived, unique(), at, &eventv1.Custom{
		SessionId: string(e.Session), VisitorId: e.Visitor, Name: name, Data: data, Timestamp: timestamppb.New(at),
	})
}

// Emitted is a custom event to a visitor's page.
func Emitted(e *session.Entry, name string, data *structpb.Value, at time.Time) bus.Event {
	return event(e.Key, bus.EventEmitted, unique(), at, &eventv1.Custom{
		SessionId: string(e.Session), VisitorId: e.Visitor, Name: name, Data: data, Timestamp: timestamppb.New(at),
	})
}

// Broadcast is a custom event to all visitors of a project.
func Broadcast(p id.Project, name string, data *structpb.Value, at time.Time) bus.Event {
	return event(session.Key{Project: p, Session: id.Everyone}, bus.EventEmitted, unique(), at,
		&eventv1.Custom{Name: name, Data: data, Timestamp: timestamppb.New(at)})
}

// Operator is an operator's presence.
func Operator(p id.Project, operatorID, name string, online bool, at time.Time) bus.Event {
	return event(session.Key{Project: p, Session: id.Everyone}, bus.OperatorStatus, unique(), at,
		&eventv1.OperatorStatus{Online: online, OperatorId: operatorID, OperatorName: name, At: timestamppb.New(at)})
}

// unique is an event id for a fact that nothing else names.
func unique() string { return string(id.NewMessage()) }
