package slack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// The examples are those of the platform documents; the values are theirs, so only names and types are compared.

const (
	exampleRoot = `{"channel":"C0SUPPORT","text":"Ana","blocks":[{"type":"actions","block_id":"conv","elements":[
 {"type":"button","action_id":"close","style":"danger","text":{"type":"plain_text","text":"Close"},"value":"9fK2"},
 {"type":"button","action_id":"read","text":{"type":"plain_text","text":"Mark read"},"value":"9fK2"}]}]}`
	examplePost = `{"channel":"C0SUPPORT","text":"Ana: hello there","thread_ts":"%s","unfurl_links":false,"unfurl_media":false,
 "metadata":{"event_type":"bellhop_message","event_payload":{"id":"01JD0A7Q4X9M2K5R8T1V6W3ZB"}},
 "blocks":[{"type":"section","text":{"type":"plain_text","text":"hello there"}}]}`
	exampleAnswer = `{"ok":true,"channel":"C0SUPPORT","ts":"1795000010.000200","message":{"type":"message","ts":"1795000010.000200",
 "thread_ts":"1795000000.000100","bot_id":"B01","app_id":"A01","text":"…"}}`
	exampleUpload = `{"files":[{"id":"%s","title":"shot.png"}],"channel_id":"C0SUPPORT","thread_ts":"%s","initial_comment":"Ana sent a file"}`
)

// exampleEvents are an operator's message, its edit and its deletion.
var exampleEvents = []string{
	`{"type":"event_callback","team_id":"T01","api_app_id":"A01","event_id":"Ev0001","event_time":1795000020,
  "authorizations":[{"team_id":"T01","user_id":"U0BOT","is_bot":true}],
  "event":{"type":"message","channel":"C0SUPPORT","channel_type":"channel","user":"U0OLGA","text":"Hi Ana &amp; welcome",
   "ts":"1795000020.000300","event_ts":"1795000020.000300","thread_ts":"1795000000.000100","parent_user_id":"U0BOT","client_msg_id":"6f0c"}}`,
	`{"type":"event_callback","event_id":"Ev0002","event":{"type":"message","subtype":"message_changed","channel":"C0SUPPORT","hidden":true,
  "ts":"1795000031.000000","message":{"user":"U0OLGA","text":"Hi Ana!","ts":"1795000020.000300","thread_ts":"1795000000.000100",
   "edited":{"user":"U0OLGA","ts":"1795000031.000000"}},
  "previous_message":{"text":"Hi Ana &amp; welcome","ts":"1795000020.000300"}}}`,
	`{"type":"event_callback","event_id":"Ev0003","event":{"type":"message","subtype":"message_deleted","channel":"C0SUPPORT",
  "deleted_ts":"1795000020.000300","previous_message":{"user":"U0OLGA","ts":"1795000020.000300","thread_ts":"1795000000.000100"},
  "ts":"1795000040.000000"}}`,
}

func TestDocumentedExamplesAreWhatTheSimulatorSpeaks(t *testing.T) {
	b := start(t, slack.Options{QuietParents: true, ShareDelay: -1})
	r := receive(b)
	b.hook(r)
	asJSON := func(method, body string) response {
		t.Helper()
		answer, err := b.send(method, "application/json; charset=utf-8", body)
		must(t, err)
		if !answer.OK {
			t.Fatalf("%s refused: %s", method, answer.Body)
		}
		return answer
	}
	root := asJSON("chat.postMessage", exampleRoot).TS
	same(t, "answer", exampleAnswer, asJSON("chat.postMessage", fmt.Sprintf(examplePost, root)).Body)
	asJSON("files.completeUploadExternal", fmt.Sprintf(exampleUpload, b.upload("shot.png", strings.Repeat("x", 53072)), root))
	b.wait(quiet)
	before := len(r.all())
	m := b.say(root, "Hi Ana & welcome", slack.As("Olga"))
	must(t, b.sim.Edit(deadline(t), m.TS, "Hi Ana!"))
	must(t, b.sim.Delete(deadline(t), m.TS))
	b.wait(quiet)
	got := r.all()[before:]
	if len(got) != len(exampleEvents) {
		t.Fatalf("%d events, want %d: %s", len(got), len(exampleEvents), r.kinds())
	}
	for i, example := range exampleEvents {
		same(t, fmt.Sprintf("event %d", i), example, got[i].Body)
	}
	if warnings := b.sim.Warnings(); len(warnings) != 0 {
		t.Fatalf("the documented requests are warned of: %v", warnings)
	}
}

func TestDocumentedFramesAreWhatSocketsSpeak(t *testing.T) {
	b := unlimited(t)
	l, _ := b.dial()
	b.say("", "x")
	var raw json.RawMessage
	must(t, l.conn.ReadJSON(&raw))
	same(t, "frame", `{"type":"events_api","envelope_id":"e-1","payload":{},"accepts_response_payload":false,"retry_attempt":0,"retry_reason":""}`, raw)
	b.sim.RefreshSockets()
	must(t, l.conn.ReadJSON(&raw))
	same(t, "frame", `{"type":"disconnect","reason":"warning","debug_info":{"host":"…"}}`, raw)
}

func TestDocumentedRefusalsAreWordForWord(t *testing.T) {
	b := unlimited(t)
	b.refused("chat.postMessage", fields{"channel": "C0NOWHERE", "text": "x"}, "channel_not_found")
	b.sim.SetScope("reactions:write", false)
	b.refused("reactions.add", fields{"channel": b.sim.ChannelID(), "name": "+1", "timestamp": "1.000000"}, "missing_scope")
	b.sim.Fault(slack.Fault{Status: 429})
	b.refused("auth.test", nil, "ratelimited")
	want := []string{`{"error":"channel_not_found","ok":false}`, `"needed":"reactions:write"`, `{"error":"ratelimited","ok":false}`}
	for i, r := range b.sim.Requests("") {
		if !strings.Contains(r.Answer, want[i]) {
			t.Errorf("got  %s\nwant %s", r.Answer, want[i])
		}
	}
}

// same checks that got has every field of the example, with the same JSON type.
func same(t *testing.T, where, example string, got []byte) {
	t.Helper()
	var want, have any
	must(t, json.Unmarshal([]byte(example), &want))
	must(t, json.Unmarshal(got, &have))
	compare(t, where, want, have)
}

func compare(t *testing.T, where string, want, have any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		object, ok := have.(map[string]any)
		if !ok {
			t.Errorf("%s is %T, want an object", where, have)
			return
		}
		for name, value := range want {
			if _, ok := object[name]; !ok {
				t.Errorf("%s.%s is missing", where, name)
				continue
			}
			compare(t, where+"."+name, value, object[name])
		}
	case []any:
		list, ok := have.([]any)
		if !ok || len(want) > 0 && len(list) == 0 {
			t.Errorf("%s is %v, want a list", where, have)
			return
		}
		for i := range want {
			compare(t, where+"[0]", want[i], list[0])
		}
	default:
		if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", have) {
			t.Errorf("%s is %T, want %T", where, have, want)
		}
	}
}
