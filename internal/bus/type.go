package bus

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// Type is an event type as it stands at the end of a subject: <noun>.<verb>. The CloudEvents type is "bellhop." and this.
type Type string

// The catalogue. Who publishes each, when, and what it says: proto/bellhop/event/v1/catalogue.proto.
const (
	SessionStarted  Type = "session.started"
	SessionUpdated  Type = "session.updated"
	SessionLeft     Type = "session.left"
	SessionClosed   Type = "session.closed"
	SessionReopened Type = "session.reopened"
	MessageCreated  Type = "message.created"
	MessageEdited   Type = "message.edited"
	MessageDeleted  Type = "message.deleted"
	MessageDeliver  Type = "message.delivered"
	MessageFailed   Type = "message.failed"
	MessageRead     Type = "message.read"
	ThreadOpened    Type = "thread.opened"
	EventReceived   Type = "event.received"
	EventEmitted    Type = "event.emitted"
	OperatorStatus  Type = "operator.status"
	CsatRequested   Type = "csat.requested"
	CsatSubmitted   Type = "csat.submitted"
	SessionBlocked  Type = "session.blocked"
	AISwitched      Type = "ai.switched"

	ScreenshotRequested Type = "screenshot.requested"
	AttachmentStored    Type = "attachment.stored"
	DeliveryRequested   Type = "delivery.requested"

	SessionErased   Type = "session.erased"
	ErasurePlanned  Type = "erasure.planned"
	ErasureReported Type = "erasure.reported"
)

// payloads says which message each type carries, as the contract's Catalogue lists them. An event type that is not here is carried
// along undecoded: consumers ship before producers, so a newer neighbour may publish what this process does not know yet.
var payloads = catalogued()

func catalogued() map[Type]protoreflect.MessageType {
	fields := (*eventv1.Catalogue)(nil).ProtoReflect().Descriptor().Fields()
	known := make(map[Type]protoreflect.MessageType, fields.Len())
	blank := (&eventv1.Catalogue{}).ProtoReflect()
	for i := range fields.Len() {
		field := fields.Get(i)
		noun, verb, _ := strings.Cut(string(field.Name()), "_")
		known[Type(noun+"."+verb)] = blank.NewField(field).Message().Type()
	}
	return known
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
	payload, ok := payloads[t]
	if !ok {
		return nil
	}
	return payload.New().Interface()
}
