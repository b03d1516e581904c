package widget_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func created(t *testing.T, ev bus.Event) *eventv1.MessageCreated {
	t.Helper()
	data, ok := ev.Data.(*eventv1.MessageCreated)
	if !ok {
		t.Fatalf("%s carries %T", ev.Type, ev.Data)
	}
	return data
}

func TestLookingAtThePagePutsNothingOnTheBus(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	before := s.End()
	session := s.Visit("v")
	s.Call("GET", "/messages?sessionId="+session, nil)
	s.Call("POST", "/visibility", map[string]any{"sessionId": session, "state": "hidden", "timestamp": 1})
	s.Call("POST", "/disconnect", map[string]any{"sessionId": session, "duration": 3, "reason": "page_unload"})
	s.Dial(session)
	if got := s.End(); got != before {
		t.Errorf("the bus went from %d to %d", before, got)
	}
}

func TestFirstMessageStartsTheConversationAndIsStoredAsTyped(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	text := " <b>&amp;\u202e\u0000 *hi* \n"
	messageID := s.Say(session, text)
	events := s.Events(session)
	if !slices.Equal(s.Types(session), []bus.Type{bus.SessionStarted, bus.MessageCreated}) {
		t.Fatalf("events: %v", s.Types(session))
	}
	data := created(t, events[1])
	if m := data.GetMessage(); m.GetContent() != text || m.GetId() != messageID || m.GetSender() != "visitor" || m.GetStatus() != "sent" ||
		data.GetVisitorId() != "v" || data.GetPlatform() != "widget" || events[1].ID != messageID {
		t.Errorf("stored %v", data)
	}
	s.Say(session, "again")
	if got := s.Types(session); len(got) != 3 || got[2] != bus.MessageCreated {
		t.Errorf("events: %v", got)
	}
}

func TestFirstMessagesFromManyTabsStartOneConversation(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { s.Say(session, "hi") })
	}
	wg.Wait()
	types := s.Types(session)
	started := slices.DeleteFunc(slices.Clone(types), func(t bus.Type) bool { return t != bus.SessionStarted })
	if len(types) != 9 || types[0] != bus.SessionStarted || len(started) != 1 {
		t.Errorf("events: %v", types)
	}
}

func TestMessageReopensAClosedConversationAndAnEventDoesNot(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	messageID := s.Say(session, "hi")
	auth := []string{"Authorization", "Bearer " + gatewaytest.Key}
	if got := s.Call("POST", "/api/v1/sessions/"+session+"/close", map[string]string{"operatorName": "Ada"}, auth...); got.Status != 200 {
		t.Fatal(got.Raw)
	}
	s.Call("POST", "/api/v1/sessions/"+session+"/events", map[string]string{"name": "ping"}, auth...)
	s.Call("PATCH", "/message/"+messageID, map[string]string{"sessionId": session, "content": "hi!"})
	s.Say(session, "one more thing")
	s.Say(session, "and another")
	want := []bus.Type{bus.SessionStarted, bus.MessageCreated, bus.SessionClosed, bus.EventEmitted, bus.MessageEdited,
		bus.SessionReopened, bus.MessageCreated, bus.MessageCreated}
	if got := s.Types(session); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
}

func TestReplyCarriesWhatItQuotesAndDropsWhatItCannot(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	messageID := s.Say(session, strings.Repeat("ä", 200))
	for replyTo, want := range map[string]string{messageID: messageID, "unknown": "", "temp-1": "", "\x00": "", strings.Repeat("x", 9000): ""} {
		got := s.Call("POST", "/message", map[string]any{"sessionId": session, "content": "re", "sender": "visitor", "replyTo": replyTo})
		if got.Status != 200 {
			t.Fatalf("reply to %.20q: %d %s", replyTo, got.Status, got.Raw)
		}
		events := s.Events(session)
		m := created(t, events[len(events)-1]).GetMessage()
		if m.GetReplyTo() != want || want != "" && len([]rune(m.GetQuote().GetContent())) != 140 || want == "" && m.GetQuote() != nil {
			t.Errorf("reply to %.20q is stored as %v", replyTo, m)
		}
	}
}

func TestWhatAVisitorMayNotSayOfAMessageIsIgnored(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	got := s.Call("POST", "/message", map[string]any{
		"sessionId": session, "content": "hi", "sender": "visitor", "id": "mine", "messageId": "mine", "status": "read", "timestamp": "1999-01-01T00:00:00Z",
		"attachments": []any{map[string]string{"url": "javascript:alert(1)"}}, "operatorName": "Ada", "attachmentIds": []any{},
	})
	m := created(t, s.Events(session)[1]).GetMessage()
	if got.Status != 200 || m.GetId() == "mine" || m.GetStatus() != "sent" || m.GetTimestamp().AsTime().Year() < 2020 || len(m.GetAttachments()) > 0 || m.GetOperatorName() != "" {
		t.Errorf("%d: stored %v", got.Status, m)
	}
}

func TestEditAndDeleteAreForTheVisitorsOwnMessagesOnly(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session, other := s.Visit("v"), s.Visit("w")
	mine, theirs := s.Say(session, "mine"), s.Reply(session, "theirs")
	s.Say(other, "x")
	before := s.End()
	for _, c := range []struct {
		session, message string
		status           int
		code             string
	}{
		{session, theirs, 403, "not_yours"}, {other, mine, 404, "unknown_message"}, {session, "nothing", 404, "unknown_message"},
	} {
		for _, got := range []gatewaytest.Answer{
			s.Call("PATCH", "/message/"+c.message, map[string]string{"sessionId": c.session, "content": "x"}),
			s.Call("POST", "/edit", map[string]string{"sessionId": c.session, "messageId": c.message, "content": "x"}),
			s.Call("DELETE", "/message/"+c.message+"?sessionId="+c.session, nil),
			s.Call("POST", "/delete", map[string]string{"sessionId": c.session, "messageId": c.message}),
		} {
			s.WantError(got, c.status, c.code)
		}
	}
	if got := s.End(); got != before {
		t.Errorf("the bus went from %d to %d", before, got)
	}
}

func TestEditAndDeleteAndTheirAliases(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	first, second := s.Say(session, "one"), s.Say(session, "two")
	edited := s.Call("PATCH", "/message/"+first, map[string]string{"sessionId": session, "content": "uno"})
	message, _ := edited.Body["message"].(map[string]any)
	if edited.Status != 200 || message["id"] != first || message["content"] != "uno" || message["editedAt"] == nil {
		t.Errorf("edit: %d %s", edited.Status, edited.Raw)
	}
	if got := s.Call("POST", "/edit", map[string]string{"sessionId": session, "messageId": second, "content": "due"}); got.Status != 200 {
		t.Errorf("edit alias: %d %s", got.Status, got.Raw)
	}
	if got := s.Call("DELETE", "/message/"+first+"?sessionId="+session, nil); got.Status != 200 || got.Body["deleted"] != true {
		t.Errorf("delete: %d %s", got.Status, got.Raw)
	}
	if got := s.Call("POST", "/delete", map[string]string{"sessionId": session, "messageId": second}); got.Status != 200 || got.Body["deleted"] != true {
		t.Errorf("delete alias: %d %s", got.Status, got.Raw)
	}
	s.WantError(s.Call("DELETE", "/message/"+first+"?sessionId="+session, nil), http.StatusGone, "deleted")
	s.WantError(s.Call("PATCH", "/message/"+first, map[string]string{"sessionId": session, "content": "uno"}), http.StatusGone, "deleted")
	got := s.Call("GET", "/messages?sessionId="+session, nil)
	if strings.Contains(got.Raw, "uno") || strings.Contains(got.Raw, "due") || !strings.Contains(got.Raw, `"deletedAt"`) {
		t.Errorf("history after both are gone: %s", got.Raw)
	}
}

func TestReadTicksTheTeamsMessagesOnceAndNeverTheVisitors(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	mine, theirs := s.Say(session, "mine"), s.Reply(session, "theirs")
	read := func(status string, ids ...string) float64 {
		t.Helper()
		got := s.Call("POST", "/read", map[string]any{"sessionId": session, "messageIds": ids, "status": status})
		n, ok := got.Body["updated"].(float64)
		if got.Status != 200 || !ok {
			t.Fatalf("read: %d %s", got.Status, got.Raw)
		}
		return n
	}
	before := s.End()
	if n := read("read", mine, "unknown", "", "\x00"); n != 0 || s.End() != before {
		t.Errorf("%v of the visitor's own were ticked", n)
	}
	if n := read("read", theirs, theirs, mine); n != 1 {
		t.Errorf("%v ticked, want 1", n)
	}
	after := s.End()
	if n := read("read", theirs) + read("delivered", theirs); n != 0 || s.End() != after {
		t.Errorf("%v ticked again", n)
	}
}

func TestBusThatIsAwayIsNeverAnsweredOK(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	messageID := s.Say(session, "hi")
	reply := s.Reply(session, "hello")
	s.Sessions.Hook(nil)
	s.NATS.Stop()
	bustest.Until(t, "the gateway has lost the bus", func() bool {
		return s.Call("POST", "/message", map[string]string{"sessionId": session, "content": "lost?"}).Status == 503
	})
	for name, got := range map[string]gatewaytest.Answer{
		"message": s.Call("POST", "/message", map[string]string{"sessionId": session, "content": "secret words"}),
		"edit":    s.Call("PATCH", "/message/"+messageID, map[string]string{"sessionId": session, "content": "x"}),
		"delete":  s.Call("DELETE", "/message/"+messageID+"?sessionId="+session, nil),
		"read":    s.Call("POST", "/read", map[string]any{"sessionId": session, "messageIds": []string{reply}}),
		"reply":   s.Call("POST", "/api/v1/sessions/"+session+"/reply", map[string]string{"content": "x"}, "Authorization", "Bearer "+gatewaytest.Key),
		"emit":    s.Call("POST", "/api/v1/events", map[string]string{"name": "x"}, "Authorization", "Bearer "+gatewaytest.Key),
	} {
		s.WantError(got, http.StatusServiceUnavailable, "unavailable")
		if got.Header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", name)
		}
	}
	for _, entry := range s.Logs.All() {
		line := entry.Message
		for _, field := range entry.ContextMap() {
			if text, ok := field.(string); ok {
				line += " " + text
			}
		}
		for _, secret := range []string{"secret words", session, gatewaytest.Key} {
			if strings.Contains(line, secret) {
				t.Errorf("the log says %q", line)
			}
		}
	}
}

func TestSessionsServiceThatIsAwayIsToldAndHarmsNoKnownSession(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "hi")
	s.Sessions.Away.Store(true)
	s.Say(session, "the bus alone is enough")
	for name, got := range map[string]gatewaytest.Answer{
		"connect":  s.Call("POST", "/connect", map[string]any{"visitorId": "w"}),
		"messages": s.Call("GET", "/messages?sessionId="+session, nil),
		"presence": s.Call("GET", "/presence", nil),
		"unknown":  s.Call("POST", "/message", map[string]string{"sessionId": "ses_of_another_gateway", "content": "hi"}),
		"stream":   s.Call("GET", "/stream?sessionId=ses_of_another_gateway", nil),
	} {
		s.WantError(got, http.StatusServiceUnavailable, "unavailable")
		if got.Header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", name)
		}
	}
}
