package webhook

import (
	"bytes"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestBackendIsToldOfItsSessionsUnderItsOwnIDs(t *testing.T) {
	for _, destination := range []string{Events, Backend} {
		w := newWorld(t)
		p := w.serve(destination)
		w.publish(event(bus.MessageCreated, bridged, &eventv1.MessageCreated{SessionId: bridged, VisitorId: "v1", Platform: "telegram", Message: &bellhopv1.Message{
			Id: "telegram:1", SessionId: bridged, Content: "hello", Sender: "operator",
		}}))
		w.publish(event(bus.SessionClosed, bridged, &eventv1.Session{Session: &bellhopv1.Session{Id: bridged}, Platform: "telegram"}))
		p.rest()
		got := w.receiver.all()
		if len(got) != 2 {
			t.Fatalf("%s: %d posts", destination, len(got))
		}
		for _, post := range got {
			if bytes.Contains(post.body, []byte(bridged)) || !bytes.Contains(post.body, []byte(`"sessionId":"order 7"`)) {
				t.Errorf("%s: %s", destination, post.body)
			}
		}
	}
}
