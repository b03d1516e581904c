package office

import (
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive/receivetest"
)

var olga = receive.Operator{ID: "slack:U1", Name: "Olga"}

// world is an office of Slack with a real bus and file store; thread 1.0 of channel C is Ana's conversation, with two unread messages.
type world struct {
	*Office
	t        *testing.T
	sessions *receivetest.Sessions
}

func newWorld(t *testing.T) *world {
	t.Helper()
	b := bustest.Connect(t, bus.Config{InProcess: bustest.ServerIn(t, t.TempDir()), Name: t.Name(), PublishTimeout: time.Second})
	w := &world{t: t, sessions: &receivetest.Sessions{Bus: b, Platform: "slack"}}
	desk := &receive.Desk{Bus: b, Sessions: sessionsv1.NewSessionsClient(w.sessions.Serve(t))}
	w.sessions.Begin("default", "C", "1.0", "ses_ana", "m1", "m2")
	files, err := file.New(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := NewMetrics(prometheus.NewRegistry(), "slack")
	if err != nil {
		t.Fatal(err)
	}
	w.Office, err = New(Options{
		Project: id.Default, Platform: "slack", Desk: desk, Files: files, MaxFile: 1 << 20, Metrics: metrics, Log: zap.NewNop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// does plays a gesture in Ana's thread.
func (w *world) does(eventID string, g Gesture) Outcome {
	w.t.Helper()
	g.EventID, g.By = eventID, olga
	if g.Chat == "" {
		g.Chat, g.Thread = "C", "1.0"
	}
	out, err := w.Handle(w.t.Context(), g)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// facts are what the bus holds.
func (w *world) facts() []bus.Event {
	w.t.Helper()
	var events []bus.Event
	if err := w.Desk.Bus.Replay(w.t.Context(), 1, bus.Filter{}, func(ev bus.Event) error {
		events = append(events, ev)
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return events
}

// expect says which facts the bus holds, by type and id.
func (w *world) expect(want ...string) {
	w.t.Helper()
	var got []string
	for _, ev := range w.facts() {
		got = append(got, string(ev.Type)+" "+ev.ID)
	}
	if !slices.Equal(got, want) {
		w.t.Fatalf("the bus holds %q, want %q", got, want)
	}
}

// said are the operators' messages on the bus.
func (w *world) said() (messages []*eventv1.MessageCreated) {
	w.t.Helper()
	for _, ev := range w.facts() {
		if data, ok := ev.Data.(*eventv1.MessageCreated); ok {
			messages = append(messages, data)
		}
	}
	return messages
}
