package telegram_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// robot posts to the control API and decodes the answer, which must be a success.
func (b *bot) robot(action, body string, result any) {
	b.t.Helper()
	resp, err := b.http.Post(b.sim.URL()+"/_sim/"+action, "application/json", strings.NewReader(body))
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
	var topic telegram.Topic
	b.robot("topic/create", `{"name":"By hand"}`, &topic)
	id := itoa(topic.ID)
	var said telegram.Message
	b.robot("say", `{"topic":`+id+`,"text":"hello","as":"Omar"}`, &said)
	at := itoa(said.ID)
	b.robot("edit", `{"message":`+at+`,"text":"hello!"}`, nil)
	b.robot("react", `{"message":`+at+`,"emoji":"👍"}`, nil)
	b.robot("pin", `{"message":`+at+`}`, nil)
	b.robot("topic/rename", `{"topic":`+id+`,"name":"Renamed"}`, nil)
	b.robot("topic/close", `{"topic":`+id+`}`, nil)
	b.robot("topic/reopen", `{"topic":`+id+`}`, nil)
	b.robot("delete", `{"message":`+at+`}`, nil)
	var messages []telegram.Message
	b.inspect("topics/"+id+"/messages", &messages)
	if m := messages[1]; m.Text != "hello!" || !m.Deleted || !m.Pinned || len(m.Reactions) != 1 || m.From.FirstName != "Omar" {
		t.Fatalf("message: %+v", m)
	}
	b.robot("topic/delete", `{"topic":`+id+`}`, nil)
	if got := b.sim.Topic(topic.ID); got.State != telegram.TopicDeleted || got.Name != "Renamed" {
		t.Fatalf("topic: %+v", got)
	}
}

func TestControlAPIRefusesWhatItDoesNotKnow(t *testing.T) {
	b := unlimited(t)
	cases := map[string]string{
		"say":           `{"topik":1}`,
		"right":         `{"right":"can_fly"}`,
		"bot":           `{"status":"asleep"}`,
		"token/replace": `{"token":"x"}`,
		"trouble":       `{"name":"rain"}`,
		"restore":       `{}`,
		"press":         `{"message":1}`,
	}
	for action, body := range cases {
		resp, err := b.http.Post(b.sim.URL()+"/_sim/"+action, "application/json", strings.NewReader(body))
		must(t, err)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %s: %d", action, body, resp.StatusCode)
		}
	}
}

func TestAnotherSitesPageCannotPressButtonsHere(t *testing.T) {
	b := unlimited(t)
	req, err := http.NewRequest(http.MethodPost, b.sim.URL()+"/_sim/reset", strings.NewReader("{}"))
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

func TestFaultsBudgetAndRightsAreSetOverHTTP(t *testing.T) {
	b := unlimited(t)
	var made struct{ ID int }
	b.robot("fault", `{"method":"getMe","status":400}`, &made)
	b.refused("getMe", nil, 400, "injected")
	b.robot("fault/release", `{"id":`+itoa(int64(made.ID))+`}`, nil)
	b.ok("getMe", nil, nil)
	b.robot("budget", `{"groupLimit":1}`, nil)
	b.send(0, "x")
	b.refused("sendMessage", b.message(0, "x"), 429, "Too Many Requests")
	b.robot("clock", `{"seconds":61}`, nil)
	b.send(0, "x")
	b.robot("right", `{"right":"can_manage_topics","has":false}`, nil)
	b.refused("createForumTopic", fields{"chat_id": b.sim.ChatID(), "name": "n"}, 400, "not enough rights")
	b.robot("fault/delivery", `{"lose":true}`, nil)
	b.robot("trouble", `{"name":"down","on":true}`, nil)
	if got := b.sim.Faults(); len(got) != 1 || got[0].Status != 502 {
		t.Fatalf("faults: %+v", got)
	}
	b.robot("trouble", `{"name":"down","on":false}`, nil)
	b.ok("getMe", nil, nil)
}

func TestSnapshotBringsBackTheState(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	topic := b.topic("Ana")
	kept, err := b.sim.Say(ctx, topic, "kept", telegram.WithFile("a", "text/plain", []byte("content")))
	must(t, err)
	_, snapshot := b.get("/_sim/snapshot")
	b.send(topic, "gone later")
	must(t, b.sim.KickBot())
	b.robot("restore", string(snapshot), nil)
	b.send(topic, "after")
	messages := b.sim.Topic(topic).Messages()
	if len(messages) != 3 || messages[1].Text != "kept" || messages[2].Text != "after" {
		t.Fatalf("messages: %+v", messages)
	}
	if status, data := b.download(kept.Media.Files[0].ID); status != 200 || string(data) != "content" {
		t.Fatalf("file: %d %q", status, data)
	}
	if got := kinds(b.updates(0)); got != "created message:" {
		t.Fatalf("waiting updates: %s", got)
	}
}

func TestResetStartsAfreshWithoutRepeatingUpdateIDs(t *testing.T) {
	b := unlimited(t)
	b.topic("Ana")
	last := b.updates(0)[0].ID
	b.sim.Fault(telegram.Fault{Status: 500})
	b.robot("reset", "", nil)
	if len(b.sim.Topics()) != 0 || len(b.sim.Requests("")) != 0 {
		t.Fatal("something is left")
	}
	b.topic("Ben")
	if got := b.updates(0)[0].ID; got <= last {
		t.Fatalf("update_id %d came after %d", got, last)
	}
}

func TestOverviewShowsEverything(t *testing.T) {
	b := unlimited(t)
	b.send(b.topic("Ana"), "hi @olga")
	var state struct {
		Token    string
		Topics   []telegram.Topic
		Requests int
		Limits   telegram.Limits
	}
	b.inspect("state", &state)
	if state.Token != b.sim.Token() || len(state.Topics) != 1 || state.Requests != 2 || state.Limits.Chats[b.sim.ChatID()].Units != 2 {
		t.Fatalf("state: %+v", state)
	}
	var pinged []telegram.Message
	b.inspect("pinged", &pinged)
	var requests []telegram.Request
	b.inspect("requests?method=sendmessage", &requests)
	if len(pinged) != 1 || len(requests) != 1 || requests[0].Param("text") != "hi @olga" {
		t.Fatalf("pinged %+v, requests %+v", pinged, requests)
	}
}
