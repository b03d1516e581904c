package slack_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// robot posts to the control API and decodes the answer, which must be a success.
func (b *bot) robot(action, body string, result any) {
	b.t.Helper()
	resp, err := b.http.Post(b.sim.PageURL()+"/_sim/"+action, "application/json", strings.NewReader(body))
	must(b.t, err)
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %d", action, resp.StatusCode)
	}
	if result != nil {
		must(b.t, json.NewDecoder(resp.Body).Decode(result))
	}
}

func (b *bot) inspect(path string, result any) {
	b.t.Helper()
	status, data := b.get("/_sim/" + path)
	if status != http.StatusOK {
		b.t.Fatalf("%s: %d", path, status)
	}
	must(b.t, json.Unmarshal(data, result))
}

func TestRobotDoesOverHTTPWhatAPersonDoes(t *testing.T) {
	b := unlimited(t)
	root := b.post("", "Ana")
	var said slack.Message
	b.robot("say", `{"thread":"`+root+`","text":"hello","as":"Omar","files":[{"name":"a.txt","type":"text/plain","data":"aGk="}]}`, &said)
	at := `{"message":"` + said.TS + `"`
	b.robot("edit", at+`,"text":"hello!"}`, nil)
	b.robot("react", at+`,"emoji":"👍","as":"Olga"}`, nil)
	b.robot("react", at+`,"emoji":"eyes","as":"Olga"}`, nil)
	b.robot("unreact", at+`,"emoji":"eyes","as":"Olga"}`, nil)
	b.robot("thread/lock", `{"thread":"`+root+`","on":true}`, nil)
	b.robot("thread/lock", `{"thread":"`+root+`","on":false}`, nil)
	b.robot("delete", at+`}`, nil)
	var messages []slack.Message
	b.inspect("threads/"+root+"/messages", &messages)
	if m := messages[1]; m.Text != "hello!" || !m.Deleted || len(m.Reactions) != 1 || m.From.Name != "omar" || len(m.Files) != 1 {
		t.Fatalf("message: %+v", m)
	}
	if _, data := b.get("/_sim/files/" + messages[1].Files[0]); string(data) != "hi" {
		t.Fatalf("file: %q", data)
	}
	b.robot("thread/delete", `{"thread":"`+root+`"}`, nil)
	if got := b.sim.Thread(root); !got.Root.Deleted {
		t.Fatalf("thread: %+v", got)
	}
}

func TestRobotRunsTheWorkspace(t *testing.T) {
	b := unlimited(t)
	r := receive(b)
	b.robot("url", `{"to":"all","url":"`+r.URL+`"}`, nil)
	if got := b.sim.State().Hooks(); got.Events != r.URL || got.Interactivity != r.URL || got.Commands != r.URL {
		t.Fatalf("hooks: %+v", got)
	}
	for _, to := range []string{"events", "interactivity", "commands"} {
		b.robot("url", `{"to":"`+to+`","url":"`+r.URL+`"}`, nil)
	}
	ts := b.card("")
	b.robot("press", `{"message":"`+ts+`","button":"Close"}`, nil)
	b.robot("shortcut", `{"message":"`+ts+`","callback":"note"}`, nil)
	b.robot("slash", `{"command":"/close","text":"x"}`, nil)
	b.wait(func(v slack.State) bool { return len(v.Interactions()) == 3 && v.Interactions()[2].Done && quiet(v) })
	var forged slack.Delivery
	if b.robot("forge", `{"to":"events","how":"altered"}`, &forged); forged.Status != http.StatusUnauthorized {
		t.Fatalf("forged: %+v", forged)
	}
	b.robot("channel/rename", `{"name":"help"}`, nil)
	b.robot("channel/archive", ``, nil)
	b.refused("chat.postMessage", b.text("x"), "is_archived")
	b.robot("channel/unarchive", ``, nil)
	b.robot("channel/restrict", `{"code":"restricted_action"}`, nil)
	b.refused("chat.postMessage", b.text("x"), "restricted_action")
	b.robot("channel/restrict", `{}`, nil)
	b.robot("bot/kick", ``, nil)
	b.refused("chat.postMessage", b.text("x"), "not_in_channel")
	b.robot("bot/invite", ``, nil)
	b.robot("scope", `{"scope":"chat:write","has":false}`, nil)
	b.refused("chat.postMessage", b.text("x"), "missing_scope")
	b.robot("scope", `{"scope":"chat:write","has":true}`, nil)
	b.robot("token/revoke", ``, nil)
	b.refused("auth.test", nil, "token_revoked")
	b.robot("token/replace", `{"token":"xoxb-other"}`, nil)
	b.post("", "x")
	if got := b.sim.Channel(); got.Name != "help" || got.Archived || !got.BotMember {
		t.Fatalf("channel: %+v", got)
	}
}

func TestControlAPIRefusesWhatItDoesNotKnow(t *testing.T) {
	b := unlimited(t)
	cases := map[string]string{
		"say": `{"thred":1}`, "subscription": `{"event":"nonsense"}`, "token/replace": `{"token":"x"}`, "trouble": `{"name":"rain"}`,
		"restore": `{}`, "press": `{"message":"1"}`, "url": `{"to":"nowhere"}`, "channel/restrict": `{"code":"x"}`,
		"slash": `{"command":"/x","thread":"1795000000.000000"}`, "forge": `{"to":"events","how":"wrong"}`,
	}
	for action, body := range cases {
		resp, err := b.http.Post(b.sim.PageURL()+"/_sim/"+action, "application/json", strings.NewReader(body))
		must(t, err)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %s: %d", action, body, resp.StatusCode)
		}
	}
}

func TestAnotherSitesPageCannotPressButtonsHere(t *testing.T) {
	b := unlimited(t)
	req, err := http.NewRequest(http.MethodPost, b.sim.PageURL()+"/_sim/reset", strings.NewReader("{}"))
	must(t, err)
	req.Header.Set("Origin", "https://elsewhere.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := b.http.Do(req)
	must(t, err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Fatalf("status %d", resp.StatusCode)
	}
}

func TestFaultsBudgetAndClockAreSetOverHTTP(t *testing.T) {
	b := unlimited(t)
	var made struct{ ID int }
	b.robot("fault", `{"method":"auth.test","status":200,"code":"fatal_error"}`, &made)
	b.refused("auth.test", nil, "fatal_error")
	b.robot("fault/release", `{"id":1}`, nil)
	b.ok("auth.test", nil, nil)
	b.robot("budget", `{"channelBurst":1}`, nil)
	b.post("", "x")
	b.refused("chat.postMessage", b.text("x"), "ratelimited")
	b.robot("clock", `{"seconds":61}`, nil)
	b.post("", "x")
	if got := b.sim.Now(); !got.Equal(epoch.Add(61 * time.Second)) {
		t.Fatalf("now %v", got)
	}
	b.robot("fault/delivery", `{"lose":true}`, nil)
	b.robot("fault/clear", ``, nil)
	if len(b.sim.Faults())+len(b.sim.DeliveryFaults()) != 0 {
		t.Fatal("faults are left")
	}
}
