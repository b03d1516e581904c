package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestCORSLetsTheAllowedSitesIn(t *testing.T) {
	t.Parallel()
	s := own(t, setup{on: []string{team.Telegram}, origins: []string{"https://shop.example", "*.shops.example"}})
	vera := s.arrives(t, func(o *visitor.Options) { o.Origin = "https://shop.example" })
	m := vera.Says("hi")
	cases := map[string]bool{
		"https://shop.example": true, "https://a.shops.example": true, "https://SHOP.example": true, "": true,
		"https://evil.example": false, "https://shop.example.evil.example": false, "https://shops.example": false,
		"https://evilshops.example": false, "http://shop.example": false, "null": false, "https://shop.example:8443": false,
	}
	for origin, allowed := range cases {
		for _, path := range []string{"/messages?sessionId=" + vera.SessionID(), "/message/" + m.ID, "/nothing", "/messages?sessionId=unknown"} {
			s.checksCORS(t, origin, allowed, path)
		}
	}
	foreign := s.browser()
	foreign.Origin, foreign.SessionID, foreign.VisitorID = "https://evil.example", vera.SessionID(), vera.VisitorID()
	tab := visitor.New(foreign)
	defer tab.Close()
	if _, err := tab.Connect(t.Context()); err == nil {
		t.Error("a page of another site may connect")
	}
	if status, body := s.upgrade(t, vera.SessionID(), "https://evil.example"); status != http.StatusForbidden {
		t.Errorf("a socket from another site is answered %d %s, want 403", status, body)
	}
}

func (s *stack) checksCORS(t *testing.T, origin string, allowed bool, path string) {
	t.Helper()
	for _, method := range []string{http.MethodOptions, http.MethodGet} {
		req, err := http.NewRequestWithContext(t.Context(), method, s.url+"/pocketping"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if origin != "" {
			req.Header.Set("Origin", origin)
		}
		req.Header.Set("Access-Control-Request-Method", "POST")
		res := s.answer(t, req)
		_ = res.Body.Close()
		what := method + " " + path + " from " + origin
		echoed := res.Header.Get("Access-Control-Allow-Origin")
		if want := origin; allowed && echoed != want || !allowed && echoed != "" {
			t.Errorf("%s: the allowed origin is %q", what, echoed)
		}
		if allowed && origin != "" && res.Header.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("%s: a beacon would be dropped: no credentials allowed", what)
		}
		if !slices.Contains(res.Header.Values("Vary"), "Origin") {
			t.Errorf("%s: a cache may give the answer to another site: no Vary", what)
		}
		if method == http.MethodOptions {
			preflight(t, what, res)
		} else if !allowed && res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", what, res.StatusCode)
		}
	}
}

func preflight(t *testing.T, what string, res *http.Response) {
	t.Helper()
	if res.StatusCode != http.StatusNoContent {
		t.Errorf("%s: %d, want 204 for every preflight", what, res.StatusCode)
	}
	for header, wants := range map[string][]string{
		"Access-Control-Allow-Methods": {"GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"},
		"Access-Control-Allow-Headers": {"Content-Type", "X-PocketPing-Version"},
	} {
		for _, want := range wants {
			if !strings.Contains(res.Header.Get(header), want) {
				t.Errorf("%s: %s is %q, without %s", what, header, res.Header.Get(header), want)
			}
		}
	}
	if res.Header.Get("Access-Control-Max-Age") == "" {
		t.Errorf("%s: no Max-Age: a preflight before every call", what)
	}
}

func TestErrorsCarryTheCORSHeaders(t *testing.T) {
	s := usual(t)
	for _, path := range []string{"/messages", "/messages?sessionId=ses_0000000000000000000000", "/nothing", "/message"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/pocketping"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://any.example")
		res := s.answer(t, req)
		_ = res.Body.Close()
		if res.StatusCode < 400 || res.Header.Get("Access-Control-Allow-Origin") != "https://any.example" {
			t.Errorf("GET %s: %d with allowed origin %q", path, res.StatusCode, res.Header.Get("Access-Control-Allow-Origin"))
		}
	}
}
