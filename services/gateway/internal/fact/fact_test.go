package fact

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

func entry(t *testing.T, record *sessionsv1.SessionRecord) *session.Entry {
	t.Helper()
	d, err := session.New(nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	q := d.Ask(session.Key{Project: id.Default, Session: "ses_1"})
	defer q.End()
	e, err := q.Answer(record)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestOpeningHasOneIDAtEveryGateway(t *testing.T) {
	visit := &sessionsv1.SessionRecord{Visit: true, Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v"}}
	closed := &sessionsv1.SessionRecord{Seq: 9, StatusSeq: 7, Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v", Status: "closed"}}
	open := &sessionsv1.SessionRecord{Seq: 9, Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v", Status: "active"}}
	for name, c := range map[string]struct {
		record *sessionsv1.SessionRecord
		next   bus.Type
		kind   bus.Type
		id     string
	}{
		"visit": {visit, bus.EventReceived, bus.SessionStarted, "ses_1:started"}, "closed": {closed, bus.MessageCreated, bus.SessionReopened, "ses_1:reopened:7"},
		"closed, an event": {closed, bus.EventReceived, "", ""}, "open": {open, bus.MessageCreated, "", ""},
	} {
		got := Opening(entry(t, c.record), bus.Event{Type: c.next, Time: Now()})
		switch {
		case c.kind == "" && len(got) == 0:
		case c.kind == "" || len(got) != 1 || got[0].Type != c.kind || got[0].ID != c.id:
			t.Errorf("%s: %v", name, got)
		}
	}
}
