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
	r.answers(func(d delivered, _ int) (int, http.Header, string) {
		if d.Form != nil {
			return 500, nil, ""
		}
		return 200, nil, ""
	})
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
	messages := b.sim.Thread(m.ThreadTS).Messages()
	if !m.Deleted || m.Text != "replaced again" || len(messages) != 4 || messages[2].Ephemeral != "U0OLGA" || messages[3].Ephemeral != "" {
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
