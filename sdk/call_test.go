package bellhop

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestMessageIsTriedAgainUnderOneID(t *testing.T) {
	unavailable := says(http.StatusServiceUnavailable, `{"error":"try again","code":"unavailable"}`)
	f := serve(t, cuts, unavailable, says(http.StatusTooManyRequests, ``), says(http.StatusOK, `{"messageId":"m","timestamp":"2026-01-02T03:04:05.678Z"}`))
	sent, err := f.client(Options{}).SendMessage(within(t), "my/own id", Outgoing{Content: "hi", OperatorName: "Ann"})
	if err != nil || sent.MessageID != "m" || sent.Timestamp.UnixMilli()%1000 != 678 {
		t.Fatalf("%+v, %v", sent, err)
	}
	calls := f.seen()
	if len(calls) != 4 || calls[0].path != "/api/v1/sessions/my%2Fown%20id/reply" {
		t.Fatalf("calls: %+v", calls)
	}
	for _, c := range calls {
		if c.body["idempotencyKey"] == "" || c.body["idempotencyKey"] != calls[0].body["idempotencyKey"] || c.body["content"] != "hi" || c.path != calls[0].path {
			t.Errorf("an attempt was %+v", c)
		}
	}
}

func TestOtherMessageHasAnotherID(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{}`))
	c := f.client(Options{})
	for _, id := range []string{"", "", "mine"} {
		if _, err := c.SendMessage(within(t), "s", Outgoing{Content: "hi", IdempotencyKey: id}); err != nil {
			t.Fatal(err)
		}
	}
	calls := f.seen()
	if calls[0].body["idempotencyKey"] == calls[1].body["idempotencyKey"] || calls[2].body["idempotencyKey"] != "mine" {
		t.Errorf("ids: %v %v %v", calls[0].body["idempotencyKey"], calls[1].body["idempotencyKey"], calls[2].body["idempotencyKey"])
	}
}

func TestEventThatMayBeStoredIsNotSentAgain(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{"a cut": cuts, "503": says(http.StatusServiceUnavailable, `{}`)} {
		f := serve(t, answer)
		if _, err := f.client(Options{}).EmitEvent(within(t), "s", "e", nil); err == nil {
			t.Errorf("after %s there is no error", name)
		}
		if n := len(f.seen()); n != 1 {
			t.Errorf("after %s it was sent %d times", name, n)
		}
	}
}

func TestEventThatWasNotTakenIsSentAgain(t *testing.T) {
	f := serve(t, says(http.StatusTooManyRequests, `{}`), says(http.StatusOK, `{"ok":true,"id":"e1"}`))
	got, err := f.client(Options{}).BroadcastEvent(within(t), "sale", map[string]int{"percent": 20})
	if err != nil || got.ID != "e1" {
		t.Fatalf("%+v, %v", got, err)
	}
	last := f.seen()[1]
	if data, _ := last.body["data"].(map[string]any); last.path != "/api/v1/events" || last.body["name"] != "sale" || data["percent"] != 20.0 {
		t.Errorf("sent %+v", last)
	}
}

func TestRefusalIsTypedAndNotTriedAgain(t *testing.T) {
	f := serve(t, says(http.StatusNotFound, `{"error":"there is no such session","code":"unknown_session"}`))
	_, err := f.client(Options{}).CloseSession(within(t), "s", "")
	var refused *Error
	if !errors.As(err, &refused) || refused.Status != 404 || refused.Code != "unknown_session" || !IsNotFound(err) {
		t.Errorf("error is %v", err)
	}
	if n := len(f.seen()); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	limited := func(seconds string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", seconds)
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}
	f := serve(t, limited("1"), says(http.StatusOK, `{}`))
	began := time.Now()
	if err := f.client(Options{}).SetOperatorOnline(within(t), true, OperatorID{}); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(began); waited < time.Second {
		t.Errorf("it waited %s", waited)
	}
	// What would take too long is told at once, with how long.
	for _, long := range []Options{{}, {Retries: -1}} {
		f := serve(t, limited("3600"))
		err := f.client(long).SetOperatorOnline(within(t), true, OperatorID{})
		var refused *Error
		if !errors.As(err, &refused) || refused.RetryAfter != time.Hour || len(f.seen()) != 1 {
			t.Errorf("%v after %d calls", err, len(f.seen()))
		}
	}
	short, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	f = serve(t, limited("30"))
	if err := f.client(Options{}).SetOperatorOnline(short, true, OperatorID{}); err == nil || short.Err() != nil {
		t.Errorf("a wait beyond the context's end was begun: %v", err)
	}
}

func TestErrorsNameNeitherKeyNorSession(t *testing.T) {
	f := serve(t, cuts)
	_, err := f.client(Options{Retries: -1}).Session(within(t), "ses_secret")
	if err == nil || contains(err.Error(), testKey, "ses_secret") {
		t.Errorf("error is %v", err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	f := serve(t, http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP)
	if _, err := f.client(Options{}).Me(within(t)); err == nil || len(f.seen()) != 1 {
		t.Errorf("%v after %d calls", err, len(f.seen()))
	}
}

func TestWrongOptionsAreRefused(t *testing.T) {
	for _, o := range []Options{{}, {URL: "chat.example.com", Key: "k"}, {URL: "https://x", Key: ""}, {URL: "https://x", Key: "a b"}, {URL: "ftp://x", Key: "k"}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

func TestRetryAfterIsReadAsSecondsOrDate(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "2": 2 * time.Second, "-1": 0, "soon": 0, "99999999999999999999": 0,
		now.Add(time.Minute).Format(http.TimeFormat): time.Minute, now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q is %s", text, got)
		}
	}
}
