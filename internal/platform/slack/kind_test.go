package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// answering is a client of a server that always answers the same.
func answering(t *testing.T, status int, body string) *Client {
	t.Helper()
	return against(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func against(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	c := New(Config{
		Token: testToken, AppToken: testAppToken, Channel: testChannel, APIURL: server.URL + "/api/", WebhookURL: server.URL + "/services/CCtesttokenCC",
	})
	t.Cleanup(func() {
		c.CloseIdleConnections()
		server.Close()
	})
	return c
}

func post(ctx context.Context, c *Client) error {
	_, err := c.Post(ctx, Outgoing{Place: Place{testChannel, "1.2"}, Content: Content{Text: "x"}})
	return err
}

func TestEveryRefusalHasItsKind(t *testing.T) {
	for _, test := range []struct {
		method method
		status int
		code   string
		want   Kind
	}{
		{postMessage, 200, "invalid_auth", KindGone},
		{postMessage, 200, "not_authed", KindGone},
		{postMessage, 200, "token_revoked", KindGone},
		{postMessage, 200, "token_expired", KindGone},
		{postMessage, 200, "account_inactive", KindGone},
		{postMessage, 200, "channel_not_found", KindGone},
		{postMessage, 200, "missing_scope", KindNoRights},
		{postMessage, 200, "is_archived", KindNoRights},
		{postMessage, 200, "restricted_action", KindNoRights},
		{postMessage, 200, "restricted_action_read_only_channel", KindNoRights},
		{postMessage, 200, "restricted_action_thread_only_channel", KindNoRights},
		{postMessage, 200, "restricted_action_non_threadable_channel", KindNoRights},
		{postMessage, 200, "restricted_action_of_tomorrow", KindNoRights},
		{postMessage, 200, "restricted_action_thread_locked", KindThreadClosed},
		{addReaction, 200, "thread_locked", KindThreadClosed},
		{postMessage, 200, "not_in_channel", KindNotInChannel},
		{postMessage, 200, "thread_not_found", KindThreadGone},
		{threadReplies, 200, "thread_not_found", KindThreadGone},
		{postMessage, 200, "message_not_found", KindThreadGone},
		{postMessage, 200, "cannot_reply_to_message", KindThreadGone},
		{postMessage, 200, "invalid_thread_ts", KindThreadGone},
		{setStatus, 200, "message_not_found", KindThreadGone},
		{updateMessage, 200, "message_not_found", KindMessageGone},
		{deleteMessage, 200, "message_not_found", KindMessageGone},
		{addReaction, 200, "message_not_found", KindMessageGone},
		{addReaction, 200, "bad_timestamp", KindMessageGone},
		{updateMessage, 200, "cant_update_message", KindNotEditable},
		{deleteMessage, 200, "cant_delete_message", KindNotEditable},
		{updateMessage, 200, "edit_window_closed", KindNotEditable},
		{updateMessage, 200, "update_failed", KindNotEditable},
		{updateMessage, 200, "is_inactive", KindNotEditable},
		{postMessage, 200, "msg_too_long", KindTextRefused},
		{postMessage, 200, "msg_blocks_too_long", KindTextRefused},
		{postMessage, 200, "invalid_blocks", KindTextRefused},
		{postMessage, 200, "invalid_blocks_format", KindTextRefused},
		{postMessage, 200, "no_text", KindTextRefused},
		{postMessage, 200, "markdown_text_conflict", KindTextRefused},
		{postMessage, 200, "too_many_attachments", KindTextRefused},
		{addReaction, 200, "already_reacted", KindDone},
		{removeReaction, 200, "no_reaction", KindDone},
		{addReaction, 200, "invalid_name", KindBadRequest},
		{addReaction, 200, "too_many_emoji", KindBadRequest},
		{addReaction, 200, "too_many_reactions", KindBadRequest},
		{addReaction, 200, "not_reactable", KindBadRequest},
		{postMessage, 429, "ratelimited", KindRateLimited},
		{postMessage, 200, "rate_limited", KindRateLimited},
		{postMessage, 200, "message_limit_exceeded", KindRateLimited},
		{fileInfo, 200, "file_not_found", KindFileRefused},
		{fileInfo, 200, "file_deleted", KindFileRefused},
		{completeUpload, 200, "file_update_failed", KindFileRefused},
		{completeUpload, 200, "posting_to_channel_denied", KindFileRefused},
		{getUploadURL, 200, "file_uploads_disabled", KindFileRefused},
		{getUploadURL, 200, "file_of_tomorrow", KindFileRefused},
		{postMessage, 200, "fatal_error", KindUnknown},
		{postMessage, 200, "internal_error", KindUnknown},
		{postMessage, 200, "request_timeout", KindUnknown},
		{postMessage, 503, "service_unavailable", KindUnknown},
		{postMessage, 500, "something_new", KindUnknown},
		{postMessage, 200, "something_new", KindBadRequest},
		{postMessage, 200, "", KindUnknown},
		{sendWebhook, 404, "no_service", KindGone},
		{sendWebhook, 410, "channel_is_archived", KindNoRights},
		{sendWebhook, 403, "action_prohibited", KindNoRights},
		{sendWebhook, 400, "invalid_payload", KindTextRefused},
	} {
		err := (&Client{}).refused(test.method, reply{status: test.status}, &envelope{Error: test.code})
		if got := KindOf(err); got != test.want {
			t.Errorf("%s: %d %q is %v, want %v", test.method.name, test.status, test.code, got, test.want)
		}
	}
}

func TestAnswerThatIsNotSlacksIsUnknown(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   Kind
	}{
		"page of Slack in trouble": {502, "<html>Bad Gateway</html>", KindUnknown},
		"forbidden by a proxy":     {403, "<html>Forbidden</html>", KindUnknown},
		"sign-in page of a hotel":  {200, "<html>Welcome</html>", KindUnknown},
		"truncated":                {200, `{"ok":true,"ts":"1.2`, KindUnknown},
		"empty":                    {200, ``, KindUnknown},
		"neither yes nor no":       {200, `{}`, KindUnknown},
		"no without a reason":      {200, `{"ok":false}`, KindUnknown},
		"yes without a message":    {200, `{"ok":true}`, KindUnknown},
		"yes in trouble":           {503, `{"ok":true,"ts":"1.2"}`, KindUnknown},
		"ts of another type":       {200, `{"ok":true,"ts":12}`, KindUnknown},
		"too many, not JSON":       {429, "slow down", KindRateLimited},
	} {
		err := post(t.Context(), answering(t, test.status, test.body))
		if got := KindOf(err); got != test.want || err == nil || err.Error() == "" {
			t.Errorf("%s: %v is %v, want %v", name, err, got, test.want)
		}
	}
}

func TestMessageThatNobodyCanReadWasPostedStill(t *testing.T) {
	c := answering(t, 200, `{"ok":true,"channel":"C0SUPPORT01","ts":"3.4","message":{"ts":"3.4","thread_ts":"1.2","blocks":7,"files":"none","user":{}}}`)
	posted, err := c.Post(t.Context(), Outgoing{Place: Place{testChannel, "1.2"}, Content: Content{Text: "x"}})
	if err != nil || posted.TS != "3.4" || posted.Orphan {
		t.Fatalf("%+v, %v", posted, err)
	}
}

func TestRateLimitTellsHowLong(t *testing.T) {
	for name, test := range map[string]struct {
		header, body string
		want         time.Duration
	}{
		"header":          {"17", `{"ok":false,"error":"ratelimited"}`, 17 * time.Second},
		"not JSON":        {"8", `slow down`, 8 * time.Second},
		"nothing":         {"", `{"ok":false,"error":"ratelimited"}`, time.Second},
		"not a number":    {"soon", `{"ok":false,"error":"ratelimited"}`, time.Second},
		"more than a day": {"9999999999", `{"ok":false,"error":"ratelimited"}`, 24 * time.Hour},
		"quota":           {"", `{"ok":false,"error":"message_limit_exceeded"}`, quotaPause},
	} {
		err := post(t.Context(), against(t, func(w http.ResponseWriter, _ *http.Request) {
			if test.header != "" {
				w.Header().Set("Retry-After", test.header)
			}
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, test.body)
		}))
		var e *Error
		if !errors.As(err, &e) || e.RetryAfter != test.want || KindOf(err) != KindRateLimited {
			t.Errorf("%s: %v after %v, want %v", name, err, e.RetryAfter, test.want)
		}
	}
}

func TestMissingScopeAndWrongBlockAreNamed(t *testing.T) {
	err := post(t.Context(), answering(t, 200, `{"ok":false,"error":"missing_scope","needed":"reactions:write","provided":"chat:write, files:read,<x>"}`))
	var e *Error
	if !errors.As(err, &e) || e.Needed != "reactions:write" || e.Provided != "chat:write,files:read" || !strings.Contains(err.Error(), "reactions:write") {
		t.Errorf("%+v", err)
	}
	err = post(t.Context(), answering(t, 200, `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] secret words [json-pointer:/blocks/0/text]"]}}`))
	if !errors.As(err, &e) || e.Where != "/blocks/0/text" || strings.Contains(err.Error(), "secret words") || KindOf(err) != KindTextRefused {
		t.Errorf("%+v", err)
	}
}

func TestSecretsAreInNoError(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	at := func(api string) *Client { return New(Config{Token: testToken, APIURL: api}) }
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
			http.Redirect(w, r, "http://127.0.0.1:1/"+testToken, http.StatusTemporaryRedirect)
		}), KindUnknown},
		"echo in the error": {t.Context(), answering(t, 200, `{"ok":false,"error":"`+testToken+`"}`), KindUnknown},
		"echo in the scope": {t.Context(), answering(t, 200, `{"ok":false,"error":"missing_scope","needed":"`+testToken+`"}`), KindNoRights},
		"broken connection": {t.Context(), against(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), KindUnknown},
	} {
		err := post(test.ctx, test.client)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		noSecret(t, name, err)
		if got := KindOf(err); got != test.want {
			t.Errorf("%s: %v is %v, want %v", name, err, got, test.want)
		}
	}
}

func noSecret(t *testing.T, name string, err error) {
	t.Helper()
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		if strings.Contains(cause.Error(), "testtoken") {
			t.Errorf("%s: the error holds a secret: %v", name, cause)
		}
	}
}

func TestWhateverLooksLikeASecretIsHidden(t *testing.T) {
	c := New(Config{Token: testToken})
	for said, want := range map[string]string{
		"with xoxb-1-2-abc in it":                    "with (hidden) in it",
		"xapp-1-A-2-b":                               "(hidden)",
		"xoxe.xoxb-1-abc":                            "(hidden)",
		"at https://hooks.slack.com/services/T/B/X:": "at https://(hidden)",
		"dial wss://wss.slack.com/link?ticket=1":     "dial wss://(hidden)",
		"lookup slack.com: no such host":             "lookup slack.com: no such host",
		"dial tcp 127.0.0.1:80: connection refused":  "dial tcp 127.0.0.1:80: connection refused",
		"parse \"http://x.y/z\": invalid":            "parse \"http://(hidden)\": invalid",
	} {
		if got := c.redact(said); got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
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
	if _, err := c.AuthTest(ctx); !errors.Is(err, context.Canceled) || KindOf(err) != KindUnknown {
		t.Fatalf("got %v, want a canceled context", err)
	}
}

func TestForeignErrorIsUnknownAndNilIsNone(t *testing.T) {
	if KindOf(errors.New("x")) != KindUnknown || KindOf(nil) != KindNone {
		t.Fatal("misclassified")
	}
	if KindThreadGone.String() != "thread_gone" || Kind(-1).String() != "unknown" || len(kindNames) != int(KindUnreachable)+1 {
		t.Fatal("the names of the kinds are out of step")
	}
}

func FuzzClassifier(f *testing.F) {
	f.Add(200, `{"ok":false,"error":"thread_not_found"}`, "3")
	f.Add(429, `{"ok":false,"error":"ratelimited"}`, "")
	f.Add(502, `<html>`, "x")
	f.Add(200, `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[json-pointer:/blocks/0]"]}}`, "-1")
	f.Fuzz(func(t *testing.T, status int, body, after string) {
		c := New(Config{Token: testToken})
		var answer envelope
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			return
		}
		err := c.refused(postMessage, reply{status: status, header: http.Header{"Retry-After": {after}}}, &answer)
		if err.Error() == "" || strings.Contains(err.Error(), "testtoken") || err.RetryAfter < 0 {
			t.Fatalf("bad error %v", err)
		}
		if kind := KindOf(err); kind == KindNone || kind.String() == "" {
			t.Fatalf("%v has kind %v", err, kind)
		} else if kind == KindRateLimited && err.RetryAfter < time.Second {
			t.Fatalf("rate limited without a pause: %v", err)
		}
	})
}
