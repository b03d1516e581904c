package slack

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// hooked is an incoming webhook that keeps what it is sent.
type hooked struct {
	mu     sync.Mutex
	bodies []string
	answer string
}

func (h *hooked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // the client's trouble
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bodies = append(h.bodies, string(body))
	if h.answer != "" {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, h.answer)
		return
	}
	_, _ = io.WriteString(w, "ok")
}

func (h *hooked) texts(t *testing.T) []string {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	var texts []string
	for _, body := range h.bodies {
		var sent struct{ Text string }
		if err := json.Unmarshal([]byte(body), &sent); err != nil || strings.Contains(body, secret) {
			t.Fatalf("%v in %s", err, body)
		}
		texts = append(texts, sent.Text)
	}
	return texts
}

func newHook(t *testing.T) (*hooked, *Hook) {
	kept := &hooked{}
	server := httptest.NewServer(kept)
	h := NewHook(webapi.Config{WebhookURL: server.URL + "/services/T/B/X", APIURL: server.URL + "/api/"}, shelf.Shelf{})
	t.Cleanup(func() {
		h.Disconnect()
		server.Close()
	})
	return kept, h
}

func TestWebhookTellsOfTheConversationAndChangesNothing(t *testing.T) {
	kept, h := newHook(t)
	place, carded, err := h.Open(t.Context(), h.Chat(nil), ana())
	if err != nil || !carded || place.Chat != "webhook" || place.Thread == "" || strings.Contains(secret, place.Thread) {
		t.Fatalf("%v, %v, %v", place, carded, err)
	}
	ids, err := h.Send(t.Context(), place, now("hi"), 0)
	if err != nil || ids != nil {
		t.Fatalf("%v, %v", ids, err)
	}
	cardOnly, err := h.Send(t.Context(), place, deliver.Post{Record: ana(), Card: true}, 0)
	if err != nil || cardOnly != nil {
		t.Fatalf("%v, %v", cardOnly, err)
	}
	err = errors.Join(h.Edit(t.Context(), standing("1.2"), now("better"), 0), h.Delete(t.Context(), standing("1.2")), h.SayClosed(t.Context(), place, "Olga"),
		h.Close(t.Context(), place, closedBy("Olga")), h.Reopen(t.Context(), place, ana()), h.Typing(t.Context(), place), h.Probe(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	texts := kept.texts(t)
	if len(texts) != 3 || !strings.Contains(texts[0], "Open") || texts[1] != "👤 Ana Silva\nhi" || texts[2] != "✅ Closed by Olga · Ana Silva · ghXY9z" {
		t.Fatalf("%q", texts)
	}
	if !strings.Contains(kept.bodies[1], "🔖 ghXY9z") {
		t.Fatalf("the message does not name its conversation: %s", kept.bodies[1])
	}
}

func TestRemovedWebhookIsForbidden(t *testing.T) {
	kept, h := newHook(t)
	kept.answer = "no_service"
	_, _, err := h.Open(t.Context(), "webhook", ana())
	if kindOf(t, err) != deliver.Forbidden {
		t.Fatal(err)
	}
}

func TestAccountOfAWebhookIsOne(t *testing.T) {
	_, h := newHook(t)
	if h.Account(deliver.Place{Chat: "webhook", Thread: "a"}) != h.Account(deliver.Place{Chat: "webhook"}) || h.Current("x") != "x" || h.Name() != "slack" || h.TypingLasts() <= 0 {
		t.Fatal("not one account")
	}
	if n := len(h.Plan(deliver.Post{Record: ana(), Card: true, Messages: now("hi").Messages}, nil)); n < 2 {
		t.Fatalf("a card and a message make %d calls", n)
	}
}
