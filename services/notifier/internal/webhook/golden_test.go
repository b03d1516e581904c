package webhook

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	when  = timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC))
	later = timestamppb.New(time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC))
)

func object(t *testing.T, v map[string]any) *structpb.Struct {
	t.Helper()
	s, err := structpb.NewStruct(v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// catalogue has an event of every kind that the bus knows; nothing names those that no destination is told of.
func catalogue(t *testing.T) (events map[string]bus.Event, nothing []string) {
	t.Helper()
	events = map[string]bus.Event{}
	add := func(name string, kind bus.Type, data proto.Message) {
		events[name] = bus.Event{ID: "e1", Type: kind, Project: id.Default, Session: "ses_1", Time: when.AsTime(), Data: data}
	}
	silent := func(name string, kind bus.Type, data proto.Message) {
		add(name, kind, data)
		nothing = append(nothing, name)
	}
	ref := &bellhopv1.Session{Id: "ses_1", VisitorId: "v1"}
	file := &bellhopv1.Attachment{Id: "f1", Filename: "a.png", MimeType: "image/png", Size: 3, Url: "https://x/f1", Status: "ready"}
	message := func(sender, name string) *bellhopv1.Message {
		return &bellhopv1.Message{
			Id: "telegram:77", SessionId: "ses_1", Content: "<b>hi</b> 😀", Sender: sender, OperatorName: name, Timestamp: when, Status: "sent",
			ReplyTo: "telegram:70", Attachments: []*bellhopv1.Attachment{file}, Quote: &bellhopv1.Quote{Id: "telegram:70", Content: "before", Sender: "operator"},
		}
	}
	created := func(platform string, m *bellhopv1.Message) proto.Message {
		return &eventv1.MessageCreated{SessionId: "ses_1", VisitorId: "v1", Platform: platform, Message: m}
	}
	custom := &eventv1.Custom{SessionId: "ses_1", VisitorId: "v1", Name: "clicked_pricing", Timestamp: when,
		Data: structpb.NewStructValue(object(t, map[string]any{"plan": "pro", "__proto__": []any{1.5, nil}}))}

	add("started", bus.SessionStarted, &eventv1.Session{Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v1", CreatedAt: when, Metadata: object(t, map[string]any{"url": "https://x"})}})
	add("started_bot", bus.SessionStarted, &eventv1.Session{Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v1", Metadata: object(t, map[string]any{"isBot": true})}})
	add("identified", bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v1", Identity: object(t, map[string]any{"id": "u1"})}})
	add("identified_proven", bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v1", Identity: object(t, map[string]any{"id": "u1"}), IdentityVerified: true}})
	add("phoned", bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v1", UserPhone: "+4930123"}})
	silent("moved", bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{Id: "ses_1", Metadata: object(t, map[string]any{"url": "https://y"})}})
	add("left", bus.SessionLeft, &eventv1.Session{Session: ref, Duration: 93, Reason: "page_unload", At: later})
	add("closed", bus.SessionClosed, &eventv1.Session{Session: ref, By: "Ann", Platform: "telegram", At: later})
	add("erased", bus.SessionErased, &eventv1.Session{Session: &bellhopv1.Session{Id: "ses_1"}, By: "api", Reason: "request", Erasure: "era_1", At: later})
	silent("erasure_planned", bus.ErasurePlanned, &eventv1.Erasure{SessionId: "ses_1"})
	silent("erasure_reported", bus.ErasureReported, &eventv1.Erasure{SessionId: "ses_1", Part: "data", State: "done"})
	silent("reopened", bus.SessionReopened, &eventv1.Session{Session: ref, At: later})
	add("visitor", bus.MessageCreated, created("widget", message("visitor", "")))
	add("operator", bus.MessageCreated, created("telegram", message("operator", "Ann")))
	add("assistant", bus.MessageCreated, created("", &bellhopv1.Message{Id: "a1", SessionId: "ses_1", Content: "I am a machine", Sender: "ai", Timestamp: when}))
	silent("system", bus.MessageCreated, created("", message("system", "")))
	silent("senderless", bus.MessageCreated, created("", &bellhopv1.Message{Id: "m"}))
	for _, sender := range []string{"visitor", "operator"} {
		add(sender+"_edited", bus.MessageEdited, &eventv1.MessageEdited{SessionId: "ses_1", VisitorId: "v1", MessageId: "m1", Content: "new", EditedAt: later, Sender: sender})
		add(sender+"_deleted", bus.MessageDeleted, &eventv1.MessageDeleted{SessionId: "ses_1", VisitorId: "v1", MessageId: "m1", DeletedAt: later, Sender: sender})
	}
	silent("delivered", bus.MessageDeliver, &eventv1.MessageDelivered{SessionId: "ses_1", MessageIds: []string{"m1"}})
	silent("failed", bus.MessageFailed, &eventv1.MessageFailed{SessionId: "ses_1", MessageIds: []string{"m1"}})
	add("read", bus.MessageRead, &eventv1.MessageRead{SessionId: "ses_1", VisitorId: "v1", MessageIds: []string{"m1", "m2"}, Status: "read", ReadAt: later, Reader: "visitor"})
	add("read_delivered", bus.MessageRead, &eventv1.MessageRead{SessionId: "ses_1", VisitorId: "v1", MessageIds: []string{"m1"}, Status: "delivered", ReadAt: later})
	silent("thread", bus.ThreadOpened, &eventv1.ThreadOpened{SessionId: "ses_1"})
	add("received", bus.EventReceived, custom)
	silent("emitted", bus.EventEmitted, custom)
	add("online", bus.OperatorStatus, &eventv1.OperatorStatus{Online: true, OperatorId: "telegram:555", OperatorName: "Ann", At: when})
	add("offline", bus.OperatorStatus, &eventv1.OperatorStatus{At: when})
	add("csat_requested", bus.CsatRequested, &eventv1.Csat{SessionId: "ses_1", VisitorId: "v1", At: when, By: "Ann", Platform: "slack"})
	add("csat_submitted", bus.CsatSubmitted, &eventv1.Csat{SessionId: "ses_1", VisitorId: "v1", Score: 4, Comment: "fine", At: later})
	silent("blocked", bus.SessionBlocked, &eventv1.Switch{SessionId: "ses_1", On: true})
	add("ai_on", bus.AISwitched, &eventv1.Switch{SessionId: "ses_1", VisitorId: "v1", On: true, By: "Ann"})
	add("ai_on_itself", bus.AISwitched, &eventv1.Switch{SessionId: "ses_1", VisitorId: "v1", On: true})
	silent("ai_off", bus.AISwitched, &eventv1.Switch{SessionId: "ses_1", By: "Ann"})
	silent("screenshot", bus.ScreenshotRequested, &eventv1.Screenshot{SessionId: "ses_1"})
	silent("stored", bus.AttachmentStored, &eventv1.AttachmentStored{SessionId: "ses_1"})
	silent("requested", bus.DeliveryRequested, &eventv1.DeliveryRequested{SessionId: "ses_1"})
	silent("unknown", "coffee.served", nil)
	return events, nothing
}

// now is the session as the sessions service knows it.
func now(t *testing.T) wire.Session {
	t.Helper()
	return wire.FromRecord(&sessionsv1.SessionRecord{
		Session:   &bellhopv1.Session{Id: "ses_1", VisitorId: "v1", CreatedAt: when, LastActivity: later, Status: "active", Identity: object(t, map[string]any{"id": "u1"})},
		Platforms: map[string]*sessionsv1.PlatformState{"telegram": {Thread: "42"}},
	}, true)
}

func TestEveryEventReadsAsReceiversExpect(t *testing.T) {
	events, nothing := catalogue(t)
	all := destinations(Config{EventsURL: "https://x", BackendURL: "https://x", APIKey: "k"}, noProxy, wallClock{})
	for name, ev := range events {
		for _, d := range all {
			file := "testdata/" + d.Name + "/" + name + ".json"
			var session wire.Session // who does not say that it is needed gets none
			if d.needs(ev) {
				session = now(t)
				session.Verified = strings.HasSuffix(name, "_proven")
			}
			kind, data := d.render(ev, session)
			if kind == "" {
				if _, err := os.Stat(file); err == nil {
					t.Errorf("%s is told nothing of %s", d.Name, name)
				}
				continue
			}
			if slices.Contains(nothing, name) {
				t.Errorf("%s is told %s of %s", d.Name, kind, name)
			}
			if !slices.Contains(d.types, ev.Type) {
				t.Errorf("%s would never hear %s", d.Name, ev.Type)
			}
			golden(t, file, d, kind, data)
		}
	}
	for _, kind := range bus.Types() {
		if !slices.ContainsFunc(slices.Collect(maps.Values(events)), func(ev bus.Event) bool { return ev.Type == kind }) {
			t.Errorf("what %s means to a receiver is decided nowhere", kind)
		}
	}
}

func golden(t *testing.T, file string, d *Destination, kind string, data any) {
	t.Helper()
	header := http.Header{}
	body, err := d.seal(header, kind, data, later.AsTime())
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, pretty.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Errorf("%s:\n%s\nwant\n%s", file, pretty.Bytes(), want)
	}
}

// TestEveryTypeOfThePublishedListIsSent is the list of docs/webhooks.md.
func TestEveryTypeOfThePublishedListIsSent(t *testing.T) {
	events, _ := catalogue(t)
	for name, published := range map[string][]string{
		Events: {
			"new_session", "visitor_message", "operator_message", "visitor_message_edited", "visitor_message_deleted", "operator_message_edited",
			"operator_message_deleted", "message_read", "identity_update", "visitor_disconnect", "csat_submitted", "custom_event", "ai_takeover",
			"operator_status", "session_closed", "csat_request", "session_erased",
		},
		Backend: {"operator_message", "operator_message_edited", "operator_message_deleted", "session_closed", "csat_request"},
	} {
		render := map[string]func(bus.Event, wire.Session) (string, any){Events: eventMessage, Backend: backendMessage}[name]
		var sent []string
		for _, ev := range events {
			if kind, _ := render(ev, wire.Session{}); kind != "" && !slices.Contains(sent, kind) {
				sent = append(sent, kind)
			}
		}
		slices.Sort(sent)
		slices.Sort(published)
		if !slices.Equal(sent, published) {
			t.Errorf("%s gets %q, want %q", name, sent, published)
		}
	}
}
