package bus

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 5_000_000, time.UTC)

func TestEventIsThePublishedCloudEvent(t *testing.T) {
	for name, c := range map[string]struct {
		ev   Event
		want string
	}{
		"message": {
			Event{ID: "0190-é\"", Type: MessageCreated, Project: "shop", Session: "ses_1", Source: "gateway", Time: noon.In(time.FixedZone("", 3600)),
				Data: &eventv1.MessageCreated{SessionId: "ses_1", VisitorId: "v", Platform: "widget", Message: &bellhopv1.Message{
					Id: "0190", SessionId: "ses_1", Content: "hi <b>", Sender: "visitor", Timestamp: timestamppb.New(noon)}}},
			`{"specversion":"1.0","id":"0190-é\"","type":"bellhop.message.created","source":"/projects/shop/gateway","subject":"ses_1",
			  "time":"2026-03-01T12:00:00.005Z","datacontenttype":"application/json",
			  "data":{"sessionId":"ses_1","visitorId":"v","platform":"widget","message":{"id":"0190","sessionId":"ses_1","content":"hi <b>",
			          "sender":"visitor","timestamp":"2026-03-01T12:00:00.005Z"}}}`,
		},
		"broadcast": {
			Event{ID: "1", Type: EventEmitted, Project: "default", Session: id.Everyone, Source: "gateway", Time: noon,
				Data: &eventv1.Custom{Name: "sale", Data: structpb.NewNumberValue(3)}},
			`{"specversion":"1.0","id":"1","type":"bellhop.event.emitted","source":"/projects/default/gateway","subject":"all",
			  "time":"2026-03-01T12:00:00.005Z","datacontenttype":"application/json","data":{"name":"sale","data":3}}`,
		},
		"unknown type": {
			Event{ID: "1", Type: "robot.woke", Project: "default", Session: "s", Source: "inbound", Time: noon},
			`{"specversion":"1.0","id":"1","type":"bellhop.robot.woke","source":"/projects/default/inbound","subject":"s",
			  "time":"2026-03-01T12:00:00.005Z","datacontenttype":"application/json","data":null}`,
		},
	} {
		body, err := c.ev.encode()
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal([]byte(c.want), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(body, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s: %v", name, body, err)
		}
	}
}

func TestDecodeRefusesWhatIsNoEventOfItsSubject(t *testing.T) {
	k := key{project: "shop", session: "ses_1", kind: MessageCreated}
	good := `{"specversion":"1.0","id":"1","type":"bellhop.message.created","source":"/projects/shop/gateway","subject":"ses_1","data":{"sessionId":"ses_1"}}`
	if ev, err := decode(k, []byte(good)); err != nil || ev.Data.(*eventv1.MessageCreated).SessionId != "ses_1" {
		t.Fatalf("%+v, %v", ev, err)
	}
	newer := strings.Replace(good, `{"sessionId"`, `{"newField":{"x":1},"sessionId"`, 1)
	if _, err := decode(k, []byte(newer)); err != nil {
		t.Errorf("a newer neighbour's field: %v", err)
	}
	for what, change := range map[string][2]string{
		"version":       {`"1.0"`, `"0.3"`},
		"id":            {`"id":"1"`, `"id":""`},
		"other type":    {"message.created", "message.edited"},
		"other session": {`"subject":"ses_1"`, `"subject":"ses_2"`},
		"other project": {"/projects/shop/", "/projects/shop2/"},
		"no source":     {`/projects/shop/gateway`, `gateway`},
		"bad time":      {`"id":"1"`, `"id":"1","time":"noon"`},
		"data a string": {`{"sessionId":"ses_1"}`, `"x"`},
		"data null":     {`{"sessionId":"ses_1"}`, `null`},
		"data missing":  {`,"data":{"sessionId":"ses_1"}`, ``},
		"wrong field":   {`"sessionId":"ses_1"`, `"sessionId":7`},
		"no JSON":       {`{"specversion"`, `{specversion`},
		"nested deep":   {`{"sessionId":"ses_1"}`, strings.Repeat("[", 100_000)},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s changes nothing", what)
		}
		if ev, err := decode(k, []byte(bad)); !errors.Is(err, errEvent) {
			t.Errorf("%s: %+v, %v", what, ev, err)
		}
	}
}

func TestEveryTypeOfTheCatalogueComesBack(t *testing.T) {
	for _, kind := range Types() {
		ev := Event{ID: "1", Type: kind, Project: "shop", Session: "s", Source: "gateway", Time: noon, Data: newData(kind)}
		body, err := ev.encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(ev.key(), body)
		if err != nil || !proto.Equal(back.Data, ev.Data) || !back.Time.Equal(ev.Time) {
			t.Errorf("%s: %+v, %v", kind, back, err)
		}
	}
}

func TestAnyTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		ev := Event{ID: "id " + text, Type: EventReceived, Project: "shop", Session: "s", Source: "gateway", Time: noon,
			Data: &eventv1.Custom{Name: text, Data: structpb.NewStringValue(text)}}
		body, err := ev.encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(ev.key(), body)
		if err != nil || back.ID != ev.ID || !proto.Equal(back.Data, ev.Data) {
			t.Fatalf("%q became %+v: %v", text, back, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	ev := Event{ID: "1", Type: MessageCreated, Project: "shop", Session: "ses_1", Source: "gateway", Time: noon, Data: &eventv1.MessageCreated{SessionId: "ses_1"}}
	body, err := ev.encode()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{string(body), "{}", "null", `{"specversion":"1.0","id":"1","data":1e309}`, `{"data":{"__proto__":1}}`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decode(ev.key(), body)
		if err != nil {
			if !errors.Is(err, errEvent) {
				t.Fatalf("error without a name: %v", err)
			}
			return
		}
		if got.ID == "" || got.Data == nil || got.key() != ev.key() {
			t.Fatalf("read %+v", got)
		}
		if _, err := got.encode(); err != nil && !errors.Is(err, ErrTooLarge) {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}
