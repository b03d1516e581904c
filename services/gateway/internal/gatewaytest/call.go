package gatewaytest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// Answer is what a call was answered.
type Answer struct {
	Status int
	Header http.Header
	Raw    string
	Body   map[string]any
}

// Text is a field of the body.
func (a Answer) Text(field string) string { text, _ := a.Body[field].(string); return text }

// Call makes a JSON request below the mount, or below the server for a path that begins with /api.
func (s *Site) Call(method, path string, body any, headers ...string) Answer {
	s.Helper()
	raw, ok := body.(string)
	if !ok && body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			s.Fatal(err)
		}
		raw = string(encoded)
	}
	base := s.URL
	if strings.HasPrefix(path, "/api") || path == "/health" {
		base = s.Base
	}
	req, err := http.NewRequestWithContext(s.Context(), method, base+path, strings.NewReader(raw))
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return s.Do(req)
}

// Do sends a request on a connection of its own.
func (s *Site) Do(req *http.Request) Answer {
	s.Helper()
	answer := s.raw(req)
	if len(bytes.TrimSpace([]byte(answer.Raw))) > 0 && json.Unmarshal([]byte(answer.Raw), &answer.Body) != nil {
		s.Fatalf("%s %s answered %d with no JSON object: %.200s", req.Method, req.URL.Path, answer.Status, answer.Raw)
	}
	return answer
}

func (s *Site) raw(req *http.Request) Answer {
	s.Helper()
	req.Close = true
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return Answer{Status: res.StatusCode, Header: res.Header, Raw: string(raw)}
}

// Visit connects a new visitor and answers the session's id.
func (s *Site) Visit(visitorID string) string {
	s.Helper()
	answer := s.Call("POST", "/connect", map[string]any{"visitorId": visitorID, "sessionId": nil})
	if answer.Status != http.StatusOK || answer.Text("sessionId") == "" {
		s.Fatalf("connect answered %d %s", answer.Status, answer.Raw)
	}
	return answer.Text("sessionId")
}

// Say posts a visitor's message and answers its id.
func (s *Site) Say(sessionID, content string) string {
	s.Helper()
	answer := s.Call("POST", "/message", map[string]any{"sessionId": sessionID, "content": content, "sender": "visitor"})
	if answer.Status != http.StatusOK {
		s.Fatalf("message answered %d %s", answer.Status, answer.Raw)
	}
	return answer.Text("messageId")
}

// Reply posts a message of the team and answers its id.
func (s *Site) Reply(sessionID, content string) string {
	s.Helper()
	answer := s.Call("POST", "/api/v1/sessions/"+sessionID+"/reply", map[string]string{"content": content, "operatorName": "Ada"}, "Authorization", "Bearer "+Key)
	if answer.Status != http.StatusOK {
		s.Fatalf("reply answered %d %s", answer.Status, answer.Raw)
	}
	return answer.Text("messageId")
}

// WantError checks an error's answer: status and code, in the shape that every error has.
func (s *Site) WantError(got Answer, status int, code string) {
	s.Helper()
	if got.Status != status || got.Text("code") != code || got.Text("error") == "" {
		s.Errorf("answered %d %s, want %d %s", got.Status, got.Raw, status, code)
	}
	if got.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		s.Errorf("content type %q", got.Header.Get("Content-Type"))
	}
}
