package discord_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func (b *bot) hook() string {
	b.t.Helper()
	var h struct{ ID, Token string }
	b.ok("POST", "/channels/"+b.sim.ChannelID()+"/webhooks", fields{"name": "Visitors"}, &h)
	return "/webhooks/" + h.ID + "/" + h.Token
}

func TestWebhookWritesUnderAVisitorsName(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	thread, hook := b.post("Ana", "x"), b.hook()
	c.event("MESSAGE_CREATE", nil)
	must(t, b.sim.ArchiveThread(deadline(t), thread))
	var m message
	b.ok("POST", hook+"?wait=true&thread_id="+thread, fields{"content": "as Ana <@&1440000000000001202>", "username": "Ana"}, &m)
	if m.WebhookID == "" || m.Author.Username != "Ana" || m.ChannelID != thread || b.sim.Thread(thread).State != discord.ThreadOpen {
		t.Fatalf("said: %+v", m)
	}
	var heard message
	if c.event("MESSAGE_CREATE", &heard); heard.WebhookID != m.WebhookID {
		t.Fatalf("heard: %+v", heard)
	}
	if got := b.sim.Message(m.ID).Notified; len(got) != 0 {
		t.Fatalf("roles are not pinged by default: %v", got)
	}
	b.ok("PATCH", hook+"/messages/"+m.ID+"?thread_id="+thread, fields{"content": "edited"}, nil)
	b.refused("PATCH", hook+"/messages/"+thread+"?thread_id="+thread, fields{"content": "x"}, 404, 10008)
	b.ok("DELETE", hook+"/messages/"+m.ID+"?thread_id="+thread, nil, nil)
	if got := b.sim.Message(m.ID); !got.Deleted || got.Text != "edited" {
		t.Fatalf("message: %+v", got)
	}
	if r := b.call("POST", hook+"?thread_id="+thread, fields{"content": "quiet"}); r.Status != 204 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
}

func TestWebhookAndForumMixUpsAreRefused(t *testing.T) {
	b := unlimited(t)
	thread, hook := b.post("Ana", "x"), b.hook()
	b.refused("POST", hook+"?wait=true", fields{"content": "x"}, 400, 220001)
	b.refused("POST", hook+"?wait=true&thread_id="+thread, fields{"content": "x", "thread_name": "n"}, 400, 220002)
	b.refused("POST", hook+"?wait=true&thread_id=1440000000000000044", fields{"content": "x"}, 404, 10003)
	b.refused("POST", hook+"?wait=true&thread_id="+thread, fields{"content": "x", "username": "Clyde"}, 400, 50035)
	var m message
	b.ok("POST", hook+"?wait=true", fields{"content": "x", "thread_name": "By hook", "applied_tags": []string{"1440000000000001301"}}, &m)
	if made := b.sim.Thread(m.ID); made.Name != "By hook" || made.ID != m.ChannelID || made.Tags[0] != "open" {
		t.Fatalf("made: %+v", made)
	}
	text := textual(t)
	text.refused("POST", text.hook()+"?wait=true", fields{"content": "x", "thread_name": "n"}, 400, 220003)
}

func TestFailureWithoutWaitIsSilent(t *testing.T) {
	b := unlimited(t)
	if r := b.call("POST", b.hook(), fields{"content": "x"}); r.Status != 204 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if w := b.sim.Warnings(); len(w) != 1 {
		t.Fatalf("warnings: %+v", w)
	}
}

func TestWebhookMadeByHandHasNoButtonsAndGoesAway(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	made, err := b.sim.CreateWebhook(deadline(t), "Visitors")
	must(t, err)
	path := "/webhooks/" + made.ID + "/" + made.Token
	if !strings.HasSuffix(made.URL, "/api"+path) {
		t.Fatalf("made: %+v", made)
	}
	var known struct {
		ChannelID   string  `json:"channel_id"`
		Application *string `json:"application_id"`
	}
	b.ok("GET", path, nil, &known)
	if known.ChannelID != b.sim.ChannelID() || known.Application != nil {
		t.Fatalf("known: %+v", known)
	}
	var m message
	b.ok("POST", path+"?wait=true&thread_id="+thread, fields{"content": "as Ana", "components": buttons("Close", "c")}, &m)
	if len(m.Components) != 0 || len(b.sim.Warnings()) != 1 {
		t.Fatalf("said: %+v", m)
	}
	must(t, b.sim.DeleteWebhook(deadline(t), made.ID))
	b.refused("POST", path+"?wait=true&thread_id="+thread, fields{"content": "x"}, 404, 10015)
	if err := b.sim.DeleteWebhook(deadline(t), made.ID); !errors.Is(err, discord.ErrNoWebhook) {
		t.Fatal(err)
	}
}

func TestWebhookThatIsGoneMustNotBeUsedAgain(t *testing.T) {
	b := unlimited(t)
	thread, hook := b.post("Ana", "x"), b.hook()
	b.refused("POST", hook+"x?wait=true&thread_id="+thread, fields{"content": "x"}, 401, 50027)
	id := hook[len("/webhooks/") : len("/webhooks/")+19]
	b.ok("DELETE", "/webhooks/"+id, nil, nil)
	b.refused("POST", hook+"?wait=true&thread_id="+thread, fields{"content": "x"}, 404, 10015)
	if w := b.sim.Warnings(); len(w) != 0 {
		t.Fatalf("warnings: %+v", w)
	}
	b.refused("POST", hook+"?wait=true&thread_id="+thread, fields{"content": "x"}, 404, 10015)
	if w := b.sim.Warnings(); len(w) != 1 {
		t.Fatalf("warnings: %+v", w)
	}
}
