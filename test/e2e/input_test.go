package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

// bad is a request that must be refused with 4xx, and leave nothing on the bus.
type bad struct {
	name, method, path string
	body               string
	contentType        string // application/json unless given; "none" for none
	status             int    // 0 for any 4xx
}

// deep is JSON nested 10,000 deep, as the value of a field.
var deep = strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)

// bodies are wrong for every route that reads JSON; {s} is a session that exists, {m} one of its messages.
var bodies = map[string]string{
	"nothing":                 "",
	"no JSON":                 "hello",
	"cut off":                 `{"sessionId":"{s}"`,
	"two values":              `{"sessionId":"{s}"}{"sessionId":"{s}"}`,
	"an array":                `[{"sessionId":"{s}"}]`,
	"null":                    `null`,
	"a string":                `"{s}"`,
	"a number too large":      `{"sessionId":1e309}`,
	"invalid UTF-8":           "{\"sessionId\":\"{s}\",\"content\":\"\xff\xfe\"}",
	"nested in a field":       `{"sessionId":` + deep + `}`,
	"nothing but nesting":     deep,
	"session of a wrong type": `{"sessionId":7,"visitorId":7,"content":"hi","messageIds":["x"],"messageId":"x","state":"visible"}`,
	"missing session":         `{"content":"hi","messageIds":["x"],"messageId":"x","state":"visible"}`,
	"empty session":           `{"sessionId":"","visitorId":"","content":"hi","messageIds":["x"],"messageId":"x","state":"visible"}`,
	"unknown session":         `{"sessionId":"ses_0000000000000000000000","content":"hi","messageIds":["x"],"messageId":"x","state":"visible"}`,
	"session with wildcards":  `{"sessionId":"*.>","content":"hi","messageIds":["x"],"messageId":"x","state":"visible"}`,
	"everyone's session":      `{"sessionId":"all","content":"hi","messageIds":["x"],"messageId":"x","state":"visible"}`,
	"a proto's key":           `{"__proto__":{"sessionId":"{s}"}}`,
	"10 MB":                   `{"sessionId":"{s}","content":"` + strings.Repeat("x", 10<<20) + `"}`,
}

// jsonRoutes read a JSON body.
var jsonRoutes = []struct{ method, path string }{
	{"POST", "/connect"}, {"POST", "/message"}, {"PATCH", "/message/{m}"}, {"POST", "/edit"}, {"POST", "/delete"},
	{"POST", "/typing"}, {"POST", "/read"}, {"POST", "/disconnect"}, {"POST", "/visibility"},
}

// special are refused for what one route alone says.
var special = []bad{
	{name: "blank text", method: "POST", path: "/message", body: `{"sessionId":"{s}","content":" \n\t "}`, status: 400},
	{name: "no text", method: "POST", path: "/message", body: `{"sessionId":"{s}"}`, status: 400},
	{name: "text of a wrong type", method: "POST", path: "/message", body: `{"sessionId":"{s}","content":{"a":1}}`, status: 400},
	{name: "4,001 characters", method: "POST", path: "/message", body: `{"sessionId":"{s}","content":"` + strings.Repeat("ä", 4001) + `"}`, status: 400},
	{name: "sender operator", method: "POST", path: "/message", body: `{"sessionId":"{s}","content":"hi","sender":"operator"}`, status: 400},
	{name: "sender ai", method: "POST", path: "/message", body: `{"sessionId":"{s}","content":"hi","sender":"ai"}`, status: 400},
	{name: "answer of a wrong type", method: "POST", path: "/message", body: `{"sessionId":"{s}","content":"hi","replyTo":{"id":"{m}"}}`, status: 400},
	{name: "edit to nothing", method: "PATCH", path: "/message/{m}", body: `{"sessionId":"{s}","content":""}`, status: 400},
	{name: "edit to 4,001", method: "PATCH", path: "/message/{m}", body: `{"sessionId":"{s}","content":"` + strings.Repeat("x", 4001) + `"}`, status: 400},
	{name: "edit of an unknown message", method: "PATCH", path: "/message/nope", body: `{"sessionId":"{s}","content":"x"}`, status: 404},
	{name: "edit of a placeholder", method: "PATCH", path: "/message/temp-1", body: `{"sessionId":"{s}","content":"x"}`, status: 400},
	{name: "deletion without session", method: "DELETE", path: "/message/{m}", status: 400},
	{name: "deletion in an unknown session", method: "DELETE", path: "/message/{m}?sessionId=ses_0000000000000000000000", status: 404},
	{name: "deletion of an unknown message", method: "DELETE", path: "/message/nope?sessionId={s}", status: 404},
	{name: "receipts without list", method: "POST", path: "/read", body: `{"sessionId":"{s}"}`, status: 400},
	{name: "receipts of a wrong type", method: "POST", path: "/read", body: `{"sessionId":"{s}","messageIds":"{m}"}`, status: 400},
	{name: "receipts with a wrong status", method: "POST", path: "/read", body: `{"sessionId":"{s}","messageIds":[],"status":"seen"}`, status: 400},
	{name: "101 receipts", method: "POST", path: "/read", body: `{"sessionId":"{s}","messageIds":[` + strings.Repeat(`"x",`, 100) + `"x"]}`, status: 400},
	{name: "typing as operator", method: "POST", path: "/typing", body: `{"sessionId":"{s}","sender":"operator"}`, status: 400},
	{name: "typing of a wrong type", method: "POST", path: "/typing", body: `{"sessionId":"{s}","isTyping":"yes"}`, status: 400},
	{name: "visibility of a wrong state", method: "POST", path: "/visibility", body: `{"sessionId":"{s}","state":"gone"}`, status: 400},
	{name: "visitor id of 129", method: "POST", path: "/connect", body: `{"visitorId":"` + strings.Repeat("v", 129) + `"}`, status: 400},
	{name: "identity without id", method: "POST", path: "/connect", body: `{"visitorId":"v","identity":{"name":"x"}}`, status: 400},
	{name: "identity of a wrong type", method: "POST", path: "/connect", body: `{"visitorId":"v","identity":["x"]}`, status: 400},
	{name: "metadata of a wrong type", method: "POST", path: "/connect", body: `{"visitorId":"v","metadata":"x"}`, status: 400},
	{name: "metadata nested deep", method: "POST", path: "/connect", body: `{"visitorId":"v","metadata":{"a":` + deep + `}}`, status: 400},
	{name: "history without session", method: "GET", path: "/messages", status: 400},
	{name: "history of an unknown session", method: "GET", path: "/messages?sessionId=ses_0000000000000000000000", status: 404},
	{name: "screenshots without session", method: "GET", path: "/screenshot/requests", status: 400},
	{name: "no such route", method: "POST", path: "/nothing/here", body: `{}`, status: 404},
	{name: "the root", method: "GET", path: "/", status: 404},
	{name: "GET on a POST route", method: "GET", path: "/message", status: 405},
	{name: "POST on a GET route", method: "POST", path: "/messages", body: `{}`, status: 405},
	{name: "PUT", method: "PUT", path: "/connect", body: `{"visitorId":"v"}`, status: 405},
	{name: "PATCH on a POST route", method: "PATCH", path: "/connect", body: `{"visitorId":"v"}`, status: 405},
}

func TestBadInputIsRefusedAndLeavesNothing(t *testing.T) {
	s := own(t, setup{on: []string{team.Telegram}})
	vera := s.arrives(t)
	m := vera.Says("hi")
	room := s.at(t, team.Telegram).Room(vera)
	room.Shows("hi")
	vera.SeesStatus(m.ID, "delivered")
	before := s.lastSeq(t)
	fill := strings.NewReplacer("{s}", vera.SessionID(), "{m}", m.ID).Replace
	for _, c := range allBad() {
		c.path, c.body = fill(c.path), fill(c.body)
		s.refuses(t, c)
	}
	if after := s.lastSeq(t); after != before {
		t.Errorf("the bus went from %d to %d", before, after)
	}
	vera.Says("still here")
	room.Shows("still here")
}

func allBad() []bad {
	all := special
	for _, route := range jsonRoutes {
		for name, body := range bodies {
			all = append(all, bad{name: name, method: route.method, path: route.path, body: body})
		}
		for _, kind := range []string{"none", "text/html", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data"} {
			body := `{"sessionId":"{s}","visitorId":"v","content":"hi","messageIds":[],"messageId":"{m}","state":"visible"}`
			all = append(all, bad{name: "as " + kind, method: route.method, path: route.path, body: body, contentType: kind, status: 415})
		}
	}
	return all
}

// refuses sends one bad request.
func (s *stack) refuses(t *testing.T, c bad) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), c.method, s.url+"/pocketping"+c.path, bytes.NewReader([]byte(c.body)))
	if err != nil {
		t.Fatal(err)
	}
	switch c.contentType {
	case "none":
	case "":
		req.Header.Set("Content-Type", "application/json")
	default:
		req.Header.Set("Content-Type", c.contentType)
	}
	res, err := s.http.Do(req)
	if err != nil && len(c.body) > 1<<20 {
		return // cut off while the body was still on its way
	}
	if err != nil {
		t.Errorf("%s %s, %s: %v", c.method, c.path, c.name, err)
		return
	}
	defer res.Body.Close()
	raw := new(bytes.Buffer)
	if _, err := raw.ReadFrom(res.Body); err != nil {
		t.Errorf("%s %s, %s: %v", c.method, c.path, c.name, err)
	}
	if c.status != 0 && res.StatusCode != c.status || res.StatusCode < 400 || res.StatusCode > 499 || !isRefusal(raw.String()) {
		t.Errorf("%s %s, %s: %d %s, want %s with error and code", c.method, c.path, c.name, res.StatusCode, raw, wanted(c.status))
	}
}

func wanted(status int) string {
	if status == 0 {
		return "4xx"
	}
	return fmt.Sprint(status)
}
