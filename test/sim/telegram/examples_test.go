package telegram_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// The examples are those of the platform documents; the values are theirs, so only names and types are compared.

const exampleSend = `{"chat_id":-1001230000001,"message_thread_id":%d,"text":"Ana: hello there",
 "entities":[{"type":"bold","offset":0,"length":4}],"link_preview_options":{"is_disabled":true},
 "reply_parameters":{"message_id":415,"allow_sending_without_reply":true},
 "reply_markup":{"inline_keyboard":[[{"text":"Close","callback_data":"c:9fK2","style":"danger"},
   {"text":"Mark read","callback_data":"r:9fK2"}]]}}`

var exampleUpdates = []string{
	`{"update_id":700001,"message":{"message_id":412,"message_thread_id":412,"is_topic_message":true,
 "from":{"id":7001,"is_bot":true,"first_name":"Bellhop","username":"bellhop_bot"},
 "chat":{"id":-1001230000001,"type":"supergroup","title":"Support","is_forum":true},
 "date":1795000000,"forum_topic_created":{"name":"Ana · pricing","icon_color":7322096}}}`,
	`{"update_id":700010,"message":{"message_id":431,"message_thread_id":412,"is_topic_message":true,
 "from":{"id":555,"is_bot":false,"first_name":"Olga","username":"olga"},"chat":{"id":-1001230000001,"type":"supergroup","is_forum":true},
 "date":1795000060,"text":"Hi Ana!","reply_to_message":{"message_id":430,"from":{"id":7001,"is_bot":true,"first_name":"Bellhop"},
 "chat":{"id":-1001230000001,"type":"supergroup"},"date":1795000050,"text":"Ana: hello there"}}}`,
	`{"update_id":700011,"message_reaction":{"chat":{"id":-1001230000001,"type":"supergroup"},"message_id":430,
 "user":{"id":555,"is_bot":false,"first_name":"Olga"},"date":1795000061,"old_reaction":[],"new_reaction":[{"type":"emoji","emoji":"👀"}]}}`,
	`{"update_id":700012,"callback_query":{"id":"48213377","from":{"id":555,"is_bot":false,"first_name":"Olga"},
 "message":{"message_id":413,"message_thread_id":412,"chat":{"id":-1001230000001,"type":"supergroup"},"date":1795000001},
 "chat_instance":"-99","data":"c:9fK2"}}`,
}

func TestDocumentedExamplesAreWhatTheSimulatorSpeaks(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	b.ok("getUpdates", fields{"allowed_updates": []string{"message", "edited_message", "callback_query", "message_reaction", "my_chat_member"}}, nil)
	r := b.call("createForumTopic", fields{"chat_id": b.sim.ChatID(), "name": "Ana · pricing"})
	same(t, "topic", `{"message_thread_id":412,"name":"Ana · pricing","icon_color":7322096}`, r.Result)
	topic := b.sim.Topics()[0].ID
	var m updateMessage
	b.ok("sendMessage", json.RawMessage(fmt.Sprintf(exampleSend, topic)), &m)
	_, err := b.sim.Say(ctx, topic, "Hi Ana!", telegram.As("Olga"), telegram.ReplyTo(m.ID))
	must(t, err)
	must(t, b.sim.React(ctx, m.ID, "👀", telegram.As("Olga")))
	_, err = b.sim.Press(ctx, m.ID, "Close", telegram.As("Olga"))
	must(t, err)

	var got []json.RawMessage
	b.ok("getUpdates", nil, &got)
	if len(got) != len(exampleUpdates) {
		t.Fatalf("%d updates, want %d", len(got), len(exampleUpdates))
	}
	for i, example := range exampleUpdates {
		same(t, fmt.Sprintf("update %d", i), example, got[i])
	}
	if warnings := b.sim.Warnings(); len(warnings) != 0 {
		t.Fatalf("the documented request is warned of: %v", warnings)
	}
}

func TestDocumentedRefusalsAreWordForWord(t *testing.T) {
	b := start(t, telegram.Options{ChatID: -4001, BasicGroup: true, Budget: telegram.Budget{Off: true}})
	moved := b.sim.Migrate()
	cases := []struct {
		prepare func()
		args    fields
		want    string
	}{
		{nil, fields{"chat_id": -4001, "text": "x"},
			fmt.Sprintf(`{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":%d}}`, moved)},
		{nil, fields{"chat_id": moved, "message_thread_id": 99, "text": "x"},
			`{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}`},
		{func() { b.sim.Fault(telegram.Fault{Status: 429, RetryAfter: 17}) }, fields{"chat_id": moved, "text": "x"},
			`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 17","parameters":{"retry_after":17}}`},
	}
	for _, c := range cases {
		if c.prepare != nil {
			c.prepare()
		}
		b.call("sendMessage", c.args)
		requests := b.sim.Requests("sendMessage")
		if got := requests[len(requests)-1].Answer; got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
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
