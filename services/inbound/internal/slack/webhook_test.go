package slack

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func code(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct{ Error, Code string }
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Error == "" {
		t.Errorf("no error in %s", w.Body)
	}
	return body.Code
}

func TestRequestThatSlackHasNotSignedIsNobodys(t *testing.T) {
	o := newBureau(t)
	body := message("Ev1", "2.3", "forged")
	for name, test := range map[string]struct {
		change  func(*http.Request)
		counted string
	}{
		"unsigned": {func(r *http.Request) { r.Header.Del("X-Slack-Signature") }, refusedUnsigned},
		"twice": {func(r *http.Request) {
			r.Header["X-Slack-Signature"] = append(r.Header["X-Slack-Signature"], r.Header.Get("X-Slack-Signature"))
		}, refusedUnsigned},
		"wrong":        {func(r *http.Request) { r.Header.Set("X-Slack-Signature", "v0="+strings.Repeat("0", 64)) }, refusedWrong},
		"another body": {func(r *http.Request) { sign(r, body+" ", time.Now()) }, refusedWrong},
		"a recording":  {func(r *http.Request) { sign(r, body, time.Now().Add(-6*time.Minute)) }, refusedStale},
		"wrong clock":  {func(r *http.Request) { sign(r, body, time.Now().Add(6*time.Minute)) }, refusedStale},
	} {
		before := o.counted("bellhop_inbound_refused_total", test.counted)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, WebhookPath, strings.NewReader(body))
		sign(r, body, time.Now())
		test.change(r)
		w := httptest.NewRecorder()
		o.bot.Webhook(w, r)
		if w.Code != http.StatusUnauthorized || code(t, w) != "bad_signature" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if o.counted("bellhop_inbound_refused_total", test.counted) != before+1 {
			t.Errorf("%s is not counted", name)
		}
	}
	o.expect()
	o.accepts(body)
}

func TestWebhookWithoutItsSecretIsClosedAndSaysWhich(t *testing.T) {
	o := newBureau(t)
	o.bot.cfg.SigningSecret = ""
	if w := o.post(message("Ev1", "2.3", "x"), "application/json"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "SLACK_SIGNING_SECRET") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := httptest.NewRecorder()
	NotConfigured(w, nil)
	if w.Code != http.StatusNotFound || code(t, w) != "not_configured" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	o.expect()
}

func TestAddressIsVerified(t *testing.T) {
	o := newBureau(t)
	w := o.post(`{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}`, "application/json")
	if w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"challenge":"3eZbrw1aB"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestWhatNobodyCanReadIsRefused(t *testing.T) {
	o := newBureau(t)
	for _, test := range []struct {
		body, kind string
		want       int
	}{
		{``, "application/json", http.StatusBadRequest},
		{`[]`, "application/json", http.StatusBadRequest},
		{`{"type":"event_callback"}`, "application/json", http.StatusBadRequest},
		{`text=x`, "application/x-www-form-urlencoded", http.StatusBadRequest},
		{`payload={}`, "application/x-www-form-urlencoded; charset=utf-8", http.StatusBadRequest},
		{strings.Repeat("x", maxBody+1), "application/json", http.StatusRequestEntityTooLarge},
	} {
		if w := o.post(test.body, test.kind); w.Code != test.want || code(t, w) == "" {
			t.Errorf("%.40s: %d %s", test.body, w.Code, w.Body)
		}
	}
	o.accepts(`{"type":"app_rate_limited"}`, `{"type":"something_new"}`)
	o.expect()
}

func press(action, ts, threadTS string) string {
	return `{"type":"block_actions","user":{"id":"U0OLGA","name":"olga"},"channel":{"id":"` + channel + `"},"message":{"ts":"` + ts + `","thread_ts":"` + threadTS +
		`"},"response_url":"RESPOND","actions":[{"action_id":"` + action + `","action_ts":"7.8"}]}`
}

func TestButtonsOnTheCardDoWhatTheySay(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.presses(strings.ReplaceAll(press("read", thread, ""), "RESPOND", o.slack.URL+"/respond"))
	o.presses(press("close", thread, thread))
	o.presses(press("close", thread, thread)) // Slack does not repeat it, and people press twice
	o.presses(press("hologram", thread, thread))
	o.presses(strings.ReplaceAll(press("close", thread, ""), channel, "C0ELSEWHERE"))
	o.expect("message.read slack:press:U0OLGA:"+thread+":read:7.8:read", "session.closed slack:press:U0OLGA:"+thread+":close:7.8")
	if answer := o.slack.await(t, "/respond", 1)[0].body; !strings.Contains(answer, "Marked 2 messages as read.") || !strings.Contains(answer, `"replace_original":false`) {
		t.Errorf("%s", answer)
	}
}

func TestShortcutsOnMessagesDoWhatTheySay(t *testing.T) {
	o := newBureau(t)
	shortcut := func(id, trigger, ts string) string {
		return `{"type":"message_action","callback_id":"` + id + `","trigger_id":"` + trigger + `","user":{"id":"U0OLGA"},"channel":{"id":"` + channel +
			`"},"message":{"ts":"` + ts + `","thread_ts":"` + thread + `"},"response_url":"` + o.slack.URL + `/respond"}`
	}
	o.accepts(message("Ev1", "2.3", "oops"))
	o.presses(shortcut("delete", "1.1", "2.3"))
	o.presses(shortcut("close", "1.2", "2.3"))
	o.presses(shortcut("hologram", "1.3", "2.3"))
	o.expect("message.created slack:Ev1", "message.read slack:Ev1:read", "message.deleted slack:shortcut:1.1", "session.closed slack:shortcut:1.2")
	o.presses(shortcut("delete", "1.4", "9.9"))
	o.start(o.bot.Answer)
	answers := o.slack.await(t, "/respond", 2)
	if !strings.Contains(answers[0].body, "Deleted.") || !strings.Contains(answers[1].body, "never got that message") {
		t.Errorf("%v", answers)
	}
}

func TestSlashCommandIsForPresenceOnly(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	command := func(text, trigger string) string {
		return url.Values{"command": {"/bellhop"}, "text": {text}, "user_id": {"U0OLGA"}, "channel_id": {channel}, "trigger_id": {trigger}, "response_url": {o.slack.URL + "/respond"}}.Encode()
	}
	for _, body := range []string{command(" Online now", "1.1"), command("close", "1.2"), command("", "1.3")} {
		if w := o.post(body, "application/x-www-form-urlencoded"); w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	o.expect("operator.status slack:command:1.1")
	answers := o.slack.await(t, "/respond", 3)
	if !strings.Contains(answers[0].body, "You are online") || !strings.Contains(answers[1].body, "!help") {
		t.Errorf("%v", answers)
	}
}

func TestAnswerThatCannotBeGivenInWordsIsAReaction(t *testing.T) {
	o := newBureau(t)
	o.slack.tell("chat.postEphemeral", `{"ok":false,"error":"user_not_in_channel"}`)
	o.start(o.bot.Answer)
	o.accepts(message("Ev1", "2.3", "!reopen"))
	if mark := o.slack.await(t, "reactions.add", 1)[0].form; mark.Get("name") != "thinking_face" || mark.Get("timestamp") != "2.3" {
		t.Errorf("%v", mark)
	}
}
