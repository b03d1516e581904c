package api_test

import (
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func TestReplySentAgainUnderItsKeyIsOneMessage(t *testing.T) {
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	// A visitor may use the same key: it is another message.
	s.Call("POST", "/message", map[string]any{"sessionId": session, "content": "hi", "sender": "visitor", "idempotencyKey": "k1"})
	reply := func(at *gatewaytest.Site, key string) string {
		got := at.Call("POST", "/api/v1/sessions/"+session+"/reply", map[string]any{"content": "yes", "idempotencyKey": key}, "Authorization", "Bearer "+gatewaytest.Key)
		if got.Status != 200 {
			t.Fatalf("%d %s", got.Status, got.Raw)
		}
		return got.Text("messageId") + got.Text("timestamp")
	}
	first := reply(s, "k1")
	for _, at := range []*gatewaytest.Site{s, s.Beside()} {
		if again := reply(at, "k1"); again != first {
			t.Errorf("again it is %s, was %s", again, first)
		}
	}
	if other := reply(s, "k2"); other == first {
		t.Error("another key is the same message")
	}
	created := 0
	for _, kind := range s.Types(session) {
		if kind == bus.MessageCreated {
			created++
		}
	}
	if created != 3 {
		t.Errorf("%d messages, want 3", created)
	}
	for _, key := range []string{strings.Repeat("k", 129), "a\nb"} {
		got := s.Call("POST", "/api/v1/sessions/"+session+"/reply", map[string]any{"content": "yes", "idempotencyKey": key}, "Authorization", "Bearer "+gatewaytest.Key)
		if got.Status != 400 || got.Text("code") != "invalid_idempotency_key" {
			t.Errorf("%q: %d %s", key, got.Status, got.Raw)
		}
	}
}
