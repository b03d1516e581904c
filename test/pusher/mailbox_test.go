package pusher

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// mailbox takes webhooks as they come, and shows them at /told to whoever looks whether they are right.
type mailbox struct {
	url string

	mu   sync.Mutex
	told []told
}

type told struct {
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func openMailbox(t *testing.T) *mailbox {
	t.Helper()
	m := &mailbox{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", m.take)
	mux.HandleFunc("GET /told", m.show)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

func (m *mailbox) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest) // it comes again
		return
	}
	headers := map[string]string{}
	for name := range r.Header {
		headers[strings.ToLower(name)] = r.Header.Get(name) // as Node has them
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told = append(m.told, told{headers, string(body)})
}

func (m *mailbox) show(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_ = json.NewEncoder(w).Encode(m.told) // whoever looks looks again
}
