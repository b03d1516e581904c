package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

const testToken = "7001:AAtesttokenAAtesttoken_-0123456"

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
	return againstConfig(t, Config{}, handler)
}

// againstConfig is a client with more settings than the usual.
func againstConfig(t *testing.T, cfg Config, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	cfg.Token, cfg.Chats, cfg.APIURL = testToken, []string{"-1001230000001"}, server.URL
	c := New(cfg)
	t.Cleanup(func() {
		c.CloseIdleConnections()
		server.Close()
	})
	return c
}

type refusal struct {
	status      int
	description string
	want        Kind
}

// refusals are the errors of the Bot API that are worth telling apart.
var refusals = []refusal{
	{400, "Bad Request: message thread not found", KindThreadGone},
	{400, "Bad Request: TOPIC_DELETED", KindThreadGone},
	{400, "Bad Request: TOPIC_ID_INVALID", KindThreadGone},
	{400, "Bad Request: TOPIC_CLOSED", KindThreadClosed},
	{400, "Bad Request: TOPIC_NOT_MODIFIED", KindDone},
	{400, "Bad Request: the chat is not a forum", KindNoRights},
	{400, "Bad Request: chat not found", KindGone},
	{400, "Bad Request: not enough rights to manage topics", KindNoRights},
	{400, "Bad Request: not enough rights to send text messages to the chat", KindNoRights},
	{400, "Bad Request: not enough rights to send photos to the chat", KindMediaForbidden},
	{400, "Bad Request: not enough rights to send documents to the chat", KindMediaForbidden},
	{400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN", KindMediaForbidden},
	{403, "Forbidden: CHAT_SEND_DOCS_FORBIDDEN", KindMediaForbidden},
	{400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", KindNoRights},
	{403, "Forbidden: CHAT_WRITE_FORBIDDEN", KindNoRights},
	{400, "Bad Request: not enough rights to react to the message", KindReactionRefused},
	{400, "Bad Request: not enough rights to send messages to the chat", KindNoRights},
	{400, "Bad Request: have no rights to send a message", KindNoRights},
	{400, "Bad Request: CHAT_ADMIN_REQUIRED", KindNoRights},
	{400, "Bad Request: need administrator rights in the supergroup chat", KindNoRights},
	{400, "Bad Request: message to edit not found", KindMessageGone},
	{400, "Bad Request: message to delete not found", KindMessageGone},
	{400, "Bad Request: message to react not found", KindMessageGone},
	{400, "Bad Request: message to be replied not found", KindMessageGone},
	{400, "Bad Request: MESSAGE_ID_INVALID", KindMessageGone},
	{400, "Bad Request: message can't be edited", KindImmutable},
	{400, "Bad Request: message can't be deleted", KindImmutable},
	{400, "Bad Request: there is no text in the message to edit", KindImmutable},
	{400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same", KindDone},
	{400, "Bad Request: message is too long", KindBadRequest},
	{400, "Bad Request: message caption is too long", KindBadRequest},
	{400, "Bad Request: message text is empty", KindBadRequest},
	{400, "Bad Request: text must be non-empty", KindBadRequest},
	{400, "Bad Request: can't parse entities: unsupported start tag", KindBadRequest},
	{400, "Bad Request: query is too old and response timeout expired or query ID is invalid", KindDone},
	{400, "Bad Request: wrong file_id or the file is temporarily unavailable", KindFileGone},
	{400, "Bad Request: file is too big", KindFileTooBig},
	{400, "Bad Request: PHOTO_INVALID_DIMENSIONS", KindMediaRefused},
	{400, "Bad Request: IMAGE_PROCESS_FAILED", KindMediaRefused},
	{400, "Bad Request: REACTION_INVALID", KindReactionRefused},
	{400, "Bad Request: REACTIONS_TOO_MANY", KindReactionRefused},
	{400, "Bad Request: MESSAGE_NOT_MODIFIED", KindDone},
	{400, "Bad Request: there is no caption in the message to edit", KindImmutable},
	{400, "Bad Request: PHOTO_EXT_INVALID", KindMediaRefused},
	{400, "Bad Request: PHOTO_SAVE_FILE_INVALID", KindMediaRefused},
	{400, "Bad Request: wrong file identifier/HTTP URL specified", KindFileGone},
	{400, "Bad Request: wrong remote file identifier specified: wrong padding in the string", KindFileGone},
	{400, "Bad Request: FILE_REFERENCE_EXPIRED", KindFileGone},
	{400, "Bad Request: file must be non-empty", KindBadRequest},
	{400, "Bad Request: BUTTON_DATA_INVALID", KindBadRequest},
	{400, "Bad Request: QUOTE_TEXT_INVALID", KindBadRequest},
	{400, "Bad Request: something new", KindBadRequest},
	{401, "Unauthorized", KindGone},
	{403, "Forbidden: bot was kicked from the supergroup chat", KindGone},
	{403, "Forbidden: bot is not a member of the supergroup chat", KindGone},
	{403, "Forbidden: the group chat was deleted", KindGone},
	{403, "Forbidden: bot was blocked by the user", KindGone},
	{403, "Forbidden: user is deactivated", KindGone},
	{403, "Forbidden: not enough rights to send text messages to the chat", KindNoRights},
	{404, "Not Found", KindGone},
	{404, "Not Found: method not found", KindGone},
	{409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", KindConflict},
	{409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first", KindConflict},
	{413, "Request Entity Too Large", KindFileTooBig},
	{429, "Too Many Requests: retry after 17", KindRateLimited},
	{500, "Internal Server Error", KindUnknown},
	{502, "Bad Gateway", KindUnknown},
}

func TestEveryRefusalHasItsKind(t *testing.T) {
	for _, test := range refusals {
		err := (&Client{}).refused("sendMessage", test.status, &envelope{ErrorCode: test.status, Description: test.description})
		if got := KindOf(err); got != test.want {
			t.Errorf("%d %q is %v, want %v", test.status, test.description, got, test.want)
		}
	}
}

func TestEveryPhraseIsReached(t *testing.T) {
	for i, known := range phrases {
		if !slices.ContainsFunc(refusals, func(r refusal) bool {
			text := strings.ToLower(r.description)
			return i == slices.IndexFunc(phrases, func(p phrase) bool { return strings.Contains(text, p.contains) })
		}) {
			t.Errorf("no refusal above is read by %q", known.contains)
		}
	}
}

func TestAnswerThatIsNotTelegramsIsUnknown(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   Kind
	}{
		"page of a proxy":        {502, "<html>Bad Gateway</html>", KindUnknown},
		"forbidden by a proxy":   {403, "<html>Forbidden</html>", KindUnknown},
		"truncated":              {200, `{"ok":true,"result":{"message_id":1`, KindUnknown},
		"empty":                  {200, ``, KindUnknown},
		"result of another type": {200, `{"ok":true,"result":"yes"}`, KindUnknown},
		"too many, not JSON":     {429, "slow down", KindRateLimited},
		"error without a code":   {200, `{"ok":false}`, KindUnknown},
	} {
		_, err := answering(t, test.status, test.body).SendMessage(t.Context(), Outgoing{Text: "x"})
		if got := KindOf(err); got != test.want || err == nil || err.Error() == "" {
			t.Errorf("%s: %v is %v, want %v", name, err, got, test.want)
		}
	}
}

func TestRateLimitTellsHowLong(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want time.Duration
	}{
		"parameter":       {`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 17","parameters":{"retry_after":17}}`, 17 * time.Second},
		"description":     {`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 8"}`, 8 * time.Second},
		"nothing":         {`{"ok":false,"error_code":429,"description":"Too Many Requests"}`, time.Second},
		"more than a day": {`{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":9999999999}}`, 24 * time.Hour},
	} {
		_, err := answering(t, 429, test.body).SendMessage(t.Context(), Outgoing{Text: "x"})
		var e *Error
		if !errors.As(err, &e) || e.RetryAfter != test.want {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestMigrationTellsTheNewChat(t *testing.T) {
	c := answering(t, 400, `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001230000001}}`)
	_, err := c.GetChat(t.Context(), -5)
	var e *Error
	if KindOf(err) != KindMigrated || !errors.As(err, &e) || e.MigrateTo != -1001230000001 {
		t.Fatalf("%v is %v", err, KindOf(err))
	}
}

func TestTokenIsInNoError(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx    context.Context
		client *Client
		want   Kind
	}{
		"nobody listens": {t.Context(), New(Config{Token: testToken, APIURL: closed.URL}), KindUnreachable},
		"bad base URL":   {t.Context(), New(Config{Token: testToken, APIURL: "http://a b"}), KindUnknown},
		"bad scheme":     {t.Context(), New(Config{Token: testToken, APIURL: "gopher://127.0.0.1"}), KindUnknown},
		"canceled":       {canceled, New(Config{Token: testToken, APIURL: closed.URL}), KindUnknown},
		"redirect": {t.Context(), against(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1"+r.URL.Path, http.StatusFound)
		}), KindUnknown},
		"echo in the description": {t.Context(), answering(t, 404, `{"ok":false,"error_code":404,"description":"no bot`+testToken+`"}`), KindGone},
		"broken connection": {t.Context(), against(t, func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}), KindUnknown},
	} {
		_, err := test.client.SendMessage(test.ctx, Outgoing{Text: "x"})
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			if strings.Contains(cause.Error(), "AAtesttoken") {
				t.Errorf("%s: the error holds the token: %v", name, cause)
			}
		}
		if got := KindOf(err); got != test.want {
			t.Errorf("%s: %v is %v, want %v", name, err, got, test.want)
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

func TestForeignErrorIsUnknownAndNilIsNone(t *testing.T) {
	if KindOf(errors.New("x")) != KindUnknown || KindOf(nil) != KindNone {
		t.Fatal("misclassified")
	}
	if KindThreadGone.String() != "thread_gone" || Kind(-1).String() != "unknown" || len(kindNames) != int(KindSource)+1 {
		t.Fatal("the names of the kinds are out of step")
	}
}

func FuzzClassifier(f *testing.F) {
	f.Add(400, `{"ok":false,"error_code":400,"description":"Bad Request: TOPIC_CLOSED"}`)
	f.Add(429, `{"ok":false,"error_code":429,"parameters":{"retry_after":3}}`)
	f.Add(502, `<html>`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		c := New(Config{Token: testToken})
		var answer envelope
		if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.OK {
			return
		}
		err := c.refused("m", status, &answer)
		if err.Error() == "" || strings.Contains(err.Error(), "AAtesttoken") || err.RetryAfter < 0 {
			t.Fatalf("bad error %v", err)
		}
		if kind := KindOf(err); kind == KindNone || kind.String() == "" {
			t.Fatalf("%v has kind %v", err, kind)
		} else if kind == KindRateLimited && err.RetryAfter < time.Second {
			t.Fatalf("rate limited without a pause: %v", err)
		}
	})
}
