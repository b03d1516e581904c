package bellhop

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const testKey = "bhk_test"

// call is a request as a server has seen it.
type call struct {
	method, path, query, last string
	body                      map[string]any
}

// fake is a server that answers from a list, the last entry for ever.
type fake struct {
	*httptest.Server
	t       *testing.T
	mu      sync.Mutex
	calls   []call
	answers []http.HandlerFunc
}

func serve(t *testing.T, answers ...http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{t: t, answers: answers}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Error(err)
	}
	one := call{method: r.Method, path: r.URL.EscapedPath(), query: r.URL.RawQuery, last: r.Header.Get("Last-Event-ID")}
	if len(raw) > 0 && json.Unmarshal(raw, &one.body) != nil {
		f.t.Errorf("body %q is no JSON", raw)
	}
	if r.Header.Get("Authorization") != "Bearer "+testKey {
		f.t.Errorf("authorization is %q", r.Header.Get("Authorization"))
	}
	f.mu.Lock()
	f.calls = append(f.calls, one)
	do := f.answers[min(len(f.calls), len(f.answers))-1]
	f.mu.Unlock()
	do(w, r)
}

func (f *fake) seen() []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// client is one that does not wait long.
func (f *fake) client(o Options) *Client {
	f.t.Helper()
	transport := new(http.Transport)
	f.t.Cleanup(transport.CloseIdleConnections)
	o.URL, o.Key, o.HTTPClient = f.URL, testKey, &http.Client{Transport: transport}
	c, err := New(o)
	if err != nil {
		f.t.Fatal(err)
	}
	short := pauses{time.Microsecond, time.Millisecond}
	c.again, c.reconnect, c.rehandle = short, short, short
	return c
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// cuts ends the connection without an answer.
func cuts(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// streams writes text, and stays until the client goes unless it cuts.
func streams(cut bool, text string, more ...any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprintf(w, ": connected\n\n"+text, more...)
		w.(http.Flusher).Flush()
		if !cut {
			<-r.Context().Done()
		}
	}
}

// within is how long a test waits for what must happen.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}
