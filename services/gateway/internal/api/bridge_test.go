package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// report posts as a site's backend does.
func report(s *gatewaytest.Site, path string, body any) gatewaytest.Answer {
	s.Helper()
	return s.Call("POST", path, body, "Authorization", "Bearer "+gatewaytest.Key)
}

// stored are all events of the project in order, of whatever session.
func stored(s *gatewaytest.Site) (events []bus.Event) {
	s.Helper()
	if err := s.Bus.Replay(s.Context(), 0, bus.Filter{}, func(ev bus.Event) error { events = append(events, ev); return nil }); err != nil {
		s.Fatal(err)
	}
	return events
}

func typesOf(events []bus.Event) (types []bus.Type) {
	for _, ev := range events {
		types = append(types, ev.Type)
	}
	return types
}

func ok(s *gatewaytest.Site, got gatewaytest.Answer) gatewaytest.Answer {
	s.Helper()
	if got.Status != 200 || got.Body["ok"] != true {
		s.Fatalf("answered %d %s", got.Status, got.Raw)
	}
	return got
}

func TestEveryIncomingTypeOfTheBridgeAPIIsStored(t *testing.T) {
	s := gatewaytest.Start(t)
	for _, body := range []string{
		`{"type":"new_session","session":{"id":"order 7/ä","visitorId":"v","metadata":{"url":"https://shop.example/"},"status":"active","operatorOnline":false,"identity":null}}`,
		`{"type":"visitor_message","message":{"id":"m1","content":"hi","sender":"visitor","sessionId":"order 7/ä","timestamp":"2026-01-02T03:04:05.678Z","status":"sent"},"session":{"id":"order 7/ä","visitorId":"v"}}`,
		`{"type":"visitor_message_edited","sessionId":"order 7/ä","messageId":"m1","content":"hello","editedAt":"2026-01-02T03:05:05.678Z"}`,
		`{"type":"visitor_message_deleted","sessionId":"order 7/ä","messageId":"m1","deletedAt":"2026-01-02T03:06:05.678Z"}`,
		`{"type":"custom_event","event":{"name":"paid","data":{"sum":3},"timestamp":"2026-01-02T03:04:05Z"},"session":{"id":"order 7/ä"}}`,
		`{"type":"identity_update","session":{"id":"order 7/ä","identity":{"userId":"u1","name":"Grace"}}}`,
		`{"type":"ai_takeover","session":{"id":"order 7/ä"},"reason":"timeout"}`,
		`{"type":"operator_status","online":true}`,
		`{"type":"csat_submitted","session":{"id":"order 7/ä"},"score":4,"comment":"good"}`,
		`{"type":"visitor_disconnect","session":{"id":"order 7/ä"},"duration":42,"reason":"page_unload"}`,
	} {
		ok(s, report(s, "/api/events", body))
	}
	events := stored(s)
	want := []bus.Type{bus.SessionStarted, bus.MessageCreated, bus.MessageEdited, bus.MessageDeleted, bus.EventReceived, bus.SessionUpdated,
		bus.AISwitched, bus.OperatorStatus, bus.CsatSubmitted, bus.SessionLeft}
	if got := typesOf(events); !slices.Equal(got, want) {
		t.Fatalf("stored %v, want %v", got, want)
	}
	start, _ := events[0].Data.(*eventv1.Session)
	said, _ := events[1].Data.(*eventv1.MessageCreated)
	who, _ := events[5].Data.(*eventv1.Session)
	if start.GetSession().GetExternalId() != "order 7/ä" || start.GetPlatform() != "api" || !events[0].Session.Own() || strings.Contains(string(events[0].Session), "order") {
		t.Errorf("started %v as %s", start, events[0].Session)
	}
	if m := said.GetMessage(); m.GetId() != "m1" || m.GetContent() != "hi" || m.GetSender() != "visitor" || m.GetTimestamp().AsTime().Year() != 2026 || said.GetVisitorId() != "v" || said.GetPlatform() != "api" {
		t.Errorf("said %v", said)
	}
	if fields := who.GetSession().GetIdentity().GetFields(); fields["id"].GetStringValue() != "u1" || fields["userId"] != nil {
		t.Errorf("identity %v", fields)
	}
	for _, ev := range events {
		if ev.Type != bus.OperatorStatus && ev.Session != events[0].Session {
			t.Errorf("%s is of session %s", ev.Type, ev.Session)
		}
	}
}

func TestRoutesOfTheBridgeAPITakeTheirOwnBodies(t *testing.T) {
	s := gatewaytest.Start(t)
	ok(s, report(s, "/api/sessions", `{"id":"s","visitorId":"v"}`))
	sent := ok(s, report(s, "/api/messages", `{"message":{"id":"m","content":"","attachments":[{"filename":"a.pdf","url":"https://shop.example/a.pdf"}]},"session":{"id":"s"}}`))
	if sent.Text("messageId") != "m" || sent.Text("sessionId") != "s" {
		t.Errorf("answered %s", sent.Raw)
	}
	ok(s, report(s, "/api/custom-events", `{"event":{"name":"n"},"session":{"id":"s"}}`))
	ok(s, report(s, "/api/disconnect", `{"session":{"id":"s"},"duration":1.5,"reason":"manual"}`))
	ok(s, report(s, "/api/operator/status", `{"online":false}`))
	events := stored(s)
	if got, want := typesOf(events), []bus.Type{bus.SessionStarted, bus.MessageCreated, bus.EventReceived, bus.SessionLeft, bus.OperatorStatus}; !slices.Equal(got, want) {
		t.Fatalf("stored %v, want %v", got, want)
	}
	if said, _ := events[1].Data.(*eventv1.MessageCreated); said.GetMessage().GetContent() != "📎 a.pdf https://shop.example/a.pdf" {
		t.Errorf("said %q", said.GetMessage().GetContent())
	}
}

func TestReportThatIsRepeatedIsStoredOnceAndOnlyWithinItsSession(t *testing.T) {
	s := gatewaytest.Start(t)
	for range 3 {
		for _, session := range []string{"one", "two"} {
			ok(s, report(s, "/api/messages", `{"message":{"id":"m1","content":"hi"},"session":{"id":"`+session+`"}}`))
			ok(s, report(s, "/api/custom-events", `{"event":{"name":"n","timestamp":"2026-01-02T03:04:05Z"},"session":{"id":"`+session+`"}}`))
			ok(s, report(s, "/api/events", `{"type":"csat_submitted","session":{"id":"`+session+`"},"score":3}`))
		}
	}
	count := map[bus.Type]int{}
	for _, ev := range stored(s) {
		count[ev.Type]++
	}
	for _, kind := range []bus.Type{bus.SessionStarted, bus.MessageCreated, bus.EventReceived, bus.CsatSubmitted} {
		if count[kind] != 2 {
			t.Errorf("%d of %s, want one in each of two sessions", count[kind], kind)
		}
	}
}

func TestOneIDOfABackendIsOneSessionAtEveryGateway(t *testing.T) {
	s := gatewaytest.Start(t)
	other := s.Beside()
	ok(s, report(s, "/api/messages", `{"message":{"id":"m1","content":"a"},"session":{"id":"x"}}`))
	ok(other, report(other, "/api/messages", `{"message":{"id":"m2","content":"b"},"session":{"id":"x"}}`))
	sessions := map[string]bool{}
	for _, ev := range stored(s) {
		sessions[string(ev.Session)] = true
	}
	if len(sessions) != 1 {
		t.Errorf("sessions %v", sessions)
	}
}

func TestBadReportsAreRefusedWithACodeAndPublishNothing(t *testing.T) {
	s := gatewaytest.Start(t)
	widget := s.Visit("v")
	s.Say(widget, "hi")
	ok(s, report(s, "/api/sessions", `{"id":"known"}`))
	before := s.End()
	long := strings.Repeat("x", 4001)
	for body, want := range map[string]string{
		`{"type":"nonsense"}`: "400 unknown_type", `{}`: "400 unknown_type", `[]`: "400 not_an_object", `{`: "400 malformed_json", `{"type":7}`: "400 invalid_type",
		`{"type":"new_session"}`: "400 missing_session", `{"type":"new_session","session":{}}`: "400 invalid_session_id",
		`{"type":"new_session","session":{"id":"all"}}`:                                                               "400 invalid_session_id",
		`{"type":"new_session","session":{"id":"a\u0000b"}}`:                                                          "400 invalid_session_id",
		`{"type":"new_session","session":{"id":"a","createdAt":"yesterday"}}`:                                         "400 invalid_created_at",
		`{"type":"new_session","session":{"id":"a","metadata":[]}}`:                                                   "400 invalid_metadata",
		`{"type":"new_session","session":{"id":"a","identity":"me"}}`:                                                 "400 invalid_identity",
		`{"type":"visitor_message","session":{"id":"a"}}`:                                                             "400 missing_message",
		`{"type":"visitor_message","message":{"id":"m","content":"x"}}`:                                               "400 missing_session",
		`{"type":"visitor_message","message":{"content":"x"},"session":{"id":"a"}}`:                                   "400 invalid_message_id",
		`{"type":"visitor_message","message":{"id":"telegram:7","content":"x"},"session":{"id":"a"}}`:                 "400 invalid_message_id",
		`{"type":"visitor_message","message":{"id":"m","content":" "},"session":{"id":"a"}}`:                          "400 empty_content",
		`{"type":"visitor_message","message":{"id":"m","content":"` + long + `"},"session":{"id":"a"}}`:               "400 content_too_long",
		`{"type":"visitor_message","message":{"id":"m","content":"x","sender":"operator"},"session":{"id":"a"}}`:      "400 invalid_sender",
		`{"type":"visitor_message","message":{"id":"m","content":"x","timestamp":"0"},"session":{"id":"a"}}`:          "400 invalid_timestamp",
		`{"type":"visitor_message","message":{"id":"m","attachments":[{"url":"javascript:1"}]},"session":{"id":"a"}}`: "400 invalid_attachments",
		`{"type":"visitor_message","message":{"id":"m","content":"x","replyTo":7},"session":{"id":"a"}}`:              "400 invalid_reply_to",
		`{"type":"visitor_message","message":{"id":"m","content":"x"},"session":{"id":"` + widget + `"}}`:             "409 widget_session",
		`{"type":"visitor_message_edited","sessionId":"known","messageId":"m","content":"x"}`:                         "404 unknown_message",
		`{"type":"visitor_message_edited","sessionId":"nobody","messageId":"m","content":"x"}`:                        "404 unknown_session",
		`{"type":"visitor_message_deleted","messageId":"m"}`:                                                          "400 missing_session",
		`{"type":"visitor_message_deleted","sessionId":"` + widget + `","messageId":"m"}`:                             "409 widget_session",
		`{"type":"message_read","sessionId":"known"}`:                                                                 "400 invalid_message_ids",
		`{"type":"message_read","sessionId":"known","messageIds":["m"],"status":"seen"}`:                              "400 invalid_status",
		`{"type":"custom_event","session":{"id":"a"}}`:                                                                "400 missing_event",
		`{"type":"custom_event","event":{"name":""},"session":{"id":"a"}}`:                                            "400 invalid_name",
		`{"type":"custom_event","event":{"name":"n"}}`:                                                                "400 missing_session",
		`{"type":"identity_update","session":{"id":"known"}}`:                                                         "400 missing_identity",
		`{"type":"ai_takeover"}`:                                               "400 missing_session",
		`{"type":"operator_status"}`:                                           "400 missing_online",
		`{"type":"csat_submitted","session":{"id":"known"}}`:                   "400 invalid_score",
		`{"type":"csat_submitted","session":{"id":"known"},"score":4.5}`:       "400 invalid_score",
		`{"type":"csat_submitted","session":{"id":"known"},"score":6}`:         "400 invalid_score",
		`{"type":"visitor_disconnect","duration":1}`:                           "400 missing_session",
		`{"type":"visitor_disconnect","session":{"id":"nobody"}}`:              "404 unknown_session",
		`{"type":"visitor_disconnect","session":{"id":"known"},"duration":-1}`: "400 invalid_duration",
	} {
		status, code, _ := strings.Cut(want, " ")
		got := report(s, "/api/events", body)
		number, _ := json.Marshal(got.Status)
		if string(number) != status || got.Text("code") != code || got.Text("error") == "" {
			t.Errorf("%.120s\n answered %d %.200s, want %s", body, got.Status, got.Raw, want)
		}
	}
	if end := s.End(); end != before {
		t.Errorf("the bus went from %d to %d", before, end)
	}
}

func TestReportIsNotTakenWhileNobodyCanSayWhoseItIs(t *testing.T) {
	s := gatewaytest.Start(t)
	s.Sessions.Away.Store(true)
	got := report(s, "/api/sessions", `{"id":"s"}`)
	if s.WantError(got, 503, "unavailable"); got.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}
