package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// get reads as a program that manages does.
func get(s *gatewaytest.Site, path string) gatewaytest.Answer {
	s.Helper()
	got := s.Call("GET", path, nil, "Authorization", bearer)
	if got.Status != 200 {
		s.Fatalf("%s answered %d %s", path, got.Status, got.Raw)
	}
	return got
}

func each(got gatewaytest.Answer, field string) (all []map[string]any) {
	list, _ := got.Body[field].([]any)
	for _, one := range list {
		object, _ := one.(map[string]any)
		all = append(all, object)
	}
	return all
}

func TestTranscriptHasTheWholeConversationUnderTheIDThatTheBackendKnows(t *testing.T) {
	s := gatewaytest.Start(t)
	for n := range 130 {
		ok(s, report(s, "/api/messages", fmt.Sprintf(`{"message":{"id":"m%d","content":"line %d"},"session":{"id":"order/7","visitorId":"v"}}`, n, n)))
	}
	got := get(s, "/api/v1/sessions/order%2F7")
	messages := each(got, "messages")
	session, _ := got.Body["session"].(map[string]any)
	if len(messages) != 130 || got.Body["truncated"] != false || session["id"] != "order/7" || session["visitorId"] != "v" {
		t.Fatalf("%d messages of %v", len(messages), session)
	}
	for n, m := range messages {
		if m["content"] != fmt.Sprint("line ", n) || m["sessionId"] != "order/7" {
			t.Errorf("message %d is %v", n, m)
		}
	}
	if strings.Contains(got.Raw, "ses_") {
		t.Errorf("it tells an id that the backend does not know: %.300s", got.Raw)
	}
	page := get(s, "/api/v1/sessions/order%2F7/messages?limit=20")
	if newest := each(page, "messages"); len(newest) != 20 || newest[19]["id"] != "m129" || page.Body["hasMore"] != true {
		t.Errorf("the newest page has %d messages", len(newest))
	}
	if later := each(get(s, "/api/v1/sessions/order%2F7/messages?after=m127"), "messages"); len(later) != 2 || later[0]["id"] != "m128" {
		t.Errorf("after m127: %v", later)
	}
	s.WantError(s.Call("GET", "/api/v1/sessions/order%2F7/messages?after=temp-1", nil, "Authorization", bearer), 400, "invalid_after")
}

func TestListTellsWhoWaitsForAnAnswer(t *testing.T) {
	s := gatewaytest.Start(t)
	widget := s.Visit("v")
	s.Say(widget, "hi")
	ok(s, report(s, "/api/messages", `{"message":{"id":"m","content":"hi"},"session":{"id":"x"}}`))
	s.Reply(widget, "hello")
	all := each(get(s, "/api/v1/sessions"), "sessions")
	if len(all) != 2 || all[0]["id"] != "x" || all[0]["unanswered"] != true || all[1]["id"] != widget || all[1]["unanswered"] != false || all[1]["messageCount"] != 2.0 {
		t.Errorf("sessions %v", all)
	}
	waiting := each(get(s, "/api/v1/sessions?unanswered=true&status=active"), "sessions")
	if len(waiting) != 1 || waiting[0]["id"] != "x" {
		t.Errorf("unanswered %v", waiting)
	}
	if archived := get(s, "/api/v1/sessions?status=archived"); len(each(archived, "sessions")) != 0 || !strings.Contains(archived.Raw, `"sessions":[]`) {
		t.Errorf("archived %s", archived.Raw)
	}
}

func TestActionsTakeABackendsOwnIDs(t *testing.T) {
	s := gatewaytest.Start(t)
	session := begun(s, "order/7")
	for path, body := range map[string]string{"reply": `{"content":"hello"}`, "events": `{"name":"n"}`, "close": `{}`} {
		if got := s.Call("POST", "/api/v1/sessions/order%2F7/"+path, body, "Authorization", bearer); got.Status != 200 {
			t.Errorf("%s answered %d %s", path, got.Status, got.Raw)
		}
		s.WantError(s.Call("POST", "/api/v1/sessions/nobody/"+path, body, "Authorization", bearer), 404, "unknown_session")
	}
	for _, ev := range stored(s) {
		if ev.Session != session {
			t.Errorf("%s is of %s", ev.Type, ev.Session)
		}
	}
	// What a visitor's page may do needs the id that nobody can guess.
	s.WantError(s.Call("GET", "/messages?sessionId=order%2F7", nil), 404, "unknown_session")
	s.WantError(s.Call("POST", "/message", map[string]any{"sessionId": "order/7", "content": "x", "sender": "visitor"}), 404, "unknown_session")
}

func TestWhatIsReadAndTakenBackIsTheVisitorsOrTheTeams(t *testing.T) {
	s := gatewaytest.Start(t)
	session := begun(s, "a")
	ok(s, report(s, "/api/messages", `{"message":{"id":"m1","content":"hi"},"session":{"id":"a"}}`))
	answers(s, session, "77", "hello")
	read := `{"type":"message_read","sessionId":"a","messageIds":["telegram:77","m1","nobody's"]}`
	if got := ok(s, report(s, "/api/events", read)); got.Body["updated"] != 1.0 {
		t.Errorf("answered %s: only the team's message can be read", got.Raw)
	}
	if got := ok(s, report(s, "/api/events", read)); got.Body["updated"] != 0.0 {
		t.Errorf("answered %s the second time", got.Raw)
	}
	got := report(s, "/api/events", `{"type":"visitor_message_edited","sessionId":"a","messageId":"m1","content":"hello","editedAt":"2026-01-02T03:04:05Z"}`)
	ok(s, got)
	ok(s, report(s, "/api/events", `{"type":"visitor_message_deleted","sessionId":"a","messageId":"m1"}`))
	before := s.End()
	ok(s, report(s, "/api/events", `{"type":"visitor_message_deleted","sessionId":"a","messageId":"m1"}`))
	s.WantError(report(s, "/api/events", `{"type":"visitor_message_edited","sessionId":"a","messageId":"m1","content":"x"}`), 410, "deleted")
	if end := s.End(); end != before {
		t.Errorf("taking back twice stored something")
	}
}
