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

func TestSlashCommandIsAFormAndItsAnswerIsShown(t *testing.T) {
	b, r := hooked(t)
	r.answers(func(d delivered, _ int) (int, http.Header, string) {
		if d.Form.Get("command") != "" {
			return 200, nil, `{"response_type":"in_channel","text":"closing *now*"}`
		}
		return 200, nil, ""
	})
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
	r.answers(func(d delivered, _ int) (int, http.Header, string) {
		if strings.Contains(d.Form.Get("payload"), `"value":"bad"`) {
			return 200, nil, `{"response_action":"errors","errors":{"text":"too rude"}}`
		}
		return 200, nil, ""
	})
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
