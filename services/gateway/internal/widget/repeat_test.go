package widget_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func keyed(session, text, key string) map[string]any {
	return map[string]any{"sessionId": session, "content": text, "sender": "visitor", "idempotencyKey": key}
}

func messages(s *gatewaytest.Site, session string) int {
	types := s.Types(session)
	return len(slices.DeleteFunc(types, func(kind bus.Type) bool { return kind != bus.MessageCreated }))
}

func TestMessageSentAgainUnderItsKeyIsOneMessage(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	first := s.Call("POST", "/message", keyed(session, "hi", "k1"))
	if first.Status != http.StatusOK {
		t.Fatalf("%+v", first)
	}
	other := s.Beside()
	for range 3 {
		for _, site := range []*gatewaytest.Site{s, other} {
			again := site.Call("POST", "/message", keyed(session, "hi", "k1"))
			if again.Status != http.StatusOK || again.Text("messageId") != first.Text("messageId") || again.Text("timestamp") != first.Text("timestamp") {
				t.Errorf("again: %+v, first: %+v", again.Body, first.Body)
			}
		}
	}
	if next := s.Call("POST", "/message", keyed(session, "hi", "k2")); next.Text("messageId") == first.Text("messageId") {
		t.Error("another key is the same message")
	}
	if got := messages(s, session); got != 2 {
		t.Errorf("%d messages, want 2", got)
	}
}

func TestMessageSentManyTimesAtOnceUnderItsKeyIsOneMessage(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if answer := s.Call("POST", "/message", keyed(session, "hi", "k1")); answer.Status != http.StatusOK {
				t.Errorf("%+v", answer)
			}
		})
	}
	wg.Wait()
	if got := messages(s, session); got != 1 {
		t.Errorf("%d messages, want 1", got)
	}
}

func TestKeyOfOneSessionMeansNothingInAnother(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	mine, theirs := s.Visit("v"), s.Visit("w")
	first := s.Call("POST", "/message", keyed(mine, "mine", "k1")).Text("messageId")
	if second := s.Call("POST", "/message", keyed(theirs, "theirs", "k1")).Text("messageId"); second == first || second == "" {
		t.Errorf("%s, then %s", first, second)
	}
	if a, b := messages(s, mine), messages(s, theirs); a != 1 || b != 1 {
		t.Errorf("%d and %d messages, want one each", a, b)
	}
}

func TestKeyThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	for _, key := range []string{strings.Repeat("k", 129), "a\nb", "\u202e"} {
		if answer := s.Call("POST", "/message", keyed(session, "hi", key)); answer.Status != http.StatusBadRequest || answer.Text("code") != "invalid_idempotency_key" {
			t.Errorf("%q: %+v", key, answer)
		}
	}
	if got := messages(s, session); got != 0 {
		t.Errorf("%d messages, want none", got)
	}
}
