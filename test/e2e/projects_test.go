package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// conversation is what the visitors of a project have done.
type conversation struct {
	guests []guest
	said   visitor.Message
	file   visitor.Attachment
	// position is where the first visitor's client knew everything before anything was said.
	position string
}

// Two projects, two visitors each: what is said in one is nowhere in the other, whatever the other asks for.
func TestProjectsCannotSeeEachOther(t *testing.T) {
	t.Parallel()
	both := tenants(t)
	talks := map[*tenant]*conversation{}
	for _, n := range both {
		talks[n] = n.talk(t)
	}
	for i, n := range both {
		n.tries(t, talks[n], both[1-i], talks[both[1-i]])
	}
	for _, n := range both {
		n.finishes(t, talks[n])
	}
	for i, n := range both {
		other := both[1-i].canary
		for what, text := range map[string]string{"visitors and backend heard": n.heard.String(), "event streams brought": n.events.String(), "own server was told": n.told.String(), "team was sent": n.seen()} {
			if !strings.Contains(text, n.canary) {
				t.Errorf("%s: what its %s has nothing of its own: the test looks in the wrong place", n.name, what)
			}
			if at := strings.Index(text, other); at >= 0 {
				t.Errorf("%s: what its %s has %q: …%s…", n.name, what, other, text[max(0, at-200):min(len(text), at+100)])
			}
		}
		n.unharmed(t)
	}
}

// talk lets two visitors of a project do everything that visitors do, and the team answer on every platform.
func (n *tenant) talk(t *testing.T) *conversation {
	t.Helper()
	c := &conversation{}
	for i := range 2 {
		vera := n.visits(t)
		c.guests = append(c.guests, vera)
		if i == 0 {
			c.position = n.position(t, vera)
		}
		hi := vera.Says(fmt.Sprintf("%s hello %d", n.canary, i))
		vera.Edits(hi.ID, fmt.Sprintf("%s hello again %d", n.canary, i))
		c.said = vera.SaysWithFile(n.canary+" with a file", n.canary+".txt", "text/plain", []byte(n.canary+" in a file"))
		c.file = c.said.Attachments[0]
		vera.Downloads(c.file)
		vera.Trigger(n.canary, map[string]any{"of": n.canary})
		if err := vera.Types(visitor.Within(t)); err != nil {
			t.Fatal(err)
		}
		for name, room := range n.rooms(t, vera) {
			room.Shows(n.canary + " hello again").Reply(n.canary + " from " + name)
			vera.Hears(n.canary + " from " + name)
			room.Says("!note " + n.canary + " is a note")
		}
	}
	return c
}

// position is how far a client that connects again knows everything.
func (n *tenant) position(t *testing.T, of guest) string {
	t.Helper()
	_, answer := n.asks(t, "POST", n.mount+"/connect", fmt.Sprintf(`{"visitorId":%q,"sessionId":%q}`, of.VisitorID(), of.SessionID()))
	var connected struct{ Position string }
	if err := json.Unmarshal([]byte(answer), &connected); err != nil || connected.Position == "" {
		t.Fatalf("connect answers no position: %s", answer)
	}
	return connected.Position
}

// tries lets a project's people use everything that they could have learnt of another's: it is unknown to them.
func (n *tenant) tries(t *testing.T, mine *conversation, other *tenant, theirs *conversation) {
	t.Helper()
	target := theirs.guests[0].SessionID()
	ownID := mine.guests[0].SessionID()
	body := func(format string, args ...any) string {
		return strings.ReplaceAll(fmt.Sprintf(format, args...), "'", `"`)
	}
	before := n.lastSeq(t)
	for _, try := range []struct {
		want               int
		method, path, body string
	}{
		{404, "GET", n.mount + "/messages?sessionId=" + target, ""},
		{404, "GET", n.mount + "/stream?sessionId=" + target, ""},
		{404, "GET", n.mount + "/missed?sessionId=" + target, ""},
		{404, "GET", n.mount + "/screenshot/requests?sessionId=" + target, ""},
		{404, "POST", n.mount + "/message", body("{'sessionId':'%s','content':'x','sender':'visitor'}", target)},
		{404, "POST", n.mount + "/typing", body("{'sessionId':'%s','sender':'visitor','isTyping':true}", target)},
		{404, "POST", n.mount + "/read", body("{'sessionId':'%s','messageIds':['%s'],'status':'read'}", target, theirs.said.ID)},
		{404, "POST", n.mount + "/identify", body("{'sessionId':'%s','identity':{'id':'x'}}", target)},
		{404, "POST", n.mount + "/prechat", body("{'sessionId':'%s','email':'a@b.example'}", target)},
		{404, "POST", n.mount + "/csat", body("{'sessionId':'%s','score':1}", target)},
		{404, "POST", n.mount + "/disconnect", body("{'sessionId':'%s'}", target)},
		{404, "POST", n.mount + "/upload", body("{'sessionId':'%s','filename':'a.txt','mimeType':'text/plain','size':1}", target)},
		{404, "POST", n.mount + "/upload/complete", body("{'sessionId':'%s','attachmentId':'%s'}", target, theirs.file.ID)},
		{400, "POST", n.mount + "/upload/complete", body("{'sessionId':'%s','attachmentId':'%s'}", ownID, theirs.file.ID)},
		{400, "POST", n.mount + "/message", body("{'sessionId':'%s','content':'x','sender':'visitor','attachmentIds':['%s']}", ownID, theirs.file.ID)},
		{404, "PATCH", n.mount + "/message/" + theirs.said.ID, body("{'sessionId':'%s','content':'x'}", ownID)},
		{404, "PATCH", n.mount + "/message/" + theirs.said.ID, body("{'sessionId':'%s','content':'x'}", target)},
		{404, "DELETE", n.mount + "/message/" + theirs.said.ID + "?sessionId=" + target, ""},
		{404, "POST", "/api/v1/sessions/" + target + "/reply", body("{'content':'x'}")},
		{404, "POST", "/api/v1/sessions/" + target + "/events", body("{'name':'x'}")},
		{404, "POST", "/api/v1/sessions/" + target + "/close", ""},
	} {
		if status, answer := n.asks(t, try.method, try.path, try.body, "Authorization", "Bearer "+n.key); status != try.want {
			t.Errorf("%s: %s %s: %d %s, want %d", n.name, try.method, try.path, status, answer, try.want)
		}
	}
	n.triesFiles(t, other, theirs)
	n.triesBus(t, target)
	n.triesWebhooks(t, other)
	if err := n.bus.Replay(visitor.Within(t), before+1, bus.Filter{}, func(ev bus.Event) error {
		if ev.Source == "gateway" {
			t.Errorf("%s: that led to %s of project %s", n.name, ev.Type, ev.Project)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	resumed, answer := n.asks(t, "POST", n.mount+"/connect", body("{'visitorId':'%s','sessionId':'%s'}", theirs.guests[0].VisitorID(), target))
	if resumed != http.StatusOK || strings.Contains(answer, target) {
		t.Errorf("%s: connect with another project's session: %d %s", n.name, resumed, answer)
	}
}

// triesFiles asks for another project's file where one's own are.
func (n *tenant) triesFiles(t *testing.T, other *tenant, theirs *conversation) {
	t.Helper()
	root := func(of *tenant) string {
		if of.name == "default" {
			return of.url
		}
		return of.url + "/api/widget/" + of.name
	}
	moved := root(n) + strings.TrimPrefix(theirs.file.URL, root(other))
	if moved == theirs.file.URL {
		t.Fatalf("%s has its files at %s", other.name, moved)
	}
	if status, answer := n.asks(t, "GET", moved, ""); status != http.StatusNotFound {
		t.Errorf("%s: another project's file: %d %s", n.name, status, answer)
	}
}

// triesBus commands another project's session by its own subjects.
func (n *tenant) triesBus(t *testing.T, target string) {
	t.Helper()
	for command, body := range map[bus.Command]string{bus.SendMessage: `{"content":"x"}`, bus.EmitEvent: `{"name":"x"}`, bus.CloseSession: `{}`} {
		answer, err := n.bus.Request(visitor.Within(t), id.Project(n.name), id.Session(target), command, []byte(body))
		if err != nil || !strings.Contains(string(answer), "unknown_session") {
			t.Errorf("%s: %s of another project's session: %s, %v", n.name, command, answer, err)
		}
	}
}

// triesWebhooks posts to another project's webhooks with the secret of its own.
func (n *tenant) triesWebhooks(t *testing.T, other *tenant) {
	t.Helper()
	place := "/webhooks/telegram"
	if other.name != "default" {
		place += "/" + other.name
	}
	update := `{"update_id":990001,"message":{"message_id":1,"message_thread_id":2,"chat":{"id":-1001230000777},"from":{"id":5},"text":"` + n.canary + `"}}`
	if status, answer := n.asks(t, "POST", place, update, "X-Telegram-Bot-Api-Secret-Token", "secret-of-"+n.name); status != http.StatusUnauthorized {
		t.Errorf("%s: an update for %s: %d %s", n.name, other.name, status, answer)
	}
}

// finishes does what ends a conversation, and waits until all who are told of it were.
func (n *tenant) finishes(t *testing.T, c *conversation) {
	t.Helper()
	if status, answer := n.asks(t, "POST", "/api/v1/events", `{"name":"all of `+n.canary+`"}`, "Authorization", "Bearer "+n.key); status != http.StatusOK {
		t.Errorf("%s: broadcast: %d %s", n.name, status, answer)
	}
	missed := n.mount + "/missed?sessionId=" + c.guests[0].SessionID() + "&position=" + c.position
	bustest.Until(t, "all that was missed is told", func() bool { // as far as the gateway has heard the bus
		status, answer := n.asks(t, "GET", missed, "")
		return status == http.StatusOK && strings.Contains(answer, "all of "+n.canary)
	})
	typing := []byte(`{"sender":"operator","isTyping":true,"platform":"typing in ` + n.canary + `"}`)
	for i, vera := range c.guests {
		bustest.Until(t, "the backend was told that somebody types", func() bool {
			return n.bus.Signal(id.Project(n.name), id.Session(vera.SessionID()), "typing", typing) == nil && strings.Contains(n.told.String(), "typing in "+n.canary)
		})
		vera.SeesEvent("all of "+n.canary, nil)
		last := vera.Says(fmt.Sprintf("%s goes %d", n.canary, i))
		vera.SeesStatus(last.ID, "delivered")
		for _, room := range n.rooms(t, vera) {
			room.Shows(fmt.Sprintf("%s goes %d", n.canary, i))
		}
		bustest.Until(t, "the webhook was told", func() bool { return strings.Contains(n.told.String(), fmt.Sprintf("%s goes %d", n.canary, i)) })
	}
}
