package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestResumeOnlyWithTheMatchingPair(t *testing.T) {
	kinds(t, func(t *testing.T, s *stack) {
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
	s.at(t, team.Slack).Room(vera).Says("an answer")
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
