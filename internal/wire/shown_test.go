package wire

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestEventThatIsShownUnderAnotherIDDoesNotTellItsOwn(t *testing.T) {
	const own id.Session = "ses_secret"
	for kind, data := range map[bus.Type]proto.Message{
		bus.MessageCreated: &eventv1.MessageCreated{SessionId: string(own), Message: &bellhopv1.Message{Id: "m", SessionId: string(own), Sender: "operator"}},
		bus.MessageEdited:  &eventv1.MessageEdited{SessionId: string(own)}, bus.MessageRead: &eventv1.MessageRead{SessionId: string(own)},
		bus.SessionStarted: &eventv1.Session{Session: &bellhopv1.Session{Id: string(own)}}, bus.SessionClosed: &eventv1.Session{Session: &bellhopv1.Session{Id: string(own)}},
		bus.EventReceived: &eventv1.Custom{SessionId: string(own), Name: "n"}, bus.CsatRequested: &eventv1.Csat{SessionId: string(own)},
		bus.OperatorStatus: &eventv1.OperatorStatus{Online: true},
	} {
		ev := bus.Event{Type: kind, Project: id.Default, Session: own, Data: data}
		before := proto.Clone(data)
		shown := As(ev, "order 7")
		raw, err := protojson.Marshal(shown.Data)
		if err != nil || strings.Contains(string(raw), string(own)) || shown.Session != "order 7" {
			t.Errorf("%s: %s of %s, %v", kind, raw, shown.Session, err)
		}
		if !proto.Equal(before, data) || ev.Session != own {
			t.Errorf("%s: the event itself was changed", kind)
		}
		if same := As(ev, ""); same.Data != ev.Data || same.Session != own {
			t.Errorf("%s: an event without another id", kind)
		}
	}
	if got := FromSession(&bellhopv1.Session{Id: "ses_1", ExternalId: "order 7"}); got.ID != "order 7" {
		t.Errorf("the session is shown as %s", got.ID)
	}
}
