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
		{"attachments a string", "POST", "/message", `{"sessionId":"$S","content":"x","attachmentIds":"att_"}`, 400, "invalid_type", "attachmentIds"},
		{"attachments numbers", "POST", "/message", `{"sessionId":"$S","content":"x","attachmentIds":[1]}`, 400, "invalid_type", "attachmentIds"},
		{"attachments unknown", "POST", "/message", `{"sessionId":"$S","content":"x","attachmentIds":["att_0000000000000000000000"]}`, 400, "unknown_attachment", "attachmentId"},
		{"attachments twice", "POST", "/message", `{"sessionId":"$S","content":"x","attachmentIds":["$A","$A"]}`, 400, "duplicate_attachment", "attachmentIds"},
		{"attachments of another", "POST", "/message", `{"sessionId":"$O","content":"x","attachmentIds":["$A"]}`, 400, "unknown_attachment", "attachmentId"},
		{"attachments too many", "POST", "/message", `{"sessionId":"$S","content":"x","attachmentIds":["a"` + strings.Repeat(`,"a"`, 10) + `]}`, 400, "too_many_attachments", "attachmentIds"},
		{"attachments none", "POST", "/message", `{"sessionId":"$S","content":"","attachmentIds":[]}`, 400, "empty_content", "content"},
		{"attachments and too much text", "POST", "/message", `{"sessionId":"$S","content":"` + long + `","attachmentIds":["$A"]}`, 400, "content_too_long", "content"},
		{"attachments inline", "POST", "/message", `{"sessionId":"$S","content":"","attachments":[{"url":"javascript:alert(1)"}]}`, 400, "empty_content", "content"},
		{"upload without name", "POST", "/upload", `{"sessionId":"$S","mimeType":"image/png","size":5}`, 400, "invalid_filename", "filename"},
		{"upload a long name", "POST", "/upload", `{"sessionId":"$S","filename":"` + long + long + `","size":5}`, 400, "invalid_filename", "filename"},
		{"upload of nothing", "POST", "/upload", `{"sessionId":"$S","filename":"a","size":0}`, 400, "invalid_size", "size"},
		{"upload of less", "POST", "/upload", `{"sessionId":"$S","filename":"a","size":-1}`, 400, "invalid_size", "size"},
		{"upload of a half", "POST", "/upload", `{"sessionId":"$S","filename":"a","size":0.5}`, 400, "invalid_type", "size"},
		{"upload of a text", "POST", "/upload", `{"sessionId":"$S","filename":"a","size":"5"}`, 400, "invalid_type", "size"},
		{"upload of too much", "POST", "/upload", `{"sessionId":"$S","filename":"a","size":10485761}`, 413, "file_too_large", "large"},
		{"upload of a page", "POST", "/upload", `{"sessionId":"$S","filename":"a.html","mimeType":"text/html","size":5}`, 415, "type_not_allowed", "type"},
		{"upload of a drawing", "POST", "/upload", `{"sessionId":"$S","filename":"a.svg","mimeType":"image/svg+xml","size":5}`, 415, "type_not_allowed", "type"},
		{"upload of nobody", "POST", "/upload", `{"sessionId":"nobody","filename":"a","size":5}`, 404, "unknown_session", "sessionId"},
		{"upload by another word", "POST", "/upload-request", `{"sessionId":"$S","filename":"a"}`, 400, "invalid_size", "size"},
		{"complete nothing", "POST", "/upload/complete", `{"sessionId":"$S"}`, 400, "unknown_attachment", "attachmentId"},
		{"complete another's", "POST", "/upload/complete", `{"sessionId":"$O","attachmentId":"$A"}`, 400, "unknown_attachment", "attachmentId"},
		{"complete for nobody", "POST", "/upload/complete", `{"attachmentId":"$A"}`, 400, "invalid_session_id", "sessionId"},
		{"complete by another word", "POST", "/upload-complete", `{"attachmentId":"att_0000000000000000000000"}`, 400, "unknown_attachment", "attachmentId"},
		{"fail nothing", "POST", "/upload-failed", `{"attachmentId":"x"}`, 400, "unknown_attachment", "attachmentId"},
		{"identify as nobody", "POST", "/identify", `{"sessionId":"$S"}`, 400, "invalid_identity", "identity.id"},
		{"identify by a number", "POST", "/identify", `{"sessionId":"$S","identity":{"id":1}}`, 400, "invalid_identity", "identity.id"},
		{"identify by a list", "POST", "/identify", `{"sessionId":"$S","identity":[1]}`, 400, "invalid_identity", "identity"},
		{"identify nobody", "POST", "/identify", `{"sessionId":"nobody","identity":{"id":"u"}}`, 404, "unknown_session", "sessionId"},
		{"reached nowhere", "POST", "/prechat", `{"sessionId":"$S"}`, 400, "missing_contact", "email"},
		{"reached at a name", "POST", "/prechat", `{"sessionId":"$S","email":"Ada <ada@example.com>"}`, 400, "invalid_email", "email"},
		{"reached at two", "POST", "/prechat", `{"sessionId":"$S","email":"a@b.c, d@e.f"}`, 400, "invalid_email", "email"},
		{"reached at a line", "POST", "/prechat", `{"sessionId":"$S","email":"a@b.c\r\nBcc: d@e.f"}`, 400, "invalid_email", "email"},
		{"reached far away", "POST", "/prechat", `{"sessionId":"$S","email":"a@` + long[:300] + `.c"}`, 400, "invalid_email", "email"},
		{"called at home", "POST", "/prechat", `{"sessionId":"$S","phone":"030 1234567"}`, 400, "invalid_phone", "phone"},
		{"called without end", "POST", "/prechat", `{"sessionId":"$S","phone":"+1234567890123456"}`, 400, "invalid_phone", "phone"},
		{"called in Utopia", "POST", "/prechat", `{"sessionId":"$S","phone":"+491701234567","phoneCountry":"Utopia"}`, 400, "invalid_phone_country", "phoneCountry"},
		{"rated with nothing", "POST", "/csat", `{"sessionId":"$S"}`, 400, "invalid_score", "score"},
		{"rated with six", "POST", "/csat", `{"sessionId":"$S","score":6}`, 400, "invalid_score", "score"},
		{"rated with a half", "POST", "/csat", `{"sessionId":"$S","score":4.5}`, 400, "invalid_type", "score"},
		{"rated with a word", "POST", "/csat", `{"sessionId":"$S","score":"5"}`, 400, "invalid_type", "score"},
		{"rated at length", "POST", "/csat", `{"sessionId":"$S","score":5,"comment":"` + long[:1001] + `"}`, 400, "comment_too_long", "comment"},
		{"rated unseen", "POST", "/csat", `{"sessionId":"$O","score":5}`, 400, "not_started", "session"},
		{"screenshot of nobody", "POST", "/screenshot/upload", `{"requestId":"r"}`, 400, "invalid_session_id", "sessionId"},
		{"screenshot unasked", "POST", "/screenshot/upload", `{"sessionId":"$S","requestId":"r"}`, 404, "unknown_request", "requestId"},
		{"screenshot of nothing", "POST", "/screenshot/upload", `{"sessionId":"$S"}`, 404, "unknown_request", "requestId"},
		{"screenshot complete unasked", "POST", "/screenshot/upload/complete", `{"sessionId":"$S","requestId":"r","attachmentId":"$A"}`, 404, "unknown_request", "requestId"},
		{"gone with a number", "POST", "/disconnect", `{"sessionId":"$S","reason":7}`, 400, "invalid_type", "reason"},
		{"gone nobody", "POST", "/disconnect", `{"sessionId":"nobody"}`, 404, "unknown_session", "sessionId"},
		{"history of nobody", "GET", "/messages?sessionId=ses_0000000000000000000000", ``, 404, "unknown_session", "sessionId"},
		{"history without session", "GET", "/messages", ``, 400, "invalid_session_id", "sessionId"},
		{"history of bytes", "GET", "/messages?sessionId=%ff", ``, 400, "invalid_session_id", "sessionId"},
		{"screenshots of nobody", "GET", "/screenshot/requests", ``, 400, "invalid_session_id", "sessionId"},
		{"stream without session", "GET", "/stream", ``, 400, "invalid_session_id", "sessionId"},
		{"stream of nobody", "GET", "/stream?sessionId=nobody", ``, 404, "unknown_session", "sessionId"},
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
	for _, path := range []string{
		"/connect", "/message", "/edit", "/delete", "/typing", "/read", "/disconnect", "/visibility", "/api/v1/events", "/api/v1/sessions/$S/reply",
		"/upload", "/upload/complete", "/upload-complete", "/upload-failed", "/identify", "/prechat", "/csat", "/screenshot/upload", "/screenshot/upload/complete",
	} {
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
	s := gatewaytest.Start(t, gatewaytest.WithScreenshots)
	session := s.Visit("v")
	fill := strings.NewReplacer("$S", session, "$M", s.Say(session, "hi"), "$A", s.Upload(session, "a.png", "image/png", gatewaytest.PNG), "$O", s.Visit("other"))
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
	body := fmt.Sprintf(`{"sessionId":%q,"content":"x","state":"hidden","visitorId":"v","messageIds":[],"identity":{"id":"u"},"score":5}`, session)
	for _, path := range []string{"/connect", "/message", "/typing", "/read", "/identify", "/csat"} {
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
		"/upload": "POST", "/csat": "POST", "/screenshot/requests": "GET",
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
