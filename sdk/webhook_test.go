package bellhop

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	newSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	oldSecret = "the secret of last year"
)

const webhook = `{"type":"visitor_message","data":{"sessionId":"s","visitorId":"v","message":{"id":"m","content":"hi","sender":"visitor"},` +
	`"session":{"id":"s","visitorId":"v","status":"active"}},"sentAt":"2026-01-02T03:04:06.000Z"}`

// signed is a webhook as Bellhop sends it.
func signed(t testing.TB, id string, at time.Time, body, with string) *http.Request {
	t.Helper()
	s, err := parseSecret(with)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set(headerID, id)
	r.Header.Set(headerTimestamp, stamp)
	r.Header.Set(headerSignature, "v1a,other v1,"+base64.StdEncoding.EncodeToString(digest(s.key, []byte(id+"."+stamp+"."+body))))
	r.Header.Set(headerPocket, "sha256="+hex.EncodeToString(digest([]byte(with), []byte(body))))
	return r
}

func receiver(t testing.TB, h *Handlers, o WebhookOptions) *WebhookHandler {
	t.Helper()
	w, err := NewWebhookHandler(h, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (h *WebhookHandler) status(r *http.Request) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func TestWebhookCallsTheHandlersOnce(t *testing.T) {
	handlers, got := new(Handlers), []string{}
	handlers.OnMessage(func(_ context.Context, m Message, e *Event) error {
		got = append(got, fmt.Sprint(e.ID, m.Content, e.SessionID, e.VisitorID, e.Session.Status))
		return nil
	})
	h := receiver(t, handlers, WebhookOptions{Secrets: []string{newSecret, "", oldSecret}})
	for _, r := range []*http.Request{
		signed(t, "e1", time.Now(), webhook, newSecret), signed(t, "e1", time.Now(), webhook, newSecret), signed(t, "e2", time.Now(), webhook, oldSecret),
	} {
		if status := h.status(r); status != http.StatusOK {
			t.Errorf("answered %d", status)
		}
	}
	if fmt.Sprint(got) != "[e1hisvactive e2hisvactive]" {
		t.Errorf("handled %v", got)
	}
}

func TestWebhookIsTakenOnlyWhenItIsHandled(t *testing.T) {
	handlers, calls := new(Handlers), 0
	handlers.On(Any, func(context.Context, *Event) error {
		if calls++; calls == 1 {
			return errors.New("the database is away: secret-content")
		}
		return nil
	})
	h := receiver(t, handlers, WebhookOptions{Secrets: []string{newSecret}})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, signed(t, "e1", time.Now(), webhook, newSecret))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret-content") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	for range 2 {
		if status := h.status(signed(t, "e1", time.Now(), webhook, newSecret)); status != http.StatusOK {
			t.Errorf("answered %d", status)
		}
	}
	if calls != 2 {
		t.Errorf("handled %d times", calls)
	}
}

func TestWebhookThatIsBeingHandledIsNotTakenTwice(t *testing.T) {
	handlers := new(Handlers)
	begun, end := make(chan struct{}), make(chan struct{})
	handlers.On(Any, func(context.Context, *Event) error {
		close(begun)
		<-end
		return nil
	})
	h := receiver(t, handlers, WebhookOptions{Secrets: []string{newSecret}})
	first := make(chan int)
	go func() { first <- h.status(signed(t, "e1", time.Now(), webhook, newSecret)) }()
	<-begun
	if status := h.status(signed(t, "e1", time.Now(), webhook, newSecret)); status != http.StatusServiceUnavailable {
		t.Errorf("meanwhile it answered %d", status)
	}
	close(end)
	if status := <-first; status != http.StatusOK {
		t.Errorf("answered %d", status)
	}
	if status := h.status(signed(t, "e1", time.Now(), webhook, newSecret)); status != http.StatusOK {
		t.Errorf("afterwards it answered %d", status)
	}
}

func TestForgedWebhooksAreRefused(t *testing.T) {
	handlers := new(Handlers)
	handlers.On(Any, func(_ context.Context, e *Event) error {
		t.Errorf("%s was handled", e.ID)
		return nil
	})
	h := receiver(t, handlers, WebhookOptions{Secrets: []string{newSecret}, BearerKeys: []string{"the-api-key"}, PocketPing: true})
	now := time.Now()
	forged := map[string]func(*http.Request){
		"another id":        func(r *http.Request) { r.Header.Set(headerID, "e2") },
		"no id":             func(r *http.Request) { r.Header.Del(headerID) },
		"another time":      func(r *http.Request) { r.Header.Set(headerTimestamp, strconv.FormatInt(now.Unix()+1, 10)) },
		"no time":           func(r *http.Request) { r.Header.Del(headerTimestamp) },
		"a time that isn't": func(r *http.Request) { r.Header.Set(headerTimestamp, "9e9") },
		"another version": func(r *http.Request) {
			r.Header.Set(headerSignature, strings.ReplaceAll(r.Header.Get(headerSignature), "v1,", "v2,"))
		},
		"half a signature": func(r *http.Request) { r.Header.Set(headerSignature, r.Header.Get(headerSignature)[:30]) },
		"not base64":       func(r *http.Request) { r.Header.Set(headerSignature, "v1,***") },
		"a wrong key": func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer the-api-kez")
			r.Header.Set(headerSignature, "v1,")
		},
		"no signature at all": func(r *http.Request) {
			r.Header.Del(headerSignature)
			r.Header.Del(headerPocket)
		},
		"a wrong one of the other form": func(r *http.Request) {
			r.Header.Del(headerSignature)
			r.Header.Set(headerPocket, "sha256="+strings.Repeat("0", 64))
		},
		"another body": func(r *http.Request) {
			body := strings.Replace(webhook, "hi", "ho", 1)
			*r = *signedAs(r, body)
		},
	}
	for name, forge := range forged {
		r := signed(t, "e1", now, webhook, newSecret)
		forge(r)
		if status := h.status(r); status != http.StatusUnauthorized {
			t.Errorf("%s: answered %d", name, status)
		}
	}
	for _, off := range []time.Duration{-6 * time.Minute, 6 * time.Minute} {
		if status := h.status(signed(t, "e1", now.Add(off), webhook, newSecret)); status != http.StatusUnauthorized {
			t.Errorf("%s off: answered %d", off, status)
		}
	}
	if status := h.status(signed(t, "e1", now, webhook, oldSecret)); status != http.StatusUnauthorized {
		t.Errorf("another secret: answered %d", status)
	}
}

// signedAs is a request with the headers of another.
func signedAs(r *http.Request, body string) *http.Request {
	other := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	other.Header = r.Header
	return other
}

func TestPocketPingsSignatureIsBelievedWhenAskedFor(t *testing.T) {
	handlers, calls := new(Handlers), 0
	handlers.On(Any, func(context.Context, *Event) error {
		calls++
		return nil
	})
	plain := func(id string) *http.Request {
		r := signed(t, id, time.Now(), webhook, newSecret)
		for _, name := range []string{headerSignature, headerTimestamp} {
			r.Header.Del(name)
		}
		return r
	}
	if status := receiver(t, handlers, WebhookOptions{Secrets: []string{newSecret}}).status(plain("e1")); status != http.StatusUnauthorized {
		t.Errorf("unasked: answered %d", status)
	}
	h := receiver(t, handlers, WebhookOptions{Secrets: []string{oldSecret, newSecret}, PocketPing: true})
	for _, id := range []string{"e1", "played back under another id"} {
		if status := h.status(plain(id)); status != http.StatusOK {
			t.Errorf("answered %d", status)
		}
	}
	if calls != 1 {
		t.Errorf("handled %d times", calls)
	}
}

func TestBridgeWebhookIsBelievedByItsKey(t *testing.T) {
	handlers, got := new(Handlers), ""
	handlers.OnOperatorMessage(func(_ context.Context, m Message, e *Event) error {
		got = e.ID + m.ID + m.Content + m.OperatorName + m.ReplyTo.ID + e.Source
		return nil
	})
	h := receiver(t, handlers, WebhookOptions{BearerKeys: []string{"the-old-key", "the-api-key"}})
	body := `{"type":"operator_message","sessionId":"s","messageId":"telegram:77","content":"yes","sourceBridge":"telegram","operatorName":"Ann","replyTo":"telegram:70"}`
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set(headerID, "e1.")
	r.Header.Set("Authorization", "Bearer the-api-key")
	if status := h.status(r); status != http.StatusOK || got != "e1.telegram:77yesAnntelegram:70telegram" {
		t.Errorf("answered %d, handled %q", status, got)
	}
}

func TestWebhooksBodyIsBounded(t *testing.T) {
	h := receiver(t, new(Handlers), WebhookOptions{Secrets: []string{newSecret}, MaxBody: int64(len(webhook))})
	if status := h.status(signed(t, "e1", time.Now(), webhook, newSecret)); status != http.StatusOK {
		t.Errorf("what fits: answered %d", status)
	}
	if status := h.status(signed(t, "e2", time.Now(), webhook+" ", newSecret)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("one byte more: answered %d", status)
	}
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	h := receiver(t, new(Handlers), WebhookOptions{Secrets: []string{newSecret}})
	for body, want := range map[string]int{
		`[]`: 400, `{}`: 400, `{"type":"visitor_message","data":{},"sentAt":"x"}`: 400, `{"type":"test","data":{"message":"hello"},"sentAt":"x"}`: 200,
		`{"type":"of_the_future","data":[1],"sentAt":"x"}`: 200, `{"type":"of_the_future"}`: 200,
	} {
		if status := h.status(signed(t, body, time.Now(), body, newSecret)); status != want {
			t.Errorf("%s: answered %d", body, status)
		}
	}
	if status := h.status(httptest.NewRequest(http.MethodGet, "/", nil)); status != http.StatusMethodNotAllowed {
		t.Errorf("GET: answered %d", status)
	}
}

func TestPanicOfAHandlerLeavesTheEventToComeAgain(t *testing.T) {
	handlers, panics := new(Handlers), true
	handlers.On(Any, func(context.Context, *Event) error {
		if panics {
			panic("oh")
		}
		return nil
	})
	h := receiver(t, handlers, WebhookOptions{Secrets: []string{newSecret}})
	func() {
		defer func() { _ = recover() }()
		h.status(signed(t, "e1", time.Now(), webhook, newSecret))
	}()
	panics = false
	if status := h.status(signed(t, "e1", time.Now(), webhook, newSecret)); status != http.StatusOK {
		t.Errorf("answered %d", status)
	}
}

func TestMemoryOfWebhooksIsBounded(t *testing.T) {
	s := newSeen(3)
	for i := range 10 {
		id := []string{strconv.Itoa(i)}
		s.begin(id)
		s.end(id, true)
	}
	for i := range 10 {
		if known, _ := s.begin([]string{strconv.Itoa(i)}); known != (i >= 7) {
			t.Errorf("%d is known: %t", i, known)
		}
	}
	if len(s.done) != 3 {
		t.Errorf("%d are remembered", len(s.done))
	}
}

func TestWrongSecretsAreRefused(t *testing.T) {
	for _, o := range []WebhookOptions{{}, {Secrets: []string{""}}, {Secrets: []string{"short"}}, {Secrets: []string{"whsec_***"}}, {Secrets: []string{"whsec_"}}, {BearerKeys: []string{"x"}}} {
		if _, err := NewWebhookHandler(new(Handlers), o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	if _, err := NewWebhookHandler(nil, WebhookOptions{Secrets: []string{newSecret}}); err == nil {
		t.Error("it was made without handlers")
	}
}

func TestSignatureOfTheStandardsExampleIsBelieved(t *testing.T) {
	// From the reference libraries' tests, https://github.com/standard-webhooks/standard-webhooks.
	h := http.Header{}
	h.Set(headerID, "msg_p5jXN8AQM9LWM0D4loKWxJek")
	h.Set(headerTimestamp, "1614265330")
	h.Set(headerSignature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
	s, err := parseSecret(newSecret)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifyStandard(h, []byte(`{"test": 2432232314}`), []secret{s}, time.Unix(1614265330, 0), time.Minute); err != nil {
		t.Error(err)
	}
}

func FuzzWebhook(f *testing.F) {
	f.Add("e1", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "sha256=00", "Bearer x", []byte(webhook))
	f.Add("", "", "", "", "", []byte("{}"))
	f.Add("a", "9223372036854775807", "v1, v1,= v1,AAAA", "sha256=", "Bearer ", []byte(nil))
	f.Add("a", "-9223372036854775808", "v1,", "", "", []byte("x"))
	handlers := new(Handlers)
	handlers.On(Any, func(_ context.Context, e *Event) error { panic("a forged webhook was handled: " + e.ID) })
	h := receiver(f, handlers, WebhookOptions{Secrets: []string{newSecret}, BearerKeys: []string{"the-api-key"}, PocketPing: true})
	f.Fuzz(func(t *testing.T, id, at, signature, pocket, bearer string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		for name, value := range map[string]string{headerID: id, headerTimestamp: at, headerSignature: signature, headerPocket: pocket, "Authorization": bearer} {
			r.Header[name] = []string{value}
		}
		if status := h.status(r); status != http.StatusUnauthorized {
			t.Errorf("answered %d", status)
		}
	})
}

func FuzzEvent(f *testing.F) {
	for _, seed := range []string{webhook, `{"type":"custom_event","event":{"name":"x","data":[1]},"sessionId":"s"}`,
		`{"type":"operator_message","data":{"message":{"id":"1"},"event":{"type":"operator_message","event":{"event":{}}}},"sentAt":1}`,
		`{"type":"csat_submitted","score":5}`, `{"type":"new_session","session":{}}`, `{"type":"visitor_message","message":null}`} {
		f.Add([]byte(seed))
	}
	handlers := new(Handlers)
	handlers.OnEvent(Any, func(context.Context, CustomEvent, *Event) error { return nil })
	handlers.OnMessage(func(context.Context, Message, *Event) error { return nil })
	handlers.OnOperatorMessage(func(context.Context, Message, *Event) error { return nil })
	handlers.OnNewSession(func(context.Context, Session, *Event) error { return nil })
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		e, err := parse(raw)
		if !bytes.Equal(before, raw) {
			t.Error("reading it changed it")
		}
		if err != nil {
			if !errors.Is(err, errShape) {
				t.Errorf("error is %v", err)
			}
			return
		}
		for _, do := range handlers.steps(e) { // what was read has all that a handler is promised
			if err := do(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
