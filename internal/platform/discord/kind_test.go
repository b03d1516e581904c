package discord

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const (
	testToken   = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GtestX.secretsecretsecretsecretsecret-_0123456"
	testSecret  = "secretsecret"
	testHook    = "hooksecrethooksecrethooksecret-_0123456789"
	testChannel = "1300000000000000001"
	testMessage = "1440000000000000001"
	testBot     = "1100000000000000001"
	testHookID  = "1500000000000000001"
	testGuild   = "1200000000000000001"
)

// answering is a client of a server that always answers the same.
func answering(t *testing.T, status int, body string) *Client {
	t.Helper()
	return against(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func against(t *testing.T, handler http.HandlerFunc, options ...Option) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	c := New(Config{
		Token: testToken, Channel: testChannel, APIURL: server.URL + "/api/v10", WebhookURL: server.URL + "/api/webhooks/" + testHookID + "/" + testHook,
	}, options...)
	t.Cleanup(func() {
		c.CloseIdleConnections()
		server.Close()
	})
	return c
}

func TestEveryRefusalHasItsKind(t *testing.T) {
	for _, test := range []struct {
		status, code int
		errors       string
		want         Kind
	}{
		{401, 0, "", KindGone},
		{401, 40001, "", KindGone},
		{401, 50014, "", KindGone},
		{401, 50027, "", KindGone},
		{403, 50001, "", KindNoRights},
		{403, 50013, "", KindNoRights},
		{403, 160005, "", KindThreadClosed},
		{403, 20012, "", KindNoRights},
		{403, 40333, "", KindNoRights},
		{404, 10003, "", KindThreadGone},
		{404, 10004, "", KindGone},
		{404, 10008, "", KindMessageGone},
		{404, 10014, "", KindBadRequest},
		{404, 10015, "", KindGone},
		{404, 10062, "", KindDone},
		{404, 0, "", KindBadRequest},
		{405, 0, "", KindBadRequest},
		{400, 40060, "", KindDone},
		{403, 50005, "", KindBadRequest},
		{403, 50021, "", KindBadRequest},
		{403, 90001, "", KindBadRequest},
		{403, 20009, "", KindTextBlocked},
		{400, 50006, "", KindBadRequest},
		{400, 50008, "", KindNoRights},
		{400, 50024, "", KindNoRights},
		{400, 50035, `{"content":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH"}]}}`, KindBadRequest},
		{400, 50035, `{"message_reference":{"_errors":[{"code":"REPLIES_UNKNOWN_MESSAGE"}]}}`, KindReplyGone},
		{400, 50035, `{"message_reference":{"_errors":[{"code":"REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE"}]}}`, KindReplyGone},
		{400, 50045, "", KindTooLarge},
		{400, 50083, "", KindThreadClosed},
		{400, 30010, "", KindBadRequest},
		{400, 40058, "", KindForum},
		{400, 40067, "", KindTagRequired},
		{400, 160002, "", KindReplyGone},
		{400, 160004, "", KindThreadExists},
		{400, 160006, "", KindThreadLimit},
		{400, 200000, "", KindTextBlocked},
		{400, 220001, "", KindForum},
		{400, 220003, "", KindNotForum},
		{400, 240000, "", KindTextBlocked},
		{413, 40005, "", KindTooLarge},
		{413, 0, "", KindTooLarge},
		{429, 0, "", KindRateLimited},
		{429, 30046, "", KindRateLimited},
		{429, 20016, "", KindRateLimited},
		{500, 0, "", KindUnknown},
		{502, 0, "", KindUnknown},
		{503, 130000, "", KindUnknown},
	} {
		body, err := json.Marshal(map[string]any{"code": test.code, "message": "m"})
		if err != nil {
			t.Fatal(err)
		}
		if test.errors != "" {
			body = append(body[:len(body)-1], `,"errors":`+test.errors+`}`...)
		}
		refused := (&Client{}).refused(request{}, test.status, readRate(request{}, &http.Response{StatusCode: test.status}), body)
		if got := KindOf(refused); got != test.want {
			t.Errorf("%d/%d %s is %v, want %v", test.status, test.code, test.errors, got, test.want)
		}
	}
}

func TestAnswerThatIsNotDiscordsIsUnknown(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   Kind
	}{
		"page of a proxy":         {502, "<html>Bad Gateway</html>", KindUnknown},
		"forbidden by the edge":   {403, "<html>blocked</html>", KindUnknown},
		"unknown path of a proxy": {404, "<html>", KindUnknown},
		"truncated":               {200, `{"id":"1440000000000000001"`, KindUnknown},
		"empty":                   {200, ``, KindUnknown},
		"of another type":         {200, `[]`, KindUnknown},
		"JSON of somebody else's": {400, `{"error":"x"}`, KindUnknown},
		"too many, a page":        {429, "<html>banned</html>", KindRateLimited},
		"too large, a page":       {413, "<html>", KindTooLarge},
		"redirect":                {302, "", KindUnknown},
	} {
		_, err := answering(t, test.status, test.body).CreateMessage(t.Context(), testChannel, NewMessage{Content: "x"})
		if got := KindOf(err); got != test.want || err == nil || err.Error() == "" {
			t.Errorf("%s: %v is %v, want %v", name, err, got, test.want)
		}
	}
}

func TestRefusedFormNamesItsFieldsAndNotTheirValues(t *testing.T) {
	c := answering(t, 400, `{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"description":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"what the visitor wrote"}]}}},"_errors":[{"code":"WHOLE"}]}}`)
	_, err := c.CreateMessage(t.Context(), testChannel, NewMessage{Content: "x"})
	var e *Error
	if !errors.As(err, &e) || !e.HasField("BASE_TYPE_MAX_LENGTH") || !e.HasField("WHOLE") || e.HasField("OTHER") {
		t.Fatalf("%v", err)
	}
	if text := err.Error(); !strings.Contains(text, "embeds.0.description") || strings.Contains(text, "visitor") || strings.Contains(text, testChannel) {
		t.Fatalf("%s", text)
	}
}

func TestRateLimitTellsHowLongAndWhere(t *testing.T) {
	for name, test := range map[string]struct {
		headers map[string]string
		body    string
		after   time.Duration
		scope   string
	}{
		"body":               {map[string]string{"Retry-After": "1"}, `{"message":"m","retry_after":0.412,"global":false}`, 412 * time.Millisecond, ScopeUser},
		"global":             {map[string]string{"X-RateLimit-Global": "true"}, `{"message":"m","retry_after":2,"global":true}`, 2 * time.Second, ScopeGlobal},
		"global in the body": {nil, `{"message":"m","retry_after":2,"global":true}`, 2 * time.Second, ScopeGlobal},
		"shared":             {map[string]string{"X-RateLimit-Scope": "shared"}, `{"message":"m","retry_after":219.5,"global":false}`, 219500 * time.Millisecond, ScopeShared},
		"header":             {map[string]string{"Retry-After": "3"}, `{"message":"m","code":20028}`, 3 * time.Second, ScopeUser},
		"nothing":            {nil, `{"message":"m"}`, time.Second, ScopeUser},
		"absurd":             {nil, `{"message":"m","retry_after":1e300}`, longest, ScopeUser},
		"ban":                {nil, `<html>`, banPause, ScopeGlobal},
		"longer ban":         {map[string]string{"Retry-After": "600"}, `<html>`, 10 * time.Minute, ScopeGlobal},
	} {
		var seen Rate
		c := against(t, func(w http.ResponseWriter, _ *http.Request) {
			for key, value := range test.headers {
				w.Header().Set(key, value)
			}
			w.WriteHeader(429)
			_, _ = io.WriteString(w, test.body)
		}, WithRates(func(r Rate) { seen = r }))
		err := c.Typing(t.Context(), testChannel)
		var e *Error
		if !errors.As(err, &e) || e.RetryAfter() != test.after || e.Rate.Scope != test.scope || KindOf(err) != KindRateLimited {
			t.Errorf("%s: %v after %v in %q, want %v in %q", name, err, e.RetryAfter(), e.Rate.Scope, test.after, test.scope)
		}
		if !seen.Limited || seen != e.Rate || seen.Resource != testChannel || seen.Call != "POST /channels/{channel}/typing" {
			t.Errorf("%s: observed %+v", name, seen)
		}
	}
}

func TestHeadersOfASuccessAreSeen(t *testing.T) {
	var seen Rate
	c := against(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("X-RateLimit-Limit", "5")
		h.Set("X-RateLimit-Remaining", "3")
		h.Set("X-RateLimit-Reset-After", "4.0005")
		h.Set("X-RateLimit-Bucket", "b1")
		_, _ = io.WriteString(w, `{"id":"`+testMessage+`"}`)
	}, WithRates(func(r Rate) { seen = r }))
	if _, err := c.CreateMessage(t.Context(), testChannel, NewMessage{Content: "x"}); err != nil {
		t.Fatal(err)
	}
	want := Rate{Call: "POST /channels/{channel}/messages", Resource: testChannel, Bucket: "b1", Limit: 5, Remaining: 3, ResetAfter: 4001 * time.Millisecond}
	if seen != want {
		t.Fatalf("%+v, want %+v", seen, want)
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
	f.Add(400, `{"code":50035,"message":"m","errors":{"a":{"0":{"_errors":[{"code":"X"}]}}}}`)
	f.Add(429, `{"retry_after":0.3,"message":"m","global":true}`)
	f.Add(502, `<html>`)
	f.Add(400, `{"code":1,"errors":{"_errors":[1]}}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		c := New(Config{Token: testToken})
		r := request{route: "/webhooks/{webhook}/{token}", args: []string{testHookID, testHook}}
		err := c.refused(r, status, readRate(r, &http.Response{StatusCode: status}), []byte(body))
		if err.Error() == "" || strings.Contains(err.Error(), testSecret) || strings.Contains(err.Error(), testHook) || len(err.Fields) > maxFields {
			t.Fatalf("bad error %v", err)
		}
		if kind := KindOf(err); kind == KindNone || kind.String() == "" {
			t.Fatalf("%v has kind %v", err, kind)
		} else if status == 429 && (kind != KindRateLimited || err.RetryAfter() <= 0 || err.RetryAfter() > longest || err.Rate.Scope == "") {
			t.Fatalf("rate limited without a pause or a scope: %v %+v", err, err.Rate)
		}
	})
}
