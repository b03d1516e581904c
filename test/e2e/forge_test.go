package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

// quietly starts a stack with one platform, in which a visitor has an answer and nothing is under way any more: from here on, whatever
// the bus takes is the test's.
func quietly(t *testing.T, platform string) (*stack, guest, team.Room) {
	t.Helper()
	s := own(t, setup{on: []string{platform}})
	vera := s.arrives(t)
	hi := vera.Says("hi")
	room := s.at(t, platform).Room(vera)
	vera.SeesStatus(hi.ID, "delivered")
	room.Says("genuine")
	vera.Hears("genuine")
	vera.SeesStatus(hi.ID, "read") // the last that the answer leads to
	return s, vera, room
}

// published fails if the bus has taken something since.
func (s *stack) published(t *testing.T, since uint64) {
	t.Helper()
	if now := s.lastSeq(t); now != since {
		t.Errorf("the bus went from %d to %d", since, now)
	}
}

func TestForgedTelegramUpdateIsRefusedAndNotPublished(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Telegram)
	update := `{"update_id":999999999,"message":{"message_id":99999,"message_thread_id":1,"text":"forged","chat":{"id":-1001230000001,"type":"supergroup"}}}`
	before := s.lastSeq(t)
	for name, secret := range map[string]string{"wrong": "x", "empty": "", "a prefix": webhookSecret[:8], "longer": webhookSecret + "x", "in another case": strings.ToUpper(webhookSecret)} {
		if status, body := s.update(t, update, secret); status != http.StatusUnauthorized || !isRefusal(body) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	s.published(t, before)
	for _, forged := range []string{"missing", "wrong"} {
		room.Garble(team.Mishap{Times: 1, Forged: forged})
		room.Says("after a " + forged + " one")
		vera.Hears("after a " + forged + " one")
	}
	vera.Shows("hi", "genuine", "after a missing one", "after a wrong one")
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

func TestUnknownUpdatesAreAcceptedAndForgotten(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Telegram)
	before := s.lastSeq(t)
	for _, body := range []string{
		`{"update_id":1}`, `{"update_id":2,"poll":{"id":"x"}}`, `{"update_id":3,"message":{"message_id":1}}`,
		`{"update_id":4,"message":{"message_id":1,"chat":{"id":-1009999999999,"type":"supergroup"},"message_thread_id":5,"text":"another group"}}`,
		`{"update_id":5,"message":{"message_id":"no number"}}`, `{"update_id":6,"edited_message":null}`,
	} {
		if status, answer := s.update(t, body, webhookSecret); status != http.StatusOK {
			t.Errorf("%s: %d %s; Telegram would hold back what comes after it", body, status, answer)
		}
	}
	for _, body := range []string{"", "no JSON", "[]", `{"update_id":"x"}`, "{}", `{"update_id":` + deep + `}`} {
		if status, answer := s.update(t, body, webhookSecret); status < 400 || status > 499 || !isRefusal(answer) {
			t.Errorf("%.40s: %d %s", body, status, answer)
		}
	}
	s.published(t, before)
	room.Says("and on")
	vera.Hears("and on")
}

// update posts what pretends to be Telegram's.
func (s *stack) update(t *testing.T, body, secret string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.telegram.State().WebhookURL(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	return s.do(t, req)
}
