package slack

import (
	"net/url"
	"reflect"
	"testing"
)

func TestEventsAreRead(t *testing.T) {
	for name, test := range map[string]struct {
		sent string
		want Callback
	}{
		"a message": {
			`{"type":"event_callback","team_id":"T01","api_app_id":"A01","event_id":"Ev0001","event_time":1795000020,"authorizations":[{"team_id":"T01"}],"event":{"type":"message","channel":"C0SUPPORT01","channel_type":"channel","user":"U0OLGA","text":"Hi Ana &amp; welcome","ts":"1795000020.000300","event_ts":"1795000020.000300","thread_ts":"1795000000.000100","parent_user_id":"U0BOT","client_msg_id":"6f0c"}}`,
			Callback{Type: TypeEvent, TeamID: "T01", AppID: "A01", EventID: "Ev0001", EventTime: 1795000020, Event: Event{
				Message: Message{Type: "message", Channel: testChannel, User: "U0OLGA", Text: "Hi Ana &amp; welcome", TS: "1795000020.000300", ThreadTS: "1795000000.000100", ParentUser: "U0BOT"},
				EventTS: "1795000020.000300",
			}},
		},
		"a file": {
			`{"type":"event_callback","event_id":"Ev1","event":{"type":"message","subtype":"file_share","channel":"C0SUPPORT01","ts":"2.3","files":[{"id":"F01","name":"a.png","title":"A","mimetype":"image/png","size":53072,"mode":"hosted","url_private":"https://files.slack.com/p","url_private_download":"https://files.slack.com/d","permalink":"https://x.slack.com/l","thumb_64":{}},{"id":7},{"id":"F02","file_access":"check_file_info"},"odd"]}}`,
			Callback{Type: TypeEvent, EventID: "Ev1", Event: Event{Message: Message{
				Type: "message", Subtype: SubtypeFileShare, Channel: testChannel, TS: "2.3", Files: []File{
					{ID: "F01", Name: "a.png", Title: "A", MimeType: "image/png", Size: 53072, Mode: "hosted", URL: "https://files.slack.com/d", Permalink: "https://x.slack.com/l"},
					{ID: "F02", Access: "check_file_info"},
				},
			}}},
		},
		"an edit": {
			`{"type":"event_callback","event_id":"Ev2","event":{"type":"message","subtype":"message_changed","channel":"C0SUPPORT01","hidden":true,"ts":"9.9","message":{"user":"U0OLGA","text":"Hi Ana!","ts":"2.3","thread_ts":"1.2","edited":{"user":"U0OLGA","ts":"9.9"}},"previous_message":{"text":"Hi","ts":"2.3"}}}`,
			Callback{Type: TypeEvent, EventID: "Ev2", Event: Event{
				Message: Message{Type: "message", Subtype: SubtypeChanged, Channel: testChannel, TS: "9.9"}, Hidden: true,
				Changed:  &Message{User: "U0OLGA", Text: "Hi Ana!", TS: "2.3", ThreadTS: "1.2", EditedTS: "9.9"},
				Previous: &Message{Text: "Hi", TS: "2.3"},
			}},
		},
		"a deletion": {
			`{"type":"event_callback","event_id":"Ev3","event":{"type":"message","subtype":"message_deleted","channel":"C0SUPPORT01","deleted_ts":"2.3","previous_message":{"user":"U0OLGA","ts":"2.3","thread_ts":"1.2"},"ts":"9.9"}}`,
			Callback{Type: TypeEvent, EventID: "Ev3", Event: Event{
				Message: Message{Type: "message", Subtype: SubtypeDeleted, Channel: testChannel, TS: "9.9"}, DeletedTS: "2.3",
				Previous: &Message{User: "U0OLGA", TS: "2.3", ThreadTS: "1.2"},
			}},
		},
		"a reaction": {
			`{"type":"event_callback","event_id":"Ev4","event":{"type":"reaction_added","user":"U0OLGA","reaction":"wave::skin-tone-3","item":{"type":"message","channel":"C0SUPPORT01","ts":"2.3"},"item_user":"U0BOT","event_ts":"9.9"}}`,
			Callback{Type: TypeEvent, EventID: "Ev4", Event: Event{
				Message: Message{Type: EventReactionAdded, User: "U0OLGA"}, EventTS: "9.9", Reaction: "wave::skin-tone-3", Item: Item{"message", testChannel, "2.3"},
			}},
		},
		"our own": {
			`{"type":"event_callback","event_id":"Ev5","event":{"type":"message","bot_id":"B01","app_id":"A01","ts":"2.3","metadata":{"event_type":"bellhop_message","event_payload":{"id":"m1","version":"v1"}}}}`,
			Callback{Type: TypeEvent, EventID: "Ev5", Event: Event{Message: Message{Type: "message", BotID: "B01", AppID: "A01", TS: "2.3", Mark: Mark{"m1", "v1"}}}},
		},
		"fields of other types": {
			`{"type":"event_callback","event_id":"Ev6","event":{"type":"channel_rename","channel":{"id":"C1"},"user":{"id":"U1"},"text":7,"files":{},"hidden":"yes","message":[],"item":"F1","edited":true}}`,
			Callback{Type: TypeEvent, EventID: "Ev6", Event: Event{Message: Message{Type: "channel_rename"}}},
		},
		"verification":      {`{"token":"x","challenge":"abc","type":"url_verification"}`, Callback{Type: TypeVerification, Challenge: "abc"}},
		"too many events":   {`{"type":"app_rate_limited","team_id":"T01","minute_rate_limited":1518467820,"api_app_id":"A01"}`, Callback{Type: TypeRateLimited, TeamID: "T01", AppID: "A01"}},
		"what nobody knows": {`{"type":"something_new"}`, Callback{Type: "something_new"}},
	} {
		got, err := DecodeCallback([]byte(test.sent))
		if err != nil || !reflect.DeepEqual(*got, test.want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", name, err, got, test.want)
		}
	}
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	for _, sent := range []string{``, `[]`, `"x"`, `{"type":"event_callback"}`, `{"type":"event_callback","event_id":"Ev1","event":[]}`, `{"type":7}`} {
		if got, err := DecodeCallback([]byte(sent)); err == nil {
			t.Errorf("%s is %+v", sent, got)
		}
	}
}

func TestParentOfAThreadIsNoAnswerInIt(t *testing.T) {
	for m, want := range map[[2]string]bool{{"2.3", "1.2"}: true, {"1.2", "1.2"}: false, {"1.2", ""}: false} {
		if (Message{TS: m[0], ThreadTS: m[1]}).InThread() != want {
			t.Errorf("%v: not %v", m, want)
		}
	}
}

const pressed = `{"type":"block_actions","user":{"id":"U0OLGA","username":"olga","name":"olga.p","team_id":"T01"},"team":{"id":"T01"},"api_app_id":"A01","container":{"type":"message","message_ts":"1.2","channel_id":"C0SUPPORT01","is_ephemeral":false},"channel":{"id":"C0SUPPORT01","name":"support"},"message":{"ts":"1.2","bot_id":"B01","blocks":[{"type":"unheard_of"}]},"response_url":"https://hooks.slack.com/actions/x","trigger_id":"13.4","actions":[{"action_id":"close","block_id":"conv","type":"button","value":"9fK2","action_ts":"5.6"},7]}`

func TestPressesAndShortcutsAreRead(t *testing.T) {
	want := Interaction{
		Type: TypeBlockActions, UserID: "U0OLGA", UserName: "olga.p", TeamID: "T01", AppID: "A01", Channel: testChannel,
		Message: Message{TS: "1.2", BotID: "B01"}, ResponseURL: "https://hooks.slack.com/actions/x", TriggerID: "13.4",
		Actions: []Action{{ID: "close", BlockID: "conv", Value: "9fK2", TS: "5.6"}},
	}
	in, command, err := DecodeForm([]byte(url.Values{"payload": {pressed}}.Encode()))
	if err != nil || command != nil || !reflect.DeepEqual(*in, want) {
		t.Errorf("%v, %+v", err, in)
	}
	in, err = DecodeInteraction([]byte(`{"type":"message_action","callback_id":"delete","user":{"id":"U1","username":"olga"},"channel":{"id":"C1"},"message":{"ts":"2.3","thread_ts":"1.2","user":"U0OLGA"}}`))
	if err != nil || in.CallbackID != "delete" || in.UserName != "olga" || in.Message.TS != "2.3" || in.Message.ThreadTS != "1.2" || in.Channel != "C1" {
		t.Errorf("%v, %+v", err, in)
	}
	in, err = DecodeInteraction([]byte(`{"type":"block_actions","container":{"message_ts":"2.3","thread_ts":"1.2","channel_id":"C1","is_ephemeral":true}}`))
	if err != nil || in.Message.TS != "2.3" || in.Message.ThreadTS != "1.2" || in.Channel != "C1" || !in.Ephemeral {
		t.Errorf("%v, %+v", err, in)
	}
}

func TestCommandsAreReadFromFormsAndSockets(t *testing.T) {
	want := Command{
		Name: "/bellhop", Text: "online now", UserID: "U1", UserName: "olga", Channel: "C1", TeamID: "T1", AppID: "A1",
		ResponseURL: "https://hooks.slack.com/commands/x", TriggerID: "13.4",
	}
	form := url.Values{
		"command": {"/bellhop"}, "text": {"online now"}, "user_id": {"U1"}, "user_name": {"olga"}, "channel_id": {"C1"}, "team_id": {"T1"},
		"api_app_id": {"A1"}, "response_url": {"https://hooks.slack.com/commands/x"}, "trigger_id": {"13.4"}, "token": {"x"},
	}
	in, command, err := DecodeForm([]byte(form.Encode()))
	if err != nil || in != nil || *command != want {
		t.Errorf("%v, %+v", err, command)
	}
	command, err = DecodeCommand([]byte(`{"command":"/bellhop","text":"online now","user_id":"U1","user_name":"olga","channel_id":"C1","team_id":"T1","api_app_id":"A1","response_url":"https://hooks.slack.com/commands/x","trigger_id":"13.4"}`))
	if err != nil || *command != want {
		t.Errorf("%v, %+v", err, command)
	}
}

func TestWhatIsNoInteractionIsRefused(t *testing.T) {
	for _, body := range []string{"", "payload=", "payload=%7B%7D", "payload=[]", "%zz", "text=x", "payload=null", "a;b"} {
		if in, command, err := DecodeForm([]byte(body)); err == nil {
			t.Errorf("%q is %+v %+v", body, in, command)
		}
	}
	if _, err := DecodeCommand([]byte(`{}`)); err == nil {
		t.Error("a command without a name")
	}
}

func FuzzCallback(f *testing.F) {
	f.Add([]byte(`{"type":"event_callback","event_id":"Ev1","event":{"type":"message","files":[{"id":"F1","size":1e3,"shares":{"public":{"C1":[{"ts":"1.2"}]}}}],"message":{"metadata":{}}}}`))
	f.Add([]byte(`{"event":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := DecodeCallback(data); err == nil && c.Type == TypeEvent && c.EventID == "" {
			t.Fatalf("%+v", c)
		}
	})
}

func FuzzForm(f *testing.F) {
	f.Add([]byte(url.Values{"payload": {pressed}}.Encode()))
	f.Add([]byte("command=/x&text=y"))
	f.Fuzz(func(t *testing.T, body []byte) {
		in, command, err := DecodeForm(body)
		if err == nil && (in == nil) == (command == nil) {
			t.Fatalf("%+v %+v", in, command)
		}
	})
}
