package slack_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// payload is what tests look at in an interactivity request.
type payload struct {
	Type        string
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	CallbackID  string `json:"callback_id"`
	MessageTS   string `json:"message_ts"`
	APIAppID    string `json:"api_app_id"`
	User        struct{ ID, Username, Name string }
	Channel     struct{ ID, Name string }
	Container   struct {
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		ChannelID string `json:"channel_id"`
	}
	Message struct{ TS, Text string }
	Actions []struct {
		ActionID string `json:"action_id"`
		BlockID  string `json:"block_id"`
		ActionTS string `json:"action_ts"`
		Value    string
	}
	View struct {
		ID         string
		CallbackID string `json:"callback_id"`
		State      struct {
			Values map[string]map[string]struct{ Value string }
		}
	}
}

// card posts a message with a button.
func (b *bot) card(thread string) string {
	b.t.Helper()
	args := fields{"channel": b.sim.ChannelID(), "text": "card", "blocks": []fields{{
		"type": "actions", "block_id": "conv", "elements": []fields{
			{"type": "button", "action_id": "close", "style": "danger", "text": fields{"type": "plain_text", "text": "Close"}, "value": "9fK2"},
		},
	}}}
	if thread != "" {
		args["thread_ts"] = thread
	}
	return b.ok("chat.postMessage", args, nil).TS
}

// asked waits for the request to a path and decodes its payload.
func (r *receiver) asked(b *bot) payload {
	b.t.Helper()
	var p payload
	b.wait(func(slack.State) bool {
		for _, d := range r.all() {
			if raw := d.Form.Get("payload"); raw != "" && json.Unmarshal([]byte(raw), &p) == nil {
				return true
			}
		}
		return false
	})
	return p
}

func TestPressReachesTheAppWithMessageAndTrigger(t *testing.T) {
	b, r := hooked(t)
	root := b.post("", "Ana")
	ts := b.card(root)
	pressed, err := b.sim.Press(deadline(t), ts, "Close", slack.As("Omar"))
	must(t, err)
	p := r.asked(b)
	if p.Type != "block_actions" || p.User.ID != "U0OMAR" || p.Channel.ID != b.sim.ChannelID() || p.Container.MessageTS != ts ||
		p.Container.ThreadTS != root || p.Message.TS != ts || p.TriggerID != pressed.ID || p.ResponseURL != pressed.ResponseURL ||
		len(p.Actions) != 1 || p.Actions[0].ActionID != "close" || p.Actions[0].BlockID != "conv" || p.Actions[0].Value != "9fK2" || p.Actions[0].ActionTS == "" {
		t.Fatalf("payload: %+v", p)
	}
	done, err := b.sim.AwaitInteraction(deadline(t), pressed.ID)
	if err != nil || done.Failed != "" {
		t.Fatalf("%+v %v", done, err)
	}
	if _, err := b.sim.Press(deadline(t), ts, "Open"); !errors.Is(err, slack.ErrNoButton) {
		t.Errorf("err = %v", err)
	}
}

func TestInteractionIsTriedOnceAndThePersonSeesAnError(t *testing.T) {
	b, r := hooked(t)
	r.answer = func(d delivered, _ int) (int, http.Header, string) {
		if d.Form != nil {
			return 500, nil, ""
		}
		return 200, nil, ""
	}
	pressed, err := b.sim.Press(deadline(t), b.card(""), "close")
	must(t, err)
	done, err := b.sim.AwaitInteraction(deadline(t), pressed.ID)
	if err != nil || !strings.Contains(done.Failed, "didn't respond") {
		t.Fatalf("%+v %v", done, err)
	}
	command, err := b.sim.Slash(deadline(t), "/close", "now")
	must(t, err)
	done, err = b.sim.AwaitInteraction(deadline(t), command.ID)
	if err != nil || done.Failed != `/close failed with the error "dispatch_failed"` {
		t.Fatalf("%+v %v", done, err)
	}
	forms := 0
	for _, d := range r.all() {
		if d.Form != nil {
			forms++
		}
	}
	if forms != 2 {
		t.Fatalf("%d requests", forms)
	}
}

func TestWithoutARequestURLThePersonIsTold(t *testing.T) {
	b := unlimited(t)
	if _, err := b.sim.Press(deadline(t), b.card(""), "Close"); !errors.Is(err, slack.ErrNoHook) {
		t.Fatalf("err = %v", err)
	}
}

func TestResponseURLTakesFivePostsInHalfAnHour(t *testing.T) {
	b, r := hooked(t)
	ts := b.card(b.post("", "Ana"))
	_, err := b.sim.Press(deadline(t), ts, "Close")
	must(t, err)
	address := r.asked(b).ResponseURL
	respond := func(body string) (int, string) {
		resp, err := b.http.Post(address, "application/json", strings.NewReader(body))
		must(t, err)
		defer func() { _ = resp.Body.Close() }()
		var out struct{ Error string }
		must(t, json.NewDecoder(resp.Body).Decode(&out))
		return resp.StatusCode, out.Error
	}
	for i, body := range []string{
		`{"text":"only you see this"}`, `{"text":"all see this","response_type":"in_channel"}`, `{"text":"replaced","replace_original":true}`,
		`{"text":"replaced again","replace_original":true}`, `{"delete_original":true}`,
	} {
		if status, code := respond(body); status != 200 {
			t.Fatalf("post %d: %d %s", i, status, code)
		}
	}
	if status, code := respond(`{"text":"a sixth"}`); status != 404 || code != "used_url" {
		t.Fatalf("%d %s", status, code)
	}
	m := b.sim.Message(ts)
	if !m.Deleted || m.Text != "replaced again" {
		t.Fatalf("message: %+v", m)
	}
	messages := b.sim.Thread(m.ThreadTS).Messages()
	if len(messages) != 4 || messages[2].Ephemeral != "U0OLGA" || messages[3].Ephemeral != "" {
		t.Fatalf("messages: %+v", messages)
	}
	_, err = b.sim.Press(deadline(t), b.card(""), "Close")
	must(t, err)
	all := b.sim.State().Interactions()
	address = all[len(all)-1].ResponseURL
	b.sim.Clock().Advance(31 * time.Minute)
	if status, code := respond(`{"text":"late"}`); status != 404 || code != "expired_url" {
		t.Fatalf("%d %s", status, code)
	}
}

func TestSlashCommandIsAFormAndItsAnswerIsShown(t *testing.T) {
	b, r := hooked(t)
	r.answer = func(d delivered, _ int) (int, http.Header, string) {
		if d.Form.Get("command") != "" {
			return 200, nil, `{"response_type":"in_channel","text":"closing *now*"}`
		}
		return 200, nil, ""
	}
	typed, err := b.sim.Slash(deadline(t), "/close", "Ana", slack.As("Omar"))
	must(t, err)
	_, err = b.sim.AwaitInteraction(deadline(t), typed.ID)
	must(t, err)
	form := r.all()[0].Form
	for name, want := range map[string]string{
		"command": "/close", "text": "Ana", "user_id": "U0OMAR", "channel_id": b.sim.ChannelID(), "team_id": slack.TeamID, "trigger_id": typed.ID,
		"response_url": typed.ResponseURL, "api_app_id": slack.AppID,
	} {
		if form.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, form.Get(name), want)
		}
	}
	if form.Has("thread_ts") {
		t.Error("a command knows no thread")
	}
	if threads := b.sim.Threads(); len(threads) != 1 || threads[0].Root.Text != "closing *now*" {
		t.Fatalf("threads: %+v", threads)
	}
}

func TestSlashCommandIsRefusedInThreads(t *testing.T) {
	b, r := hooked(t)
	_, err := b.sim.Slash(deadline(t), "/close", "", slack.InThread(b.post("", "Ana")))
	var refused slack.SlashInThreadError
	if !errors.As(err, &refused) || err.Error() != "/close is not supported in threads. Sorry!" {
		t.Fatalf("err = %v", err)
	}
	b.wait(quiet)
	if len(r.all()) != 1 {
		t.Fatal("the app heard of it")
	}
	b.sim.SetScope("commands", false)
	if _, err := b.sim.Slash(deadline(t), "/close", ""); !errors.Is(err, slack.ErrNoCommand) {
		t.Fatalf("err = %v", err)
	}
}

func TestShortcutNamesItsMessage(t *testing.T) {
	b, r := hooked(t)
	ts := b.post("", "Ana")
	_, err := b.sim.Shortcut(deadline(t), ts, "note")
	must(t, err)
	if p := r.asked(b); p.Type != "message_action" || p.CallbackID != "note" || p.MessageTS != ts || p.Message.Text != "Ana" || p.TriggerID == "" {
		t.Fatalf("payload: %+v", p)
	}
}

func TestTriggerOpensOneViewWithinThreeSeconds(t *testing.T) {
	b, r := hooked(t)
	view := fields{"type": "modal", "callback_id": "reply", "title": fields{"type": "plain_text", "text": "Canned"}, "blocks": []fields{}}
	press := func() string {
		pressed, err := b.sim.Press(deadline(t), b.card(""), "Close")
		must(t, err)
		return pressed.ID
	}
	first := press()
	b.ok("views.open", fields{"trigger_id": first, "view": view}, nil)
	b.refused("views.open", fields{"trigger_id": first, "view": view}, "exchanged_trigger_id")
	late := press()
	b.wait(func(v slack.State) bool { return v.Interaction(late).Done })
	b.sim.Clock().Advance(3 * time.Second)
	b.refused("views.open", fields{"trigger_id": late, "view": view}, "expired_trigger_id")
	b.refused("views.open", fields{"trigger_id": "x", "view": view}, "invalid_trigger_id")

	opened := b.sim.State().Views()[0]
	r.answer = func(d delivered, _ int) (int, http.Header, string) {
		if strings.Contains(d.Form.Get("payload"), `"value":"bad"`) {
			return 200, nil, `{"response_action":"errors","errors":{"text":"too rude"}}`
		}
		return 200, nil, ""
	}
	for _, text := range []string{"bad", "good"} {
		sent, err := b.sim.Submit(deadline(t), opened.ID, map[string]map[string]string{"text": {"input": text}})
		must(t, err)
		_, err = b.sim.AwaitInteraction(deadline(t), sent.ID)
		must(t, err)
		if got := b.sim.State().Views()[0]; got.Closed != (text == "good") || (got.Errors["text"] == "too rude") != (text == "bad") {
			t.Fatalf("%s: %+v", text, got)
		}
	}
	if _, err := b.sim.Submit(deadline(t), opened.ID, nil); !errors.Is(err, slack.ErrNoView) {
		t.Fatalf("err = %v", err)
	}
}

func TestInteractionsAndCommandsComeOverTheSocketAndTakeAnswers(t *testing.T) {
	b := unlimited(t)
	l, _ := b.dial()
	l.ack(func() frame { b.say("", "x"); return l.read() }(), nil)
	ts := b.card("")
	l.ack(l.read(), nil) // the card's own event
	_, err := b.sim.Press(deadline(t), ts, "Close")
	must(t, err)
	f := l.read()
	var p payload
	must(t, json.Unmarshal(f.Payload, &p))
	if f.Type != "interactive" || !f.Accepts || p.Type != "block_actions" || p.Actions[0].ActionID != "close" {
		t.Fatalf("frame: %+v", f)
	}
	l.ack(f, nil)
	typed, err := b.sim.Slash(deadline(t), "/help", "me")
	must(t, err)
	f = l.read()
	var command struct{ Command, Text string }
	must(t, json.Unmarshal(f.Payload, &command))
	if f.Type != "slash_commands" || !f.Accepts || command.Command != "/help" || command.Text != "me" {
		t.Fatalf("frame: %+v", f)
	}
	l.ack(f, fields{"text": "help is near"})
	_, err = b.sim.AwaitInteraction(deadline(t), typed.ID)
	must(t, err)
	messages := b.sim.State().Messages("")
	if last := messages[len(messages)-1]; last.Text != "help is near" || last.Ephemeral != "U0OLGA" {
		t.Fatalf("message: %+v", last)
	}
}
