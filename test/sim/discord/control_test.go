package discord_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

// robot posts to the control API and decodes the answer, which must be a success.
func (b *bot) robot(action, body string, result any) {
	b.t.Helper()
	resp, err := b.http.Post(b.sim.PageURL()+"_sim/"+action, "application/json", strings.NewReader(body))
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
	status, data := b.get(b.sim.PageURL() + "_sim/" + path)
	if status != http.StatusOK {
		b.t.Fatalf("%s: %d", path, status)
	}
	must(b.t, json.Unmarshal(data, result))
}

func TestRobotDoesOverHTTPWhatAPersonDoes(t *testing.T) {
	b := unlimited(t)
	var made discord.Thread
	b.robot("thread/create", `{"name":"By hand","text":"first"}`, &made)
	id := `"thread":"` + made.ID + `"`
	var said discord.Message
	b.robot("say", `{`+id+`,"text":"hello","as":"Omar","replyTo":"`+made.ID+`","file":{"name":"a.txt","type":"text/plain","data":"eA=="}}`, &said)
	at := `"message":"` + said.ID + `"`
	b.robot("edit", `{`+at+`,"text":"hello!"}`, nil)
	b.robot("touch", `{`+at+`}`, nil)
	b.robot("react", `{`+at+`,"emoji":"👍"}`, nil)
	b.robot("react", `{`+at+`,"emoji":"👀"}`, nil)
	b.robot("unreact", `{`+at+`,"emoji":"👀"}`, nil)
	b.robot("typing", `{`+id+`,"as":"Omar"}`, nil)
	if got := b.sim.Thread(made.ID).Typing; got != "Omar" {
		t.Fatalf("typing: %q", got)
	}
	b.robot("thread/rename", `{`+id+`,"name":"Renamed"}`, nil)
	b.robot("thread/tag", `{`+id+`,"tags":["closed"]}`, nil)
	for state, action := range map[discord.ThreadState]string{
		discord.ThreadClosed: "close", discord.ThreadArchived: "archive", discord.ThreadLocked: "lock",
	} {
		b.robot("thread/"+action, `{`+id+`}`, nil)
		if got := b.sim.Thread(made.ID).State; got != state {
			t.Fatalf("%s left it %s", action, got)
		}
		b.robot("thread/reopen", `{`+id+`}`, nil)
	}
	b.robot("delete", `{`+at+`}`, nil)
	var messages []discord.Message
	b.inspect("threads/"+made.ID+"/messages", &messages)
	if m := messages[1]; m.Text != "hello!" || m.Shown != "hello!" || !m.Deleted || len(m.Reactions) != 1 || m.Author.Name != "Omar" || m.ReplyTo != made.ID || len(m.Attachments) != 1 {
		t.Fatalf("message: %+v", m)
	}
	b.robot("thread/delete", `{`+id+`}`, nil)
	if got := b.sim.Thread(made.ID); got.State != discord.ThreadDeleted || got.Name != "Renamed" || got.Tags[0] != "closed" {
		t.Fatalf("thread: %+v", got)
	}
}

func TestControlAPIRefusesWhatItDoesNotKnow(t *testing.T) {
	b := unlimited(t)
	for action, body := range map[string]string{
		"say":           `{"thred":"1"}`,
		"right":         `{"right":"CAN_FLY"}`,
		"intent":        `{"intent":"GUILDS"}`,
		"token/replace": `{"token":"a b"}`,
		"trouble":       `{"name":"rain"}`,
		"restore":       `{}`,
		"press":         `{"message":"1"}`,
		"gateway/close": `{"code":1000}`,
		"endpoint":      `{"url":"http://example.com"}`,
	} {
		resp, err := b.http.Post(b.sim.PageURL()+"_sim/"+action, "application/json", strings.NewReader(body))
		must(t, err)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %s: %d", action, body, resp.StatusCode)
		}
	}
}

func TestAnotherSitesPageCannotPressButtonsHere(t *testing.T) {
	b := unlimited(t)
	req, err := http.NewRequest(http.MethodPost, b.sim.PageURL()+"_sim/reset", strings.NewReader("{}"))
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

func TestFaultsBudgetRightsAndGatewayAreSetOverHTTP(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	var made struct{ ID int }
	b.robot("fault", `{"method":"getMe","status":400}`, &made)
	b.refused("GET", "/users/@me", nil, 400, 50035)
	b.robot("fault/release", `{"id":`+string(rune('0'+made.ID))+`}`, nil)
	b.ok("GET", "/users/@me", nil, nil)
	b.robot("budget", `{"create":{"limit":1,"perNs":1000000000}}`, nil)
	b.send(thread, "x")
	b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x"}, 429, 0)
	b.robot("clock", `{"seconds":61}`, nil)
	b.send(thread, "x")
	b.robot("overwrite", `{"allow":["VIEW_CHANNEL"],"deny":["SEND_MESSAGES_IN_THREADS"]}`, nil)
	b.sim.Clock().Advance(5e9)
	b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x"}, 403, 50013)
	c, _ := b.identify(intents)
	var counted struct{ Connections int }
	b.robot("gateway/reconnect", "", &counted)
	if p := c.next(); p.Op != 7 || counted.Connections != 1 {
		t.Fatalf("%+v, %+v", p, counted)
	}
	b.robot("gateway/acks", `{"on":false}`, nil)
	b.robot("gateway/heartbeat", "", nil)
	b.robot("gateway/invalidate", `{"resumable":true}`, nil)
	b.robot("fault/delivery", `{"lose":true}`, nil)
	b.robot("fault/clear", "", nil)
	b.robot("gateway/close", `{"code":4000}`, nil)
	if code := c.closedWith(); code != 4000 {
		t.Fatalf("closed with %d", code)
	}
	b.wait(func(v discord.State) bool { return !v.Connected() })
	b.robot("gateway/forget", "", nil)
	if got := b.sim.State().Sessions(); len(got) != 0 {
		t.Fatalf("sessions: %+v", got)
	}
}
