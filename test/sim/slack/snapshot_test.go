package slack_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestSnapshotBringsBackTheState(t *testing.T) {
	b, r := hooked(t)
	root := b.post("", "Ana")
	kept := b.say(root, "kept", slack.WithFile("a", "text/plain", []byte("content")))
	b.wait(quiet)
	_, snapshot := b.get("/_sim/snapshot")
	b.post(root, "gone later")
	b.sim.KickBot()
	b.robot("restore", string(snapshot), nil)
	after := b.post(root, "after")
	messages := b.sim.Thread(root).Messages()
	if len(messages) != 3 || messages[1].Text != "kept" || messages[2].Text != "after" || after <= kept.TS {
		t.Fatalf("messages: %+v", messages)
	}
	if _, data, ok := b.sim.State().File(kept.Files[0]); !ok || string(data) != "content" {
		t.Fatalf("file: %q", data)
	}
	b.wait(quiet)
	if !slices.ContainsFunc(r.all(), func(d delivered) bool { return d.Event.Event.Text == "after" }) { // Slack keeps no order
		t.Fatalf("the request URL is forgotten: %s", r.kinds())
	}
}

func TestResetStartsAfreshWithoutRepeatingIDs(t *testing.T) {
	b, r := hooked(t)
	b.say("", "x")
	b.wait(quiet)
	first := r.all()[0].Event
	b.sim.Fault(slack.Fault{Status: 500})
	b.robot("reset", "", nil)
	if len(b.sim.Threads()) != 0 || len(b.sim.Requests("")) != 0 || len(b.sim.Faults()) != 0 || b.sim.State().Hooks() != (slack.Hooks{}) {
		t.Fatal("something is left")
	}
	b.hook(r)
	b.say("", "x")
	b.wait(quiet)
	if second := r.all()[1].Event; second.EventID == first.EventID || second.Event.TS <= first.Event.TS {
		t.Fatalf("%+v after %+v", second, first)
	}
}

func TestOverviewShowsEverything(t *testing.T) {
	b := unlimited(t)
	root := b.post("", "hi <@U0OLGA>")
	var state struct {
		Token, AppToken, SigningSecret, Scopes string
		Threads                                []slack.Thread
		Requests                               int
		Limits                                 slack.Limits
	}
	b.inspect("state", &state)
	if state.Token != b.sim.Token() || state.SigningSecret != b.sim.SigningSecret() || len(state.Threads) != 1 || state.Requests != 1 ||
		state.Limits.Methods["chat.postMessage"].Calls != 1 || !strings.Contains(state.Scopes, "chat:write") {
		t.Fatalf("state: %+v", state)
	}
	var pinged []slack.Message
	b.inspect("pinged", &pinged)
	var requests []slack.Request
	b.inspect("requests?method=chat.postMessage", &requests)
	var one slack.Message
	b.inspect("messages/"+root, &one)
	if len(pinged) != 1 || len(requests) != 1 || requests[0].Param("text") != "hi <@U0OLGA>" || one.Shown != "hi @Olga" {
		t.Fatalf("pinged %+v, requests %+v, message %+v", pinged, requests, one)
	}
	for _, path := range []string{"threads", "messages", "deliveries", "interactions", "views", "connections", "files", "limits", "warnings", "faults"} {
		var any json.RawMessage
		b.inspect(path, &any)
	}
}
