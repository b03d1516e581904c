package fact

import (
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// Reported is a fact that a customer's backend reports of a visitor of its own: it came in by the API. A name, when there is one,
// makes it the same fact as any other of the session that has that name.
func Reported(ev bus.Event, name string) bus.Event {
	if name != "" {
		ev.ID = string(ev.Session) + ":api:" + name
	}
	data := ev.Data.ProtoReflect()
	if f := data.Descriptor().Fields().ByName("platform"); f != nil && f.Kind() == protoreflect.StringKind {
		data.Set(f, protoreflect.ValueOfString("api"))
	}
	return ev
}

// Assisted says that the assistant answers from now on, and why.
func Assisted(e *session.Entry, why string, at time.Time) bus.Event {
	return event(e.Key, bus.AISwitched, unique(), at, &eventv1.Switch{
		SessionId: string(e.Session), VisitorId: e.Visitor, On: true, By: why, Platform: "api", At: timestamppb.New(at),
	})
}
