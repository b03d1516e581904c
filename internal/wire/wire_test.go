package wire

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	when  = timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC))
	later = timestamppb.New(time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC))
)

func value(t *testing.T, v any) *structpb.Value {
	t.Helper()
	out, err := structpb.NewValue(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func full() *bellhopv1.Message {
	return &bellhopv1.Message{
		Id: "m1", SessionId: "ses_1", Content: "<b>hi</b> \u2028 & \"you\" 😀", Sender: "operator", OperatorName: "Ada", Timestamp: when, ReplyTo: "m0",
		Status: "read", DeliveredAt: when, ReadAt: later, EditedAt: later, Metadata: &structpb.Struct{Fields: map[string]*structpb.Value{"a": structpb.NewNumberValue(1)}},
		Attachments: []*bellhopv1.Attachment{{Id: "f1", Filename: "a.png", MimeType: "image/png", Size: 3, Url: "https://x/f1", Status: "ready"}},
		Quote:       &bellhopv1.Quote{Id: "m0", Content: "question", Sender: "visitor", HasAttachment: true, AttachmentType: "image/png"},
	}
}

func events(t *testing.T) map[string]bus.Event {
	t.Helper()
	event := func(kind bus.Type, data proto.Message) bus.Event {
		return bus.Event{Type: kind, Project: "default", Session: "ses_1", Data: data}
	}
	return map[string]bus.Event{
		"message":        event(bus.MessageCreated, &eventv1.MessageCreated{Message: full()}),
		"message_bare":   event(bus.MessageCreated, &eventv1.MessageCreated{Message: &bellhopv1.Message{Id: "m2", SessionId: "ses_1", Content: "x", Sender: "visitor", Timestamp: when}}),
		"edited":         event(bus.MessageEdited, &eventv1.MessageEdited{MessageId: "m1", Content: "new", EditedAt: later}),
		"deleted":        event(bus.MessageDeleted, &eventv1.MessageDeleted{MessageId: "m1", DeletedAt: later}),
		"delivered":      event(bus.MessageDeliver, &eventv1.MessageDelivered{MessageIds: []string{"m1", "m2"}, DeliveredAt: later}),
		"read":           event(bus.MessageRead, &eventv1.MessageRead{MessageIds: []string{"m1"}, Status: "read", ReadAt: later}),
		"read_delivered": event(bus.MessageRead, &eventv1.MessageRead{MessageIds: []string{"m1"}, Status: "delivered", ReadAt: later}),
		"event":          event(bus.EventEmitted, &eventv1.Custom{SessionId: "ses_1", Name: "n", Data: value(t, map[string]any{"__proto__": []any{1.5, nil, true}}), Timestamp: when}),
		"event_to_all":   event(bus.EventEmitted, &eventv1.Custom{Name: "n", Timestamp: when}),
		"rating":         event(bus.CsatRequested, &eventv1.Csat{SessionId: "ses_1", At: when, By: "Ada", Platform: "slack"}),
		"screenshot":     event(bus.ScreenshotRequested, &eventv1.Screenshot{RequestId: "r1", By: "Ada", Platform: "slack", Silent: true, At: when}),
		"closed":         event(bus.SessionClosed, &eventv1.Session{At: when}),
		"reopened":       event(bus.SessionReopened, &eventv1.Session{At: when}),
	}
}

func TestEveryFrameReadsAsTheWidgetExpects(t *testing.T) {
	for name, ev := range events(t) {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, FromEvent(ev), "", "  "); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		pretty.WriteByte('\n')
		file := "testdata/" + name + ".json"
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
			t.Errorf("%s:\n%s\nwant\n%s", name, pretty.Bytes(), want)
		}
		if strings.Contains(pretty.String(), "null,") && name != "event" {
			t.Errorf("%s: an absent field must not be null: %s", name, pretty.Bytes())
		}
	}
}

func TestWhatIsNotForTheVisitorMakesNoFrame(t *testing.T) {
	for name, ev := range map[string]bus.Event{
		"his own event":     {Type: bus.EventReceived, Data: &eventv1.Custom{Name: "n"}},
		"started":           {Type: bus.SessionStarted, Data: &eventv1.Session{}},
		"updated":           {Type: bus.SessionUpdated, Data: &eventv1.Session{}},
		"thread":            {Type: bus.ThreadOpened, Data: &eventv1.ThreadOpened{}},
		"failed":            {Type: bus.MessageFailed, Data: &eventv1.MessageFailed{}},
		"delivered nothing": {Type: bus.MessageDeliver, Data: &eventv1.MessageDelivered{Through: 5}},
		"read nothing":      {Type: bus.MessageRead, Data: &eventv1.MessageRead{}},
		"no message":        {Type: bus.MessageCreated, Data: &eventv1.MessageCreated{}},
		"rated":             {Type: bus.CsatSubmitted, Data: &eventv1.Csat{Score: 5}},
		"stored":            {Type: bus.AttachmentStored, Data: &eventv1.AttachmentStored{Attachment: &bellhopv1.Attachment{Id: "f1"}}},
		"blocked":           {Type: bus.SessionBlocked, Data: &eventv1.Switch{On: true}},
		"unknown":           {Type: "coffee.served"},
	} {
		if got := FromEvent(ev); got != nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestHistoryShowsQuotesAsObjectsAlsoOfWhatIsNotOnThePage(t *testing.T) {
	deleted := &sessionsv1.MessageRecord{Message: &bellhopv1.Message{Id: "a", Sender: "visitor", DeletedAt: later}}
	long := &sessionsv1.MessageRecord{Message: &bellhopv1.Message{Id: "b", Sender: "visitor", Content: strings.Repeat("é", 141), ReplyTo: "a"}}
	page := []*sessionsv1.MessageRecord{long, {Message: &bellhopv1.Message{Id: "c", ReplyTo: "b"}}, {Message: &bellhopv1.Message{Id: "d", ReplyTo: "gone"}}}
	got := FromRecords(page, []*sessionsv1.MessageRecord{deleted})
	if len(got) != 3 || got[0].ReplyTo == nil || !got[0].ReplyTo.Deleted || got[1].ReplyTo.Content != strings.Repeat("é", 139)+"…" || got[2].ReplyTo != nil {
		t.Errorf("page %+v", got)
	}
	if got := FromRecords(nil, nil); got == nil {
		t.Error("an empty page must be [] and not null")
	}
}
