package gatewaytest

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// patience bounds what a test waits for; nothing takes that long unless it is broken.
const patience = 10 * time.Second

// Socket is a visitor's WebSocket.
type Socket struct {
	*websocket.Conn
	site *Site
}

// Frame is what a socket hears.
type Frame struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// Field is a text of the frame's data.
func (f Frame) Field(name string) string {
	text, _ := f.Object()[name].(string)
	return text
}

// Object is the frame's data.
func (f Frame) Object() map[string]any {
	var data map[string]any
	_ = json.Unmarshal(f.Data, &data) // no object is an empty one
	return data
}

// Dial opens a socket of a session.
func (s *Site) Dial(sessionID string) *Socket {
	s.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(s.Context(), strings.Replace(s.URL, "http", "ws", 1)+"/stream?sessionId="+sessionID, nil)
	if err != nil {
		s.Fatalf("dial: %v", err)
	}
	_ = res.Body.Close()
	s.Cleanup(func() { _ = ws.Close() })
	return &Socket{ws, s}
}

// Hear reads frames until one is of the kind.
func (s *Socket) Hear(kind string) Frame {
	s.site.Helper()
	for {
		_ = s.SetReadDeadline(time.Now().Add(patience))
		_, raw, err := s.ReadMessage()
		if err != nil {
			s.site.Fatalf("waiting for %s: %v", kind, err)
		}
		var f Frame
		if err := json.Unmarshal(raw, &f); err != nil {
			s.site.Fatalf("frame %q: %v", raw, err)
		}
		if f.Type == kind {
			return f
		}
	}
}

// Until reads frames until one of the kind has the content, and counts the kinds of all before it.
func (s *Socket) Until(kind, content string) map[string]int {
	s.site.Helper()
	kinds := map[string]int{}
	for {
		_ = s.SetReadDeadline(time.Now().Add(patience))
		_, raw, err := s.ReadMessage()
		if err != nil {
			s.site.Fatalf("waiting for %s %q: %v", kind, content, err)
		}
		var f Frame
		if err := json.Unmarshal(raw, &f); err != nil {
			s.site.Fatalf("frame %q: %v", raw, err)
		}
		if f.Type == kind && f.Field("content") == content {
			return kinds
		}
		kinds[f.Type]++
	}
}

// Send sends a frame.
func (s *Socket) Send(frame string) {
	s.site.Helper()
	if err := s.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		s.site.Fatal(err)
	}
}

// Closed reads frames until the socket is closed and answers the code.
func (s *Socket) Closed() int {
	s.site.Helper()
	for {
		_ = s.SetReadDeadline(time.Now().Add(patience))
		_, _, err := s.ReadMessage()
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
			return closed.Code
		}
		if err != nil {
			s.site.Fatalf("waiting for the end: %v", err)
		}
	}
}
