package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// do sends a request and answers the status and the body.
func (s *stack) do(t *testing.T, req *http.Request) (status int, body string) {
	t.Helper()
	res := s.answer(t, req)
	raw, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	return res.StatusCode, string(raw)
}

// answer sends a request; the caller closes the body.
func (s *stack) answer(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	res, err := s.http.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	return res
}

// isRefusal tells whether a body is an error as the contract has it, and gives nothing of the inside away.
func isRefusal(body string) bool {
	var refusal struct{ Error, Code string }
	if json.Unmarshal([]byte(body), &refusal) != nil || refusal.Error == "" || refusal.Code == "" {
		return false
	}
	for _, inside := range []string{"goroutine", ".go:", "panic", "rpc error", "nats:", "/work", "json: "} {
		if strings.Contains(body, inside) {
			return false
		}
	}
	return true
}

// lastSeq is the newest sequence of the whole stream.
func (s *stack) lastSeq(t *testing.T) uint64 {
	t.Helper()
	var last uint64
	for part := range id.Part(id.Parts) {
		end, err := s.bus.PartEnd(visitor.Within(t), part)
		if err != nil {
			t.Fatal(err)
		}
		last = max(last, end)
	}
	return last
}

// upgrade asks for a socket, from a site unless origin is empty, and answers the refusal.
func (s *stack) upgrade(t *testing.T, session, origin string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/pocketping/stream?sessionId="+session, nil)
	if err != nil {
		t.Fatal(err)
	}
	for header, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	} {
		req.Header.Set(header, value)
	}
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	return s.do(t, req)
}
