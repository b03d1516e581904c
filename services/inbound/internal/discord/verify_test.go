package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// signingKey is Discord's.
var (
	signingKey = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	publicKey  = hex.EncodeToString(signingKey.Public().(ed25519.PublicKey))
)

// posts posts a signed body at a time.
func (o *bureau) posts(body string, at time.Time, change func(http.Header)) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, WebhookPath, strings.NewReader(body))
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(signingKey, []byte(stamp+body))))
	if change != nil {
		change(r.Header)
	}
	w := httptest.NewRecorder()
	o.bot.Webhook(w, r)
	return w
}

func (o *bureau) answers(body string) string {
	o.t.Helper()
	w := o.posts(body, time.Now(), nil)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		o.t.Fatalf("%d %s for %s", w.Code, w.Body, body)
	}
	return w.Body.String()
}

// given is a command or a button in Ana's thread.
func given(interactionID string, kind int, data string) string {
	return `{"id":"` + interactionID + `","application_id":"` + self + `","type":` + strconv.Itoa(kind) + `,"token":"tok","channel_id":"` + thread + `",
		"channel":{"id":"` + thread + `","type":11,"parent_id":"` + channel + `"},"member":{"user":{"id":"` + olga + `","username":"olga_1","global_name":"Olga"}},"data":` + data + `}`
}

func TestOnlyWhatDiscordSignedIsTaken(t *testing.T) {
	o := newBureau(t)
	ping := `{"type":1}`
	if got := o.answers(ping); got != `{"type":1}` {
		t.Errorf("a ping is answered %s", got)
	}
	for name, test := range map[string]struct {
		at     time.Time
		change func(http.Header)
		reason string
	}{
		"forged":   {time.Now(), func(h http.Header) { h.Set("X-Signature-Ed25519", strings.Repeat("00", 64)) }, "signature_wrong"},
		"unsigned": {time.Now(), func(h http.Header) { h.Del("X-Signature-Ed25519") }, "signature_missing"},
		"old":      {time.Now().Add(-time.Hour), nil, "signature_stale"},
	} {
		if w := o.posts(given("1440000000000000500", 3, `{"custom_id":"bellhop:close"}`), test.at, test.change); w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), `"code":"bad_signature"`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if o.counted("bellhop_inbound_refused_total", test.reason) != 1 {
			t.Errorf("%s is not counted", name)
		}
	}
	if w := o.posts(`{"id":"x"}`, time.Now(), nil); w.Code != http.StatusBadRequest {
		t.Errorf("what is no interaction: %d", w.Code)
	}
	if w := o.posts(strings.Repeat("x", maxInteraction+1), time.Now(), nil); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %d", w.Code)
	}
	if len(o.ids()) != 0 {
		t.Errorf("the bus holds %q", o.ids())
	}
}

func TestWithoutAKeyOrABotTheWebhookIsClosed(t *testing.T) {
	o := newBureau(t)
	o.bot.verifier = nil
	if w := o.posts(`{"type":1}`, time.Now(), nil); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "DISCORD_PUBLIC_KEY") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := httptest.NewRecorder()
	if NotConfigured(w, nil); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

func TestCommandsAndButtonsThatArePostedAreDoneOnceAndAnswered(t *testing.T) {
	o := newBureau(t)
	for _, c := range []struct{ body, want string }{
		{given("1440000000000000500", 2, `{"name":"reply","options":[{"name":"message","type":3,"value":"on my *way* <@1>"}]}`), `{"type":4,"data":{"embeds":[{"description":"on my \\*way\\* \u003c` + "\u200b@\u200b" + `1\\\u003e","author":{"name":"📨 Olga"}}]`},
		{given("1440000000000000501", 2, `{"name":"read"}`), `"content":"Marked 2 messages as read.","flags":64`},
		{given("1440000000000000502", 2, `{"name":"ai","options":[{"name":"state","type":3,"value":"off"}]}`), `"content":"The assistant stays out of this conversation.","flags":64`},
		{given("1440000000000000503", 3, `{"custom_id":"bellhop:read"}`), `"content":"Marked 2 messages as read.","flags":64`},
		{given("1440000000000000504", 3, `{"custom_id":"bellhop:close"}`), `{"type":6}`},
		{given("1440000000000000504", 3, `{"custom_id":"bellhop:close"}`), `{"type":6}`},
		{given("1440000000000000505", 3, `{"custom_id":"somebody:else"}`), `There is no command /somebody`},
		{given("1440000000000000506", 5, `{}`), sayElsewhere},
		{strings.Replace(given("1440000000000000507", 2, `{"name":"close"}`), `"parent_id":"`+channel+`"`, `"parent_id":"1300000000000000009"`, 1), sayElsewhere},
		{strings.Replace(given("1440000000000000508", 2, `{"name":"close"}`), `"channel":{`, `"elsewhere":{`, 1), `"content":"👌","flags":64`},
	} {
		if got := o.answers(c.body); !strings.Contains(got, c.want) || strings.Contains(got, `"data"`) && !strings.Contains(got, `"parse":[]`) {
			t.Errorf("answered %s, want %s", got, c.want)
		}
	}
	facts := o.expect("message.created discord:1440000000000000500", "message.read discord:1440000000000000500:read",
		"message.read discord:interaction:1440000000000000501:read", "ai.switched discord:interaction:1440000000000000502",
		"message.read discord:interaction:1440000000000000503:read", "session.closed discord:interaction:1440000000000000504",
		"session.closed discord:interaction:1440000000000000508")
	if m := facts[0].Data.(*eventv1.MessageCreated).GetMessage(); m.GetContent() != "on my *way* @someone" || m.GetOperatorName() != "Olga" {
		t.Errorf("%+v", m)
	}
	if facts[3].Type != bus.AISwitched || facts[3].Data.(*eventv1.Switch).GetOn() {
		t.Errorf("%+v", facts[3])
	}
}

func TestWhatCannotBeStoredIsSaid(t *testing.T) {
	o := newBureau(t)
	o.sessions.SetAway(true)
	if got := o.answers(given("1440000000000000500", 2, `{"name":"close"}`)); !strings.Contains(got, sayAgain) {
		t.Errorf("answered %s", got)
	}
	o.sessions.SetAway(false)
	if got := o.answers(given("1440000000000000500", 2, `{"name":"close"}`)); !strings.Contains(got, sayDone) || len(o.ids()) != 1 {
		t.Errorf("answered %s", got)
	}
}

func TestAnAnswerThatTakesLongIsPromisedAndGiven(t *testing.T) {
	o := newBureau(t)
	// Nobody knows the thread yet, and Discord takes its time.
	slow := strings.Replace(given("1440000000000000500", 2, `{"name":"reply","options":[{"name":"message","value":"x"}]}`), `"channel":{`, `"elsewhere":{`, 1)
	o.api.Refuses("GET /channels/"+thread, 429, `{"message":"m","retry_after":2.3}`)
	if got := o.answers(slow); got != `{"type":5}` {
		t.Errorf("answered %s", got)
	}
	edit := "PATCH /webhooks/" + self + "/tok/messages/@original"
	o.api.Await(t, "the answer", func() bool { return len(o.api.Calls(edit)) == 1 })
	if body := o.api.Calls(edit)[0].Body; !strings.Contains(body, `"description":"x"`) {
		t.Errorf("answered %s", body)
	}
	if got := o.texts(); !slices.Equal(got, []string{"x"}) {
		t.Errorf("%q", got)
	}
}

func TestInteractionsOfTheGatewayAreAnsweredByACall(t *testing.T) {
	o := newBureau(t)
	o.listen()
	o.api.Dispatch("INTERACTION_CREATE", given("1440000000000000500", 3, `{"custom_id":"bellhop:read"}`))
	o.api.Dispatch("INTERACTION_CREATE", `{"type":1}`)
	call := "POST /interactions/1440000000000000500/tok/callback"
	o.api.Await(t, "an answer", func() bool { return len(o.api.Calls(call)) == 1 })
	if body := o.api.Calls(call)[0].Body; !strings.Contains(body, `"content":"Marked 2 messages as read."`) {
		t.Errorf("answered %s", body)
	}
	o.expect("message.read discord:interaction:1440000000000000500:read")
	o.api.Refuses("POST /interactions/1440000000000000501/tok/callback", 404, `{"code":10062,"message":"Unknown interaction"}`)
	o.api.Dispatch("INTERACTION_CREATE", given("1440000000000000501", 2, `{"name":"info"}`))
	o.handled("1440000000000000020")
}

func TestCommandsAreOfferedInTheServer(t *testing.T) {
	o := newBureau(t)
	o.api.Refuses("GET /applications/@me", 500, `oops`)
	o.start(o.bot.Identify)
	call := "PUT /applications/" + self + "/guilds/" + guild + "/commands"
	o.api.Await(t, "commands", func() bool { return len(o.api.Calls(call)) == 1 })
	body := o.api.Calls(call)[0].Body
	for _, part := range []string{`{"name":"reply","description":"say something to the visitor","type":1,"options":[{"type":3,"name":"message","description":"what","required":true}]}`, `"name":"close"`, `"name":"ai"`} {
		if !strings.Contains(body, part) {
			t.Errorf("offered %s, want %s", body, part)
		}
	}
	if strings.Contains(body, `"delete"`) {
		t.Error("a command that needs a message to reply to is offered")
	}
}

func TestABotThatMayNotOfferCommandsWorks(t *testing.T) {
	o := newBureau(t)
	o.api.Refuses("PUT /applications/"+self+"/guilds/"+guild+"/commands", 403, `{"code":50001,"message":"Missing Access"}`)
	if err := o.bot.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.api.Refuses("GET /channels/"+channel, 404, `{"code":10003,"message":"Unknown Channel"}`)
	if err := o.bot.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.api.Refuses("GET /applications/@me", 401, `{"code":0,"message":"401: Unauthorized"}`)
	if err := o.bot.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
}
