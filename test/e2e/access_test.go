package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestResumeOnlyWithTheMatchingPair(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("my address is 1 Main Street")
		cases := map[string]struct {
			visitorID, sessionID string
			resumes              bool
		}{
			"both":                         {vera.VisitorID(), vera.SessionID(), true},
			"visitor alone":                {vera.VisitorID(), "", false},
			"session of another visitor":   {"somebody-else", vera.SessionID(), false},
			"unknown session":              {vera.VisitorID(), "ses_0000000000000000000000", false},
			"session that is no id at all": {vera.VisitorID(), "all", false},
			"session with wildcards":       {vera.VisitorID(), "*.>", false},
		}
		for name, c := range cases {
			o := s.browser()
			o.VisitorID, o.SessionID = c.visitorID, c.sessionID
			tab := visitor.New(o)
			answer, err := tab.Connect(t.Context())
			tab.Close()
			if err != nil {
				t.Errorf("%s: %v; a connect never fails for that", name, err)
				continue
			}
			if resumed := answer.SessionID == vera.SessionID(); resumed != c.resumes || (len(answer.Messages) > 0) != c.resumes {
				t.Errorf("%s: session %s with %d messages, resumes %v", name, answer.SessionID, len(answer.Messages), resumed)
			}
			if answer.SessionID == c.sessionID && !c.resumes {
				t.Errorf("%s: the id from outside was adopted", name)
			}
		}
	})
}

func TestSomebodyElsesMessagesCannotBeTouched(t *testing.T) {
	s := usual(t)
	vera, mallory := s.arrives(t), s.arrives(t)
	secret := vera.Says("a secret")
	mallory.Says("hi")
	topic := s.operators(t).Topic(vera)
	topic.Reply("an answer")
	answer := vera.Hears("an answer")

	mallory.WasRefused(mallory.Edit(t.Context(), secret.ID, "changed"), http.StatusNotFound)
	mallory.WasRefused(mallory.Delete(t.Context(), secret.ID), http.StatusNotFound)
	vera.WasRefused(vera.Edit(t.Context(), answer.ID, "free of charge"), http.StatusForbidden)
	vera.WasRefused(vera.Delete(t.Context(), answer.ID), http.StatusForbidden)
	if n, err := mallory.Read(t.Context(), answer.ID); err != nil || n != 0 {
		t.Errorf("Mallory has read %d of Vera's messages, %v", n, err)
	}
	vera.Deletes(secret.ID)
	vera.WasRefused(vera.Delete(t.Context(), secret.ID), http.StatusGone)
	vera.WasRefused(vera.Edit(t.Context(), secret.ID, "back"), http.StatusGone)
	for _, m := range vera.Remembers() {
		if strings.Contains(m.Content, "changed") || strings.Contains(m.Content, "free") {
			t.Errorf("the history has %v", m)
		}
	}
	history, _, err := mallory.History(t.Context(), secret.ID, 0)
	for _, m := range history {
		if m.SessionID != mallory.SessionID() {
			t.Errorf("Mallory's history has %v", m)
		}
	}
	if err != nil {
		t.Errorf("history after a message of another conversation: %v", err)
	}
}

func TestSocketNeedsASession(t *testing.T) {
	s := usual(t)
	for name, session := range map[string]string{"missing": "", "unknown": "ses_0000000000000000000000", "everyone": "all"} {
		if status, body := s.upgrade(t, session, ""); status < 400 || status > 499 || !isRefusal(body) {
			t.Errorf("%s: %d %s, want a refusal before the upgrade", name, status, body)
		}
	}
}

func TestWebhookWithTheWrongSecretIsRefused(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	s.telegram.DisturbDelivery(telegram.DeliveryFault{Kind: "message", Secret: "wrong", Times: 1})
	s.telegram.DisturbDelivery(telegram.DeliveryFault{Kind: "message", Secret: "missing", Nth: 2, Times: 1})
	defer s.telegram.ClearFaults()
	topic.Reply("once")
	topic.Reply("twice")
	vera.Hears("twice")
	vera.Shows("hi", "once", "twice")
	forged := 0
	for _, d := range s.telegram.Deliveries() {
		if !d.Forged {
			continue
		}
		if forged++; d.Status != http.StatusUnauthorized || d.Accepted {
			t.Errorf("a forged update was answered %d: %s", d.Status, d.Answer)
		}
	}
	if forged != 2 {
		t.Errorf("%d forged updates were tried, want 2", forged)
	}
}

func TestForgedUpdateIsNotPublished(t *testing.T) {
	s := own(t, setup{})
	vera := s.arrives(t)
	hi := vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	vera.SeesStatus(hi.ID, "delivered")
	topic.Reply("genuine")
	vera.Hears("genuine")
	vera.SeesStatus(hi.ID, "read") // the last that the answer leads to
	update := `{"update_id":999999999,"message":{"message_id":99999,"message_thread_id":1,"text":"forged","chat":{"id":-1001230000001,"type":"supergroup"}}}`
	before := s.lastSeq(t)
	for name, secret := range map[string]string{"wrong": "x", "empty": "", "a prefix": webhookSecret[:8], "longer": webhookSecret + "x"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.telegram.State().WebhookURL(), strings.NewReader(update))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		if status, body := s.do(t, req); status != http.StatusUnauthorized || !isRefusal(body) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if after := s.lastSeq(t); after != before {
		t.Errorf("the bus went from %d to %d", before, after)
	}
}
