package widget_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// bad is a request that must be refused; $S stands for a session, $M for a message of it.
type bad struct {
	name, method, path, body string
	status                   int
	code, names              string
}

func badRequests() []bad {
	long, deep := strings.Repeat("x", 4001), strings.Repeat("[", 5000)+strings.Repeat("]", 5000)
	all := []bad{
		{"visitor id missing", "POST", "/connect", `{"sessionId":null}`, 400, "invalid_visitor_id", "visitorId"},
		{"visitor id null", "POST", "/connect", `{"visitorId":null}`, 400, "invalid_visitor_id", "visitorId"},
		{"visitor id NUL", "POST", "/connect", `{"visitorId":"a\u0000b"}`, 400, "invalid_visitor_id", "visitorId"},
		{"visitor id long", "POST", "/connect", `{"visitorId":"` + long + `"}`, 400, "invalid_visitor_id", "visitorId"},
		{"visitor id a number", "POST", "/connect", `{"visitorId":7}`, 400, "invalid_type", "visitorId"},
		{"session id a number", "POST", "/connect", `{"visitorId":"v","sessionId":7}`, 400, "invalid_type", "sessionId"},
		{"metadata an array", "POST", "/connect", `{"visitorId":"v","metadata":[1]}`, 400, "invalid_metadata", "metadata"},
		{"metadata out of range", "POST", "/connect", `{"visitorId":"v","metadata":{"n":1e309}}`, 400, "invalid_metadata", "metadata"},
		{"metadata too deep", "POST", "/connect", `{"visitorId":"v","metadata":{"a":` + deep + `}}`, 400, "too_deep", "nested"},
		{"identity without id", "POST", "/connect", `{"visitorId":"v","identity":{"email":"a@b.c"}}`, 400, "invalid_identity", "identity.id"},
		{"identity id a number", "POST", "/connect", `{"visitorId":"v","identity":{"id":1}}`, 400, "invalid_identity", "identity.id"},
		{"content missing", "POST", "/message", `{"sessionId":"$S"}`, 400, "empty_content", "content"},
		{"content blank", "POST", "/message", `{"sessionId":"$S","content":" \n\t"}`, 400, "empty_content", "content"},
		{"content null", "POST", "/message", `{"sessionId":"$S","content":null}`, 400, "empty_content", "content"},
		{"content a number", "POST", "/message", `{"sessionId":"$S","content":5}`, 400, "invalid_type", "content"},
		{"content long", "POST", "/message", `{"sessionId":"$S","content":"` + long + `"}`, 400, "content_too_long", "content"},
		{"sender operator", "POST", "/message", `{"sessionId":"$S","content":"x","sender":"operator"}`, 400, "invalid_sender", "sender"},
		{"sender twice", "POST", "/message", `{"sessionId":"$S","content":"x","sender":"visitor","sender":"ai"}`, 400, "invalid_sender", "sender"},
		{"sender in other letters", "POST", "/message", `{"sessionId":"$S","content":"x","sender":"visitor","Sender":"ai"}`, 400, "invalid_sender", "sender"},
		{"session missing", "POST", "/message", `{"content":"x"}`, 400, "invalid_session_id", "sessionId"},
		{"session null", "POST", "/message", `{"content":"x","sessionId":null}`, 400, "invalid_session_id", "sessionId"},
		{"session unknown", "POST", "/message", `{"content":"x","sessionId":"ses_0000000000000000000000"}`, 404, "unknown_session", "sessionId"},
		{"session of everyone", "POST", "/message", `{"content":"x","sessionId":"all"}`, 400, "invalid_session_id", "sessionId"},
		{"session a subject", "POST", "/message", `{"content":"x","sessionId":"a.b.>*"}`, 404, "unknown_session", "sessionId"},
		{"session __proto__", "POST", "/message", `{"content":"x","sessionId":"__proto__"}`, 404, "unknown_session", "sessionId"},
		{"edit blank", "PATCH", "/message/$M", `{"sessionId":"$S","content":""}`, 400, "empty_content", "content"},
		{"edit a placeholder", "PATCH", "/message/temp-1", `{"sessionId":"$S","content":"x"}`, 400, "invalid_message_id", "messageId"},
		{"edit invalid UTF-8", "PATCH", "/message/%ff%00", `{"sessionId":"$S","content":"x"}`, 400, "invalid_message_id", "messageId"},
		{"edit alias without id", "POST", "/edit", `{"sessionId":"$S","content":"x"}`, 400, "invalid_message_id", "messageId"},
		{"delete without session", "DELETE", "/message/$M", ``, 400, "invalid_session_id", "sessionId"},
		{"delete alias without id", "POST", "/delete", `{"sessionId":"$S"}`, 400, "invalid_message_id", "messageId"},
		{"typing as operator", "POST", "/typing", `{"sessionId":"$S","sender":"operator"}`, 400, "invalid_sender", "sender"},
		{"typing a string", "POST", "/typing", `{"sessionId":"$S","isTyping":"true"}`, 400, "invalid_type", "isTyping"},
		{"read without ids", "POST", "/read", `{"sessionId":"$S"}`, 400, "missing_message_ids", "messageIds"},
		{"read ids a string", "POST", "/read", `{"sessionId":"$S","messageIds":"$M"}`, 400, "invalid_type", "messageIds"},
		{"read ids numbers", "POST", "/read", `{"sessionId":"$S","messageIds":[1]}`, 400, "invalid_type", "messageIds"},
		{"read too many", "POST", "/read", `{"sessionId":"$S","messageIds":["a"` + strings.Repeat(`,"a"`, 100) + `]}`, 400, "too_many_message_ids", "messageIds"},
		{"read as seen", "POST", "/read", `{"sessionId":"$S","messageIds":[],"status":"seen"}`, 400, "invalid_status", "status"},
		{"visible perhaps", "POST", "/visibility", `{"sessionId":"$S","state":"perhaps"}`, 400, "invalid_state", "state"},
		{"visible when", "POST", "/visibility", `{"sessionId":"$S","state":"hidden","timestamp":"now"}`, 400, "invalid_type", "timestamp"},
		{"gone for ever", "POST", "/disconnect", `{"sessionId":"$S","duration":1e309}`, 400, "invalid_type", "duration"},
		{"history of nobody", "GET", "/messages?sessionId=ses_0000000000000000000000", ``, 404, "unknown_session", "sessionId"},
		{"history without session", "GET", "/messages", ``, 400, "invalid_session_id", "sessionId"},
		{"history of bytes", "GET", "/messages?sessionId=%ff", ``, 400, "invalid_session_id", "sessionId"},
		{"screenshots of nobody", "GET", "/screenshot/requests", ``, 400, "invalid_session_id", "sessionId"},
		{"stream without session", "GET", "/stream", ``, 400, "invalid_session_id", "sessionId"},
		{"stream of nobody", "GET", "/stream?sessionId=nobody", ``, 404, "unknown_session", "sessionId"},
		{"stream without upgrade", "GET", "/stream?sessionId=$S", ``, 400, "websocket_required", "WebSocket"},
		{"no route", "POST", "/nothing", `{}`, 404, "not_found", "route"},
		{"no route below", "POST", "/connect/", `{}`, 404, "not_found", "route"},
		{"emit without name", "POST", "/api/v1/sessions/$S/events", `{"data":1}`, 400, "invalid_name", "name"},
		{"emit a long name", "POST", "/api/v1/events", `{"name":"` + long[:101] + `"}`, 400, "invalid_name", "name"},
		{"emit too much", "POST", "/api/v1/events", `{"name":"n","data":1e309}`, 400, "invalid_data", "data"},
		{"emit to nobody", "POST", "/api/v1/sessions/nobody/events", `{"name":"n"}`, 404, "unknown_session", "sessionId"},
		{"reply nothing", "POST", "/api/v1/sessions/$S/reply", ``, 400, "empty_content", "content"},
		{"reply as a crowd", "POST", "/api/v1/sessions/$S/reply", `{"content":"x","operatorName":"` + long[:101] + `"}`, 400, "invalid_operator", "operatorName"},
		{"close as a crowd", "POST", "/api/v1/sessions/$S/close", `{"operatorName":"a\nb"}`, 400, "invalid_operator", "operatorName"},
		{"status of nothing", "POST", "/api/operator/status", `{}`, 400, "missing_online", "online"},
		{"status of bytes", "POST", "/api/operator/status", `{"online":true,"operatorId":"\u0000"}`, 400, "invalid_operator", "operatorId"},
		{"status perhaps", "POST", "/api/operator/status", `{"online":"yes"}`, 400, "invalid_type", "online"},
	}
	for _, path := range []string{"/connect", "/message", "/edit", "/delete", "/typing", "/read", "/disconnect", "/visibility", "/api/v1/events", "/api/v1/sessions/$S/reply"} {
		for name, c := range map[string]struct{ body, code string }{
			"an array": {`[]`, "not_an_object"}, "null": {`null`, "not_an_object"}, "a string": {`"x"`, "not_an_object"}, "half": {`{"a":`, "malformed_json"},
			"two": {`{}{}`, "malformed_json"}, "invalid UTF-8": {"{\"content\":\"\xff\xfe\"}", "malformed_json"}, "a BOM": {"\xef\xbb\xbf{}", "malformed_json"},
			"deep": {`{"data":` + strings.Repeat(`{"a":`, 9000) + `1` + strings.Repeat(`}`, 9000) + `}`, "too_deep"},
			"NUL":  {"{\"content\":\"\x00\"}", "malformed_json"},
		} {
			all = append(all, bad{path + " " + name, "POST", path, c.body, 400, c.code, ""})
		}
		all = append(all, bad{path + " too large", "POST", path, `{"a":"` + strings.Repeat("x", 65<<10) + `"}`, 413, "body_too_large", "65536"})
	}
	return all
}

func TestBadInputIsRefusedWithAReasonAndPublishesNothing(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	fill := strings.NewReplacer("$S", session, "$M", s.Say(session, "hi"))
	before := s.End()
	for _, c := range badRequests() {
		got := s.Call(c.method, fill.Replace(c.path), fill.Replace(c.body), "Origin", "https://example.com", "Authorization", "Bearer "+gatewaytest.Key)
		if got.Status != c.status || got.Text("code") != c.code || !strings.Contains(got.Text("error"), c.names) || len(got.Raw) > 300 {
			t.Errorf("%s: answered %d %.300s, want %d %s naming %q", c.name, got.Status, got.Raw, c.status, c.code, c.names)
		}
		if !strings.HasPrefix(c.path, "/api") && got.Header.Get("Access-Control-Allow-Origin") != "https://example.com" {
			t.Errorf("%s: a page could not read the error", c.name)
		}
	}
	if got := s.End(); got != before {
		t.Errorf("the bus went from %d to %d", before, got)
	}
}

func TestOnlyJSONIsTakenAndPlainTextFromBeacons(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	body := fmt.Sprintf(`{"sessionId":%q,"content":"x","state":"hidden","visitorId":"v","messageIds":[]}`, session)
	for _, path := range []string{"/connect", "/message", "/typing", "/read"} {
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "json", ";"} {
			s.WantError(s.Call("POST", path, body, "Content-Type", kind), http.StatusUnsupportedMediaType, "not_json")
		}
		if got := s.Call("POST", path, body, "Content-Type", "application/json; charset=utf-8"); got.Status != 200 {
			t.Errorf("%s: %d %s", path, got.Status, got.Raw)
		}
	}
	for _, path := range []string{"/visibility", "/disconnect"} {
		if got := s.Call("POST", path, body, "Content-Type", "text/plain;charset=UTF-8"); got.Status != 200 || got.Body["ok"] != true {
			t.Errorf("%s: %d %s", path, got.Status, got.Raw)
		}
	}
}

func TestWrongVerbIsToldWhichOnesAreRight(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	for path, allow := range map[string]string{
		"/connect": "POST", "/message": "POST", "/messages": "GET", "/message/1": "PATCH, DELETE", "/stream": "GET", "/presence": "GET", "/typing": "POST",
	} {
		for _, method := range []string{"GET", "PUT", "TRACE", "POST", "PROPFIND"} {
			if strings.Contains(allow, method) {
				continue
			}
			got := s.Call(method, path, nil)
			s.WantError(got, http.StatusMethodNotAllowed, "method_not_allowed")
			if got.Header.Get("Allow") != allow {
				t.Errorf("%s %s: Allow %q, want %q", method, path, got.Header.Get("Allow"), allow)
			}
		}
	}
}

func TestAPIWantsItsKey(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	before := s.End()
	for _, auth := range []string{"", "Bearer", "Bearer ", "Bearer x", gatewaytest.Key, "bearer " + gatewaytest.Key, "Bearer " + gatewaytest.Key + "x", "Basic eDp5"} {
		got := s.Call("POST", "/api/v1/events", `{"name":"x"}`, "Authorization", auth)
		s.WantError(got, http.StatusUnauthorized, "unauthorized")
	}
	if got := s.End(); got != before {
		t.Errorf("the bus went from %d to %d", before, got)
	}
}
