package discord

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const mute = `"allowed_mentions":{"parse":[],"replied_user":false}`

func TestCallsAreWhatDiscordExpects(t *testing.T) {
	open, yes, text, empty := false, true, "new", []Embed(nil)
	message := `{"id":"` + testMessage + `","channel_id":"` + testChannel + `"}`
	path := "/channels/" + testChannel
	for _, test := range []struct {
		want, body, answer string
		call               func(*Client) error
	}{
		{"GET /users/@me", ``, `{"id":"` + testBot + `"}`, func(c *Client) error { _, err := c.GetMe(t.Context()); return err }},
		{"GET /applications/@me", ``, `{}`, func(c *Client) error { _, err := c.GetApplication(t.Context()); return err }},
		{"GET /gateway/bot", ``, `{}`, func(c *Client) error { _, err := c.GetGateway(t.Context()); return err }},
		{"GET /guilds/" + testGuild, ``, `{}`, func(c *Client) error { _, err := c.GetGuild(t.Context(), testGuild); return err }},
		{"GET /guilds/" + testGuild + "/roles", ``, `[]`, func(c *Client) error { _, err := c.GetRoles(t.Context(), testGuild); return err }},
		{"GET /guilds/" + testGuild + "/members/" + testBot, ``, `{}`, func(c *Client) error { _, err := c.GetMember(t.Context(), testGuild, testBot); return err }},
		{"GET /guilds/" + testGuild + "/threads/active", ``, `{}`, func(c *Client) error { _, err := c.ActiveThreads(t.Context(), testGuild); return err }},
		{"GET " + path, ``, `{}`, func(c *Client) error { _, err := c.GetChannel(t.Context(), testChannel); return err }},
		{"DELETE " + path, ``, `{}`, func(c *Client) error { return c.DeleteChannel(t.Context(), testChannel, "") }},
		{"GET " + path + "/threads/archived/public?before=2026-11-21T01%3A00%3A00Z&limit=50", ``, `{}`, func(c *Client) error {
			_, _, err := c.ArchivedThreads(t.Context(), testChannel, time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC), 50)
			return err
		}},
		{"POST " + path + "/threads", `{"name":"Ana","auto_archive_duration":10080,"applied_tags":["1301"],"message":{"content":"hi","nonce":"n","enforce_nonce":true,` + mute + `}}`, `{}`, func(c *Client) error {
			_, err := c.CreatePost(t.Context(), testChannel, NewThread{Name: "Ana", AutoArchive: 7 * 24 * time.Hour, Tags: []string{"1301"}}, NewMessage{Content: "hi", Nonce: "n"})
			return err
		}},
		{"POST " + path + "/messages/" + testMessage + "/threads", `{"name":"Ana","auto_archive_duration":60}`, `{}`, func(c *Client) error {
			_, err := c.StartThread(t.Context(), testChannel, testMessage, NewThread{Name: "Ana", AutoArchive: time.Hour, Tags: []string{"1301"}})
			return err
		}},
		{"PATCH " + path, `{"archived":false,"locked":true,"applied_tags":[]}`, `{}`, func(c *Client) error {
			_, err := c.EditThread(t.Context(), testChannel, ThreadEdit{Archived: &open, Locked: &yes, Tags: new([]string)}, "closed by Bellhop")
			return err
		}},
		{"POST " + path + "/messages", `{"content":"hi","nonce":"n","enforce_nonce":true,` + mute + `,"message_reference":{"message_id":"` + testMessage + `","fail_if_not_exists":false},"flags":4100}`, message, func(c *Client) error {
			_, err := c.CreateMessage(t.Context(), testChannel, NewMessage{Content: "hi", Nonce: "n", ReplyTo: testMessage, Flags: SuppressEmbeds | SuppressNotifications})
			return err
		}},
		{"POST " + path + "/messages", `{"embeds":[{"description":"d","color":5763719,"footer":{"text":"1/2"}}],"components":[{"type":1,"components":[{"type":2,"style":4,"label":"Close","custom_id":"c:1"}]}],` + mute + `}`, message, func(c *Client) error {
			_, err := c.CreateMessage(t.Context(), testChannel, NewMessage{
				Embeds: []Embed{{Description: "d", Color: 0x57F287, Footer: &EmbedFooter{"1/2"}}}, Components: []Component{Buttons(Button(ButtonDanger, "Close", "c:1"))},
			})
			return err
		}},
		{"PATCH " + path + "/messages/" + testMessage, `{"content":"new","embeds":[],"attachments":[{"id":"7"}],` + mute + `}`, message, func(c *Client) error {
			_, err := c.EditMessage(t.Context(), testChannel, testMessage, Edit{Content: &text, Embeds: &empty, Keep: &[]string{"7"}})
			return err
		}},
		{"PATCH " + path + "/messages/" + testMessage, `{"content":"new",` + mute + `}`, message, func(c *Client) error {
			_, err := c.EditMessage(t.Context(), testChannel, testMessage, Edit{Content: &text})
			return err
		}},
		{"DELETE " + path + "/messages/" + testMessage, ``, ``, func(c *Client) error { return c.DeleteMessage(t.Context(), testChannel, testMessage) }},
		{"GET " + path + "/messages/" + testMessage, ``, message, func(c *Client) error { _, err := c.GetMessage(t.Context(), testChannel, testMessage); return err }},
		{"GET " + path + "/messages?after=" + testMessage + "&limit=100", ``, `[]`, func(c *Client) error { _, err := c.History(t.Context(), testChannel, testMessage, 500); return err }},
		{"PUT " + path + "/messages/" + testMessage + "/reactions/%F0%9F%91%8C/@me", ``, ``, func(c *Client) error { return c.React(t.Context(), testChannel, testMessage, "👌") }},
		{"DELETE " + path + "/messages/" + testMessage + "/reactions/bell:1600000000000000001/@me", ``, ``, func(c *Client) error {
			return c.Unreact(t.Context(), testChannel, testMessage, "bell:1600000000000000001")
		}},
		{"POST " + path + "/typing", ``, ``, func(c *Client) error { return c.Typing(t.Context(), testChannel) }},
		{"PUT /applications/" + testBot + "/guilds/" + testGuild + "/commands", `[{"name":"close","description":"d","type":1}]`, `[]`, func(c *Client) error {
			return c.SetCommands(t.Context(), testBot, testGuild, []Command{{Name: "close", Description: "d", Type: CommandSlash}})
		}},
		{"PUT /applications/" + testBot + "/guilds/" + testGuild + "/commands", `[]`, `[]`, func(c *Client) error { return c.SetCommands(t.Context(), testBot, testGuild, nil) }},
	} {
		got, body := record(t, test.answer, true, test.call)
		if got != test.want || !sameJSON(t, body, test.body) {
			t.Errorf("sent %s %s, want %s %s", got, body, test.want, test.body)
		}
	}
}

func TestCallsWithATokenInThePathSendNoBotToken(t *testing.T) {
	message := `{"id":"` + testMessage + `"}`
	hook := "/webhooks/" + testHookID + "/" + testHook
	text := "new"
	for _, test := range []struct {
		want, body string
		call       func(*Client) error
	}{
		{"GET " + hook, ``, func(c *Client) error { _, err := c.GetWebhook(t.Context()); return err }},
		{"POST " + hook + "?thread_id=" + testChannel + "&wait=true", `{"content":"hi","username":"Ana","avatar_url":"https://a.com/x.png",` + mute + `}`, func(c *Client) error {
			_, err := c.ExecuteWebhook(t.Context(), WebhookMessage{
				NewMessage: NewMessage{Content: "hi", Nonce: "n", ReplyTo: testMessage}, Username: "Ana", AvatarURL: "https://a.com/x.png", Thread: testChannel, ThreadName: "not both",
			})
			return err
		}},
		{"POST " + hook + "?wait=true", `{"content":"hi","thread_name":"Ana","applied_tags":["1301"],` + mute + `}`, func(c *Client) error {
			_, err := c.ExecuteWebhook(t.Context(), WebhookMessage{NewMessage: NewMessage{Content: "hi"}, ThreadName: "Ana", Tags: []string{"1301"}})
			return err
		}},
		{"PATCH " + hook + "/messages/" + testMessage + "?thread_id=" + testChannel, `{"content":"new",` + mute + `}`, func(c *Client) error {
			_, err := c.EditWebhookMessage(t.Context(), testChannel, testMessage, Edit{Content: &text})
			return err
		}},
		{"DELETE " + hook + "/messages/" + testMessage, ``, func(c *Client) error { return c.DeleteWebhookMessage(t.Context(), "", testMessage) }},
		{"POST /interactions/" + testMessage + "/tok/callback", `{"type":4,"data":{"content":"done","flags":64,` + mute + `}}`, func(c *Client) error {
			return c.Respond(t.Context(), testMessage, "tok", Whisper("done"))
		}},
		{"POST /interactions/" + testMessage + "/tok/callback", `{"type":6}`, func(c *Client) error {
			return c.Respond(t.Context(), testMessage, "tok", Answer{Type: AnswerNothing})
		}},
		{"POST /interactions/" + testMessage + "/tok/callback", `{"type":5,"data":{"flags":64}}`, func(c *Client) error {
			return c.Respond(t.Context(), testMessage, "tok", Answer{Type: AnswerLater, Message: &NewMessage{Flags: Ephemeral}})
		}},
		{"POST /webhooks/" + testBot + "/tok", `{"content":"hi",` + mute + `}`, func(c *Client) error {
			_, err := c.FollowUp(t.Context(), testBot, "tok", NewMessage{Content: "hi"})
			return err
		}},
		{"PATCH /webhooks/" + testBot + "/tok/messages/@original", `{"content":"new",` + mute + `}`, func(c *Client) error {
			_, err := c.EditAnswer(t.Context(), testBot, "tok", Edit{Content: &text})
			return err
		}},
	} {
		got, body := record(t, message, false, test.call)
		if got != test.want || !sameJSON(t, body, test.body) {
			t.Errorf("sent %s %s, want %s %s", got, body, test.want, test.body)
		}
	}
}

// record makes a call and tells what arrived.
func record(t *testing.T, answer string, withToken bool, call func(*Client) error) (got, body string) {
	t.Helper()
	c := against(t, func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		got, body = r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), "/api/v10"), string(data)
		if !strings.HasPrefix(r.UserAgent(), "DiscordBot (http") {
			t.Errorf("%s: the user agent is %q", got, r.UserAgent())
		}
		if want := map[bool]string{true: "Bot " + testToken}[withToken]; r.Header.Get("Authorization") != want {
			t.Errorf("%s: authorized by %q", got, r.Header.Get("Authorization"))
		}
		if len(data) > 0 && r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: body of type %q", got, r.Header.Get("Content-Type"))
		}
		if answer == "" {
			w.WriteHeader(http.StatusNoContent)
		}
		_, _ = io.WriteString(w, answer)
	})
	if err := call(c); err != nil {
		t.Errorf("%s: %v", got, err)
	}
	return got, body
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	if a == "" || b == "" {
		return a == b
	}
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

func TestReasonIsForTheAuditLog(t *testing.T) {
	var reason string
	c := against(t, func(w http.ResponseWriter, r *http.Request) {
		reason = r.Header.Get("X-Audit-Log-Reason")
		_, _ = io.WriteString(w, `{}`)
	})
	if err := c.DeleteChannel(t.Context(), testChannel, "geschlossen: Ä\n"); err != nil || reason != "geschlossen:%20%C3%84%0A" {
		t.Fatalf("%q, %v", reason, err)
	}
}

func TestWhatIsNoIDIsNotSent(t *testing.T) {
	c := against(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL.Path) })
	for _, id := range []string{"", ".", "..", "../users", "1/2", "@me", "123", "1300000000000000001?x=1"} {
		if err := c.DeleteChannel(t.Context(), id, ""); KindOf(err) != KindBadRequest {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, emoji := range []string{"", ".."} {
		if err := c.React(t.Context(), testChannel, testMessage, emoji); KindOf(err) != KindBadRequest {
			t.Errorf("%q: %v", emoji, err)
		}
	}
	if _, err := New(Config{Token: testToken}).GetWebhook(t.Context()); KindOf(err) != KindBadRequest {
		t.Errorf("without a webhook: %v", err)
	}
}

func TestHistoryIsInOrder(t *testing.T) {
	c := answering(t, 200, `[{"id":"1440000000000000003"},{"id":"1440000000000000001"},{"id":"999999999999999999"}]`)
	messages, err := c.History(t.Context(), testChannel, "", 10)
	if err != nil || len(messages) != 3 || messages[0].ID != "999999999999999999" || messages[2].ID != "1440000000000000003" {
		t.Fatalf("%+v, %v", messages, err)
	}
}

func TestTokensAreInNoError(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	at := func(url string) *Client {
		return New(Config{Token: testToken, APIURL: url, WebhookURL: "https://discord.com/api/webhooks/" + testHookID + "/" + testHook})
	}
	echo := answering(t, 404, `{"code":10003,"message":"no `+testToken+` and no `+testHook+` and no tokentoken%2B"}`)
	for name, test := range map[string]struct {
		ctx    context.Context
		client *Client
		want   Kind
	}{
		"nobody listens": {t.Context(), at(closed.URL), KindUnreachable},
		"bad base URL":   {t.Context(), at("http://a b"), KindUnknown},
		"bad scheme":     {t.Context(), at("gopher://127.0.0.1"), KindUnknown},
		"canceled":       {canceled, at(closed.URL), KindUnknown},
		"redirect": {t.Context(), against(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1"+r.URL.Path, http.StatusFound)
		}), KindUnknown},
		"echo in the message": {t.Context(), echo, KindThreadGone},
		"broken connection": {t.Context(), against(t, func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}), KindUnknown},
	} {
		_, byBot := test.client.CreateMessage(test.ctx, testChannel, NewMessage{Content: "x"})
		_, byHook := test.client.ExecuteWebhook(test.ctx, WebhookMessage{NewMessage: NewMessage{Content: "x"}})
		answered := test.client.Respond(test.ctx, testMessage, "tokentoken+", Whisper("x"))
		for _, err := range []error{byBot, byHook, answered} {
			if got := KindOf(err); got != test.want || err == nil {
				t.Errorf("%s: %v is %v, want %v", name, err, got, test.want)
			}
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				for _, secret := range []string{testSecret, testHook} {
					if strings.Contains(cause.Error(), secret) {
						t.Errorf("%s: the error holds a token: %v", name, cause)
					}
				}
			}
		}
		if strings.Contains(answered.Error(), "tokentoken") {
			t.Errorf("%s: the error holds the interaction's token: %v", name, answered)
		}
	}
}

func TestCanceledCallSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := against(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that the client has gone
		cancel()
		<-r.Context().Done()
	})
	if _, err := c.GetMe(ctx); !errors.Is(err, context.Canceled) || KindOf(err) != KindUnknown {
		t.Fatalf("got %v, want a canceled context", err)
	}
}

func TestConnectionsAreKept(t *testing.T) {
	const calls = 8
	var opened atomic.Int64
	together := make(chan struct{}, calls)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		together <- struct{}{}
		for len(together) < calls { // until all are here, each on a connection of its own
			runtime.Gosched()
		}
		_, _ = io.WriteString(w, `{}`)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	c := New(Config{Token: testToken, APIURL: server.URL})
	t.Cleanup(func() {
		c.CloseIdleConnections()
		server.Close()
	})
	for range 2 {
		var wg sync.WaitGroup
		for range calls {
			wg.Go(func() {
				if _, err := c.GetMe(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for range calls {
			<-together
		}
	}
	if n := opened.Load(); n != calls {
		t.Errorf("%d connections for %d calls at a time", n, calls)
	}
}
