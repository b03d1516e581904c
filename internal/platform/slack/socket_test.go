package slack

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// socketServer opens sockets as Slack does, and hands the other end to talk.
func socketServer(t *testing.T, talk func(*websocket.Conn)) *Client {
	var upgrader websocket.Upgrader
	return against(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/link" {
			conn, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = conn.Close() }()
			talk(conn)
			return
		}
		if got := recorded(r); got.path != "/api/apps.connections.open" || got.token != testAppToken {
			t.Errorf("asked %s with %s", got.path, got.token)
		}
		_, _ = io.WriteString(w, `{"ok":true,"url":"ws://`+r.Host+`/link?ticket=FFtesttoken"}`)
	})
}

func say(t *testing.T, conn *websocket.Conn, message string) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		t.Error(err)
	}
}

func TestSocketBringsEnvelopesAndTakesConfirmations(t *testing.T) {
	confirmed := make(chan string, 1)
	c := socketServer(t, func(conn *websocket.Conn) {
		say(t, conn, `{"type":"hello","num_connections":1,"connection_info":{"app_id":"A01"}}`)
		_ = conn.WriteMessage(websocket.PingMessage, []byte("Ping from applink-1"))
		say(t, conn, `{"type":"events_api","envelope_id":"e-1","payload":{"type":"event_callback","event_id":"Ev1"},"accepts_response_payload":false,"retry_attempt":2,"retry_reason":"timeout"}`)
		_, data, err := conn.ReadMessage()
		if err != nil {
			t.Error(err)
		}
		confirmed <- strings.TrimSpace(string(data))
		say(t, conn, `not JSON`)
		say(t, conn, `{"type":"disconnect","reason":"warning","debug_info":{"host":"x"}}`)
		_, _, _ = conn.ReadMessage() // until the other end leaves
	})
	s, err := c.OpenSocket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if hello, err := s.Read(); err != nil || hello.Type != EnvelopeHello || hello.ID != "" {
		t.Fatalf("%+v, %v", hello, err)
	}
	event, err := s.Read()
	if err != nil || event.Type != EnvelopeEvent || event.ID != "e-1" || event.RetryAttempt != 2 {
		t.Fatalf("%+v, %v", event, err)
	}
	if callback, err := DecodeCallback(event.Payload); err != nil || callback.EventID != "Ev1" {
		t.Fatalf("%+v, %v", callback, err)
	}
	if err := s.Ack(event.ID); err != nil {
		t.Fatal(err)
	}
	if got := <-confirmed; got != `{"envelope_id":"e-1"}` {
		t.Fatal(got)
	}
	if odd, err := s.Read(); err != nil || odd.Type != "" {
		t.Fatalf("%+v, %v", odd, err)
	}
	if bye, err := s.Read(); err != nil || bye.Type != EnvelopeDisconnect || bye.Reason != ReasonWarning {
		t.Fatalf("%+v, %v", bye, err)
	}
}

func TestClosingEndsTheReading(t *testing.T) {
	c := socketServer(t, func(conn *websocket.Conn) { _, _, _ = conn.ReadMessage() })
	s, err := c.OpenSocket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, err := s.Read()
		read <- err
	}()
	s.Close()
	s.Close()
	if err := <-read; err == nil {
		t.Fatal("read something")
	}
	if err := s.Ack("e-1"); err == nil {
		t.Fatal("confirmed something")
	}
}

func TestLostSocketIsNoticed(t *testing.T) {
	c := socketServer(t, func(*websocket.Conn) {})
	s, err := c.OpenSocket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Read(); KindOf(err) != KindUnknown {
		t.Fatal(err)
	}
}

func TestSocketOpensNowhereButAtSlack(t *testing.T) {
	for name, answer := range map[string]string{
		"elsewhere":   `{"ok":true,"url":"wss://evil.example/FFtesttoken"}`,
		"in the open": `{"ok":true,"url":"ws://wss-primary.slack.com/link"}`,
		"no socket":   `{"ok":true,"url":"https://wss-primary.slack.com/link"}`,
		"nothing":     `{"ok":true}`,
		"revoked":     `{"ok":false,"error":"invalid_auth"}`,
	} {
		s, err := answering(t, 200, answer).OpenSocket(t.Context())
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		noSecret(t, name, err)
	}
	if c := New(Config{APIURL: DefaultAPIURL}); !c.trustedSocket("wss://wss-primary.slack.com/link?ticket=1") || c.trustedSocket("ws://wss-primary.slack.com/link") {
		t.Error("Slack's own sockets are not told from others")
	}
}

func TestSocketThatIsRefusedSaysSoWithoutItsTicket(t *testing.T) {
	c := against(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/link" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, `{"ok":true,"url":"ws://`+r.Host+`/link?ticket=FFtesttoken"}`)
	})
	_, err := c.OpenSocket(t.Context())
	if err == nil || !strings.Contains(err.Error(), "403") {
		t.Fatal(err)
	}
	noSecret(t, "refused", err)
}
