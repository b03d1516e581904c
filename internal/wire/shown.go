package wire

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// As is an event of a session that its reader knows by another id. The event itself is not changed.
func As(ev bus.Event, shown string) bus.Event {
	if ev.Data == nil || shown == "" || shown == string(ev.Session) {
		return ev
	}
	ev.Session, ev.Data = id.Session(shown), proto.Clone(ev.Data)
	rename(ev.Data.ProtoReflect(), shown)
	return ev
}

// rename replaces the session's id in a payload: in session_id, in the message's session_id, in the session's own id.
func rename(data protoreflect.Message, shown string) {
	fields := data.Descriptor().Fields()
	if f := fields.ByName("session_id"); f != nil && f.Kind() == protoreflect.StringKind {
		data.Set(f, protoreflect.ValueOfString(shown))
	}
	if f := fields.ByName("message"); f != nil && f.Message() != nil && data.Has(f) {
		rename(data.Mutable(f).Message(), shown)
	}
	if f := fields.ByName("session"); f != nil && f.Message() != nil && data.Has(f) {
		inner := data.Mutable(f).Message()
		if own := inner.Descriptor().Fields().ByName("id"); own != nil {
			inner.Set(own, protoreflect.ValueOfString(shown))
		}
	}
}
