package apitest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Call is one call of the API: "POST /channels/1/messages" and its body.
type Call struct{ Method, Body string }

// Answer is what a call gets.
type Answer struct {
	Status int
	Body   string
}

// API is the server.
type API struct {
	URL string

	mu      sync.Mutex
	changed chan struct{} // closed and made anew at every change
	answers map[string][]Answer
	calls   []Call

	gateway gateway
}

// New starts a server that stops with the test.
func New(t testing.TB) *API {
	t.Helper()
	a := &API{changed: make(chan struct{}), answers: map[string][]Answer{}}
	server := httptest.NewServer(a)
	a.URL = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		a.Cut()
		server.Close()
		a.gateway.open.Wait()
	})
	return a
}

// Answers makes a call be answered with status 200 and a body from now on.
func (a *API) Answers(call, body string) {
	a.change(func() { a.answers[call] = []Answer{{200, body}} })
}

// Refuses makes a call be answered once with a refusal, before anything else.
func (a *API) Refuses(call string, status int, body string) {
	a.change(func() { a.answers[call] = append([]Answer{{status, body}}, a.answers[call]...) })
}

func (a *API) change(do func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	do()
	close(a.changed)
	a.changed = make(chan struct{})
}

// Calls are the calls so far that begin like this.
func (a *API) Calls(prefix string) []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	var calls []Call
	for _, call := range a.calls {
		if strings.HasPrefix(call.Method, prefix) {
			calls = append(calls, call)
		}
	}
	return calls
}

// Await waits until a condition over the server holds.
func (a *API) Await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		a.mu.Lock()
		changed := a.changed
		a.mu.Unlock()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("in vain: %s", what)
		}
	}
}

// ServeHTTP answers a call, or is the gateway.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/gateway" {
		a.connect(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/attachments/") {
		_, _ = io.WriteString(w, strings.TrimPrefix(r.URL.Path, "/attachments/")) // the client's trouble, here and below
		return
	}
	body, _ := io.ReadAll(r.Body)
	call := Call{Method: r.Method + " " + strings.TrimPrefix(r.URL.RequestURI(), "/api/v10"), Body: string(body)}
	var answer Answer
	a.change(func() {
		a.calls = append(a.calls, call)
		answer = a.answer(call.Method)
	})
	w.WriteHeader(answer.Status)
	_, _ = io.WriteString(w, answer.Body)
}

// answer is the next one of a call; the last stays. Unknown reads are not found, other calls done.
func (a *API) answer(call string) Answer {
	path, _, _ := strings.Cut(call, "?")
	for _, key := range []string{call, path} {
		if known := a.answers[key]; len(known) > 1 {
			a.answers[key] = known[1:]
			return known[0]
		} else if len(known) == 1 {
			return known[0]
		}
	}
	switch {
	case call == "GET /gateway/bot":
		return Answer{200, `{"url":"ws` + strings.TrimPrefix(a.URL, "http") + `/gateway","shards":1,"session_start_limit":{"total":1000,"remaining":999}}`}
	case strings.HasPrefix(call, "GET "):
		return Answer{404, `{"code":10003,"message":"Unknown Channel"}`}
	}
	return Answer{200, `{"id":"1449999999999999999"}`}
}
