package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestForgedSlackRequestsAreRefusedAndNotPublished(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Slack)
	room.Presses("Mark read") // there is nothing to mark, and something to forge
	before := s.lastSeq(t)
	for _, to := range []string{"events", "interactivity"} {
		for _, how := range []slack.Forgery{slack.ForgeMissing, slack.ForgeWrong, slack.ForgeStale, slack.ForgeAltered} {
			d, err := s.slack.Forge(visitor.Within(t), to, how)
			if err != nil {
				t.Fatal(err)
			}
			if d.Status != http.StatusUnauthorized || d.Fooled || !isRefusal(d.Answer) {
				t.Errorf("%s to %s: %d %s", how, to, d.Status, d.Answer)
			}
		}
		for _, how := range []slack.Forgery{slack.ForgeReplayed, slack.ForgeCase} { // genuine: taken, and without an effect
			if d, err := s.slack.Forge(visitor.Within(t), to, how); err != nil || d.Status != http.StatusOK {
				t.Errorf("%s to %s: %d %s (%v)", how, to, d.Status, d.Answer, err)
			}
		}
	}
	s.published(t, before)
	vera.Shows("hi", "genuine")
}

func TestBadSlackBodiesAreRefusedOrForgotten(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Slack)
	before := s.lastSeq(t)
	message := `{"type":"event_callback","team_id":"T01BELLHOP","api_app_id":"A01BELLHOP","event_id":"Ev1","event":{"type":"message","user":"U01OLGA",` +
		`"text":"forged","ts":"1.2","thread_ts":"` + room.ID + `","channel":"C0SUPPORT","channel_type":"channel"}}`
	signed := func(body string) (signature, at string) {
		return slack.Sign(s.slack.SigningSecret(), time.Now(), []byte(body))
	}
	signature, at := signed(message)
	for name, c := range map[string]struct{ body, signature, at string }{
		"truncated":            {message[:len(message)/2], signature, at},
		"longer":               {message + " ", signature, at},
		"signed for later":     {message, signature, at + "0"},
		"signature cut":        {message, signature[:len(signature)-1], at},
		"signature of nothing": {message, "v0=", at},
		"another version":      {message, "v1" + signature[2:], at},
		"no time":              {message, signature, ""},
		"a time that is none":  {message, signature, "yesterday"},
	} {
		if status, answer := s.event(t, c.body, c.signature, c.at); status != http.StatusUnauthorized || !isRefusal(answer) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	for _, body := range []string{"", "no JSON", "[]", "7", `{"type":7}`, `{"type":"event_callback","event":` + deep + `}`} {
		signature, at := signed(body)
		if status, answer := s.event(t, body, signature, at); status/100 != 4 && status != http.StatusOK || status/100 == 4 && !isRefusal(answer) {
			t.Errorf("%.40s: %d %s", body, status, answer)
		}
	}
	for _, body := range []string{
		`{"type":"something_new"}`, `{"type":"event_callback","event_id":"Ev2","event":{"type":"something_new"}}`,
		`{"type":"event_callback","event_id":"Ev3","event":{"type":"message","channel":"C0ANOTHER","thread_ts":"1.1","ts":"1.2","user":"U1","text":"x"}}`,
		strings.Replace(message, `"user":"U01OLGA"`, `"bot_id":"B1"`, 1),
	} {
		signature, at := signed(body)
		if status, answer := s.event(t, body, signature, at); status != http.StatusOK {
			t.Errorf("%.80s: %d %s; Slack would come again and again", body, status, answer)
		}
	}
	s.published(t, before)
	room.Says("and on")
	vera.Hears("and on")
	vera.Shows("hi", "genuine", "and on")
}

// event posts what pretends to be Slack's.
func (s *stack) event(t *testing.T, body, signature, at string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/webhooks/slack", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Slack-Signature", signature)
	req.Header.Set("X-Slack-Request-Timestamp", at)
	return s.do(t, req)
}

// Slack signs by its own clock.
func TestSlacksClockMayDifferByMinutesAndNotMore(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Slack)
	s.slack.SetClockSkew(-4 * time.Minute)
	room.Says("four minutes ago")
	vera.Hears("four minutes ago")
	s.slack.SetClockSkew(-6 * time.Minute)
	room.Says("six minutes ago")
	room.Waits("a refusal", func() bool {
		all := s.slack.Deliveries()
		return all[len(all)-1].Status == http.StatusUnauthorized
	})
	vera.Shows("hi", "genuine", "four minutes ago")
}
