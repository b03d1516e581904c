package bus

import (
	"slices"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// Type is an event type as it stands at the end of a subject: <noun>.<verb>. The CloudEvents type is "bellhop." and this.
type Type string

// The catalogue: what enters the bus, and which service lets it in.
const (
	SessionStarted  Type = "session.started"   // gateway: a visitor became a conversation
	SessionUpdated  Type = "session.updated"   // gateway: new page or identity; the changed part only
	SessionLeft     Type = "session.left"      // gateway: the visitor left
	SessionClosed   Type = "session.closed"    // gateway, inbound
	SessionReopened Type = "session.reopened"  // gateway, inbound
	MessageCreated  Type = "message.created"   // gateway, inbound
	MessageEdited   Type = "message.edited"    // gateway, inbound
	MessageDeleted  Type = "message.deleted"   // gateway, inbound
	MessageDeliver  Type = "message.delivered" // notifier: a platform has taken it
	MessageFailed   Type = "message.failed"    // notifier: a platform never will
	MessageRead     Type = "message.read"      // gateway, inbound
	ThreadOpened    Type = "thread.opened"     // notifier: which platform thread is the session's
	EventReceived   Type = "event.received"    // gateway: a custom event from the visitor
	EventEmitted    Type = "event.emitted"     // gateway: a custom event to the visitor, or to all
	OperatorStatus  Type = "operator.status"   // gateway, inbound
	CsatRequested   Type = "csat.requested"    // gateway, inbound: a rating was asked for
	CsatSubmitted   Type = "csat.submitted"    // gateway: and given
	SessionBlocked  Type = "session.blocked"   // inbound: the visitor is refused, or no longer
	AISwitched      Type = "ai.switched"       // gateway, inbound: may the assistant answer

	ScreenshotRequested Type = "screenshot.requested" // inbound
	AttachmentStored    Type = "attachment.stored"    // gateway, inbound
	DeliveryRequested   Type = "delivery.requested"   // the command line: try again what was given up

	SessionErased   Type = "session.erased"   // gateway, sessions: everything of the session is to be forgotten
	ErasurePlanned  Type = "erasure.planned"  // sessions: where its copies stand
	ErasureReported Type = "erasure.reported" // sessions, notifier: what became of a part of the erasure
)

// payloads says which message each type carries. An event type that is not here is carried along undecoded: consumers ship
// before producers, so a newer neighbour may publish what this process does not know yet.
var payloads = map[Type]proto.Message{
	SessionStarted:  (*eventv1.Session)(nil),
	SessionUpdated:  (*eventv1.Session)(nil),
	SessionLeft:     (*eventv1.Session)(nil),
	SessionClosed:   (*eventv1.Session)(nil),
	SessionReopened: (*eventv1.Session)(nil),
	MessageCreated:  (*eventv1.MessageCreated)(nil),
	MessageEdited:   (*eventv1.MessageEdited)(nil),
	MessageDeleted:  (*eventv1.MessageDeleted)(nil),
	MessageDeliver:  (*eventv1.MessageDelivered)(nil),
	MessageFailed:   (*eventv1.MessageFailed)(nil),
	MessageRead:     (*eventv1.MessageRead)(nil),
	ThreadOpened:    (*eventv1.ThreadOpened)(nil),
	EventReceived:   (*eventv1.Custom)(nil),
	EventEmitted:    (*eventv1.Custom)(nil),
	OperatorStatus:  (*eventv1.OperatorStatus)(nil),
	CsatRequested:   (*eventv1.Csat)(nil),
	CsatSubmitted:   (*eventv1.Csat)(nil),
	SessionBlocked:  (*eventv1.Switch)(nil),
	AISwitched:      (*eventv1.Switch)(nil),

	ScreenshotRequested: (*eventv1.Screenshot)(nil),
	AttachmentStored:    (*eventv1.AttachmentStored)(nil),
	DeliveryRequested:   (*eventv1.DeliveryRequested)(nil),

	SessionErased:   (*eventv1.Session)(nil),
	ErasurePlanned:  (*eventv1.Erasure)(nil),
	ErasureReported: (*eventv1.Erasure)(nil),
}

// Types lists the catalogue in alphabetical order.
func Types() []Type {
	types := make([]Type, 0, len(payloads))
	for t := range payloads {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// newData makes an empty payload of a type; nil for a type that this process does not know.
func newData(t Type) proto.Message {
	zero, ok := payloads[t]
	if !ok {
		return nil
	}
	return zero.ProtoReflect().New().Interface()
}
