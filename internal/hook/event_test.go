package hook

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBodyIsAsPusherWritesIt(t *testing.T) {
	sockets := int64(0)
	events := []Event{
		{Name: Occupied, Channel: "x"}, {Name: MemberAdded, Channel: "presence-x", User: "<1>"},
		{Name: ClientEvent, Channel: "presence-x", Event: "client-a", Data: Text(json.RawMessage(`{"b": 1}`)), Socket: "1.2", User: "u"},
		{Name: Count, Channel: "x", Sockets: &sockets},
	}
	want := `{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"x"},` +
		`{"name":"member_added","channel":"presence-x","user_id":"<1>"},` +
		`{"name":"client_event","channel":"presence-x","event":"client-a","data":"{\"b\": 1}","socket_id":"1.2","user_id":"u"},` +
		`{"name":"subscription_count","channel":"x","subscription_count":0}]}`
	if got := string(Body(1327078148132, events)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	again, err := Decode(Encode(events))
	if diff := cmp.Diff(events, again); err != nil || diff != "" {
		t.Errorf("read back: %v\n%s", err, diff)
	}
}

func TestDataOfClientsAreAlwaysAText(t *testing.T) {
	for data, want := range map[string]string{
		`"a \"b\""`: `a "b"`, `""`: "", `null`: "null", `{"a":[1.0]}`: `{"a":[1.0]}`, `12345678901234567`: "12345678901234567", `true`: "true",
	} {
		if got := *Text(json.RawMessage(data)); got != want {
			t.Errorf("%s is told as %q", data, got)
		}
	}
}

func TestOddMessagesAreErrors(t *testing.T) {
	for _, payload := range []string{"", "{}", `[{"name":1}]`, "[", "nul"} {
		if events, err := Decode([]byte(payload)); err == nil {
			t.Errorf("%q is read as %v", payload, events)
		}
	}
}
