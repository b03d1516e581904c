package channels

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func ask(h http.Handler, method, body string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/pusher/auth?socket_id=9.9&channel_name=private-q", strings.NewReader(body))
	r.Header = header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var formType = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

func form(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

func TestAuthHandlerAnswersWhatThePageNeeds(t *testing.T) {
	var log bytes.Buffer
	c := client(t, Options{URL: "https://chat.invalid", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	var asked string
	h := c.AuthHandler(func(r *http.Request, socketID, channel string) (*Member, error) {
		asked = socketID + " " + channel
		switch channel {
		case "private-closed":
			return nil, fmt.Errorf("no customer: %w", ErrForbidden)
		case "private-broken":
			return nil, errors.New("the database's secret")
		case "presence-signed-in":
			return nil, nil
		}
		return &Member{UserID: "u1"}, nil
	})
	for _, tc := range []struct {
		socket, channel string
		status          int
		body            string
	}{
		{"1.2", "private-a", 200, `{"auth":"` + testKey + ":" + mac("1.2:private-a") + `"}`},
		{"1.2", "presence-a", 200, `{"auth":"` + testKey + ":" + mac(`1.2:presence-a:{"user_id":"u1"}`) + `","channel_data":"{\"user_id\":\"u1\"}"}`},
		{"1.2", "presence-signed-in", 200, `{"auth":"` + testKey + ":" + mac("1.2:presence-signed-in") + `"}`},
		{"1.2", "private-closed", 403, `{"error":"this visitor may not"}`},
		{"1.2", "private-broken", 500, `{"error":"this could not be answered"}`},
		{"1.2", "private-encrypted-a", 500, `{"error":"this could not be answered"}`},
	} {
		w := ask(h, http.MethodPost, form("socket_id", tc.socket, "channel_name", tc.channel), formType)
		if w.Code != tc.status || w.Body.String() != tc.body || w.Header().Get("Content-Type") != "application/json" || asked != tc.socket+" "+tc.channel {
			t.Errorf("%s: %d %s", tc.channel, w.Code, w.Body)
		}
	}
	asked = ""
	for _, body := range []string{"", form("socket_id", "x", "channel_name", "private-a"), form("socket_id", "1.2", "channel_name", "public"), form("socket_id", "1.2")} {
		if w := ask(h, http.MethodPost, body, formType); w.Code != http.StatusBadRequest || asked != "" {
			t.Errorf("%q: %d %s, asked %q", body, w.Code, w.Body, asked)
		}
	}
	if !strings.Contains(log.String(), "the database's secret") || !strings.Contains(log.String(), "encrypted channels need") {
		t.Errorf("logged %s", log.String())
	}
}

func TestFormsAreBoundedAndPosted(t *testing.T) {
	h := offline(t).AuthHandler(func(*http.Request, string, string) (*Member, error) { return nil, errors.New("not to be asked") })
	if w := ask(h, http.MethodGet, "", nil); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d", w.Code)
	}
	if w := ask(h, http.MethodPost, form("x", strings.Repeat("a", 20_000)), formType); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("large: %d", w.Code)
	}
	if w := ask(h, http.MethodPost, "%zz", formType); w.Code != http.StatusBadRequest {
		t.Errorf("broken: %d", w.Code)
	}
}

func TestUserAuthHandlerSignsIn(t *testing.T) {
	h := offline(t).UserAuthHandler(func(r *http.Request, socketID string) (User, error) {
		if r.Header.Get("Cookie") == "" {
			return User{}, ErrForbidden
		}
		return User{ID: r.Header.Get("Cookie")}, nil
	})
	as := func(user, socket string) *httptest.ResponseRecorder {
		header := formType.Clone()
		header.Set("Cookie", user)
		return ask(h, http.MethodPost, form("socket_id", socket), header)
	}
	want := `{"auth":"` + testKey + ":" + mac(`1.2::user::{"id":"u"}`) + `","user_data":"{\"id\":\"u\"}"}`
	if w := as("u", "1.2"); w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for status, w := range map[int]*httptest.ResponseRecorder{400: as("u", "1"), 403: as("", "1.2"), 500: as("a b", "1.2")} {
		if w.Code != status {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
}

func TestWebhookHandlerAnswersAsTheServerUnderstands(t *testing.T) {
	var handled int
	var fail error
	h := offline(t).WebhookHandler(func(_ context.Context, w *Webhook) error { handled += len(w.Events); return fail })
	const body = `{"time_ms":1,"events":[{"name":"channel_vacated","channel":"x"}]}`
	if w := ask(h, http.MethodPost, body, signed(body)); w.Code != http.StatusOK || handled != 1 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	fail = errors.New("later")
	if w := ask(h, http.MethodPost, body, signed(body)); w.Code != http.StatusInternalServerError || handled != 2 || strings.Contains(w.Body.String(), "later") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	large := strings.Repeat(" ", 1<<20+1)
	for status, w := range map[int]*httptest.ResponseRecorder{
		401: ask(h, http.MethodPost, body, signed(body+" ")),
		400: ask(h, http.MethodPost, "[]", signed("[]")),
		405: ask(h, http.MethodGet, "", signed("")),
		413: ask(h, http.MethodPost, large, signed(large)),
	} {
		if w.Code != status || handled != 2 {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
}
