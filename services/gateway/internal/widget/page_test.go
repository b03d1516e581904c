package widget_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func TestSessionIsResumedByItsVisitorOnlyAndAnUnknownOneIsNotTakenOver(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "hi")
	for _, c := range []struct {
		visitor, session string
		resumed          bool
	}{{"v", session, true}, {"w", session, false}, {"v", "ses_chosen", false}, {"v", "", false}, {"v", "all", false}, {"v", "a\x00b", false}, {"v", strings.Repeat("x", 500), false}} {
		got := s.Call("POST", "/connect", map[string]any{"visitorId": c.visitor, "sessionId": c.session})
		if got.Status != 200 || (got.Text("sessionId") == session) != c.resumed || got.Text("sessionId") == c.session && !c.resumed || strings.Contains(got.Raw, `"hi"`) != c.resumed {
			t.Errorf("%s with %.20q: %d %s", c.visitor, c.session, got.Status, got.Raw)
		}
		if got.Text("visitorId") != c.visitor || got.Body["operatorReachable"] != true || got.Text("welcomeMessage") != "Welcome!" {
			t.Errorf("answer %s", got.Raw)
		}
	}
}

func TestConnectKeepsWhatTheServerSeesAndWhatThePageKnows(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	answer := s.Call("POST", "/connect", `{"visitorId":"v","identity":{"userId":"u1","plan":{"__proto__":1}},
		"metadata":{"ip":"6.6.6.6","country":"XX","city":"X","url":"https://x/","userAgent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1","__proto__":{"a":1}}}`)
	session := answer.Text("sessionId")
	s.Say(session, "hi")
	started := s.Events(session)[0].Data.(*eventv1.Session).GetSession()
	meta, identity := started.GetMetadata().AsMap(), started.GetIdentity().AsMap()
	if meta["ip"] != "127.0.0.1" || meta["country"] != nil || meta["city"] != nil || meta["url"] != "https://x/" || meta["browser"] != "Safari" ||
		meta["os"] != "iOS" || meta["deviceType"] != "mobile" || meta["__proto__"] == nil || identity["id"] != "u1" || identity["plan"] == nil {
		t.Errorf("started with %v, %v", meta, identity)
	}
}

func TestResumedPageIsAnsweredTheIdentityItGaveAndOnlyChangesAreStored(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "hi")
	connect := map[string]any{"visitorId": "v", "sessionId": session, "metadata": map[string]string{"url": "https://x/2"}, "identity": map[string]string{"id": "u2"}}
	got := s.Call("POST", "/connect", connect)
	if identity, _ := got.Body["identity"].(map[string]any); got.Status != 200 || identity["id"] != "u2" {
		t.Errorf("answered %s", got.Raw)
	}
	events := s.Events(session)
	updated, ok := events[len(events)-1].Data.(*eventv1.Session)
	if !ok || events[len(events)-1].Type != bus.SessionUpdated || updated.GetSession().GetIdentity().AsMap()["id"] != "u2" || updated.GetSession().GetMetadata().AsMap()["ip"] != nil {
		t.Errorf("stored %v", updated)
	}
}

func TestPollingPageIsNeverToldLessThanItMissed(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	first := s.Say(session, "one")
	s.Say(session, "two")
	now := time.Now().UTC()
	for name, after := range map[string]string{
		"absent": "", "nonsense": "\xff\x00", "just now": now.Format(time.RFC3339Nano), "a fast clock": now.Add(10 * time.Minute).Format(time.RFC3339),
		"the year 0": "0000-01-01T00:00:00Z", "the year 9999": "9999-12-31T23:59:59.999Z", "the year 1": "0001-01-01T00:00:00Z", "an unknown id": "nothing",
		"a long id": strings.Repeat("9", 5000), "milliseconds": "1700000000000", "with an offset": "2026-01-01T00:00:00+02:00",
	} {
		got := s.Call("GET", "/messages?sessionId="+session+"&after="+url.QueryEscape(after), nil)
		messages, _ := got.Body["messages"].([]any)
		if got.Status != 200 || len(messages) != 2 {
			t.Errorf("after %s: %d %s", name, got.Status, got.Raw)
		}
	}
	got := s.Call("GET", "/messages?sessionId="+session+"&after="+first, nil)
	if messages, _ := got.Body["messages"].([]any); len(messages) != 1 || !strings.Contains(got.Raw, `"two"`) {
		t.Errorf("after an id: %s", got.Raw)
	}
	for limit, want := range map[string]int{"1": 1, "0": 2, "-1": 2, "x": 2, "1e9": 2, "99999999999999999999": 2} {
		got := s.Call("GET", "/messages?sessionId="+session+"&limit="+limit, nil)
		if messages, _ := got.Body["messages"].([]any); len(messages) != want || got.Body["hasMore"] != (want == 1) {
			t.Errorf("limit %s: %s", limit, got.Raw)
		}
	}
}

func TestConversationBegunAtAnotherGatewayIsSeenByAPollingPage(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v") // known here as a visit
	ev := bustest.Message("default", "x", "from elsewhere")
	ev.Session = id.Session(session)
	s.Publish(ev)
	bustest.Until(t, "the page sees it", func() bool {
		return strings.Contains(s.Call("GET", "/messages?sessionId="+session, nil).Raw, "from elsewhere")
	})
}

func TestPreflightIsAnsweredEverywhereBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, func(c *gateway.Config) {
		c.AllowedOrigins = []string{"https://shop.example", "*.site.example"}
		c.RateLimits = "on"
	})
	for _, path := range []string{"/connect", "/message/unknown%20id", "/nothing/at/all", "/stream", "/upload"} {
		for origin, allowed := range map[string]bool{
			"https://shop.example": true, "https://a.site.example": true, "https://site.example": false, "https://evilsite.example": false,
			"https://shop.example.evil": false, "null": false, "http://shop.example": false,
		} {
			got := s.Call("OPTIONS", path, nil, "Origin", origin, "Access-Control-Request-Method", "PATCH")
			if got.Status != http.StatusNoContent || !strings.Contains(got.Header.Get("Access-Control-Allow-Methods"), "PATCH") || got.Header.Get("Vary") != "Origin" {
				t.Errorf("%s: %d %v", path, got.Status, got.Header)
			}
			if (got.Header.Get("Access-Control-Allow-Origin") == origin) != allowed || (got.Header.Get("Access-Control-Allow-Credentials") == "true") != allowed {
				t.Errorf("%s from %s: %v", path, origin, got.Header)
			}
			if !allowed {
				s.WantError(s.Call("GET", "/presence", nil, "Origin", origin), http.StatusForbidden, "origin_not_allowed")
				s.WantError(s.Call("GET", "/stream?sessionId=x", nil, "Origin", origin, "Connection", "Upgrade", "Upgrade", "websocket"), http.StatusForbidden, "origin_not_allowed")
			}
		}
	}
}

func TestTooManyCallsAreRefusedWithRetryAfterAndConnectIsNot(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, func(c *gateway.Config) {
		c.RateLimits, c.TrustedProxies = "on", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	session := s.Visit("v")
	// refused calls from eight sides at once, faster than the bucket fills, and answers a refusal if there was one.
	refused := func(from string, each int) (answer gatewaytest.Answer) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 8 {
			wg.Go(func() {
				for range each {
					got := s.Call("GET", "/presence", nil, "X-Forwarded-For", from, "Origin", "https://a.b")
					mu.Lock()
					if answer.Status != http.StatusTooManyRequests {
						answer = got
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		return answer
	}
	got := refused("2001:db8::1", 100)
	s.WantError(got, http.StatusTooManyRequests, "rate_limited")
	if n, err := strconv.Atoi(got.Header.Get("Retry-After")); err != nil || n < 1 || got.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("refused with %v", got.Header)
	}
	// Fewer calls than a bucket of its own would allow.
	s.WantError(refused("evil, 2001:db8::ffff", 30), http.StatusTooManyRequests, "rate_limited")
	if got := s.Call("GET", "/presence", nil, "X-Forwarded-For", "2001:db8::1, 2001:db8:1::1"); got.Status != 200 {
		t.Errorf("another network: %d", got.Status)
	}
	if got := s.Call("POST", "/connect", map[string]string{"visitorId": "w"}, "X-Forwarded-For", "2001:db8::1"); got.Status != 200 {
		t.Errorf("connect: %d %s", got.Status, got.Raw)
	}
	for range 70 {
		if got = s.Call("POST", "/message", map[string]string{"sessionId": session, "content": "x"}); got.Status != 200 {
			break
		}
	}
	s.WantError(got, http.StatusTooManyRequests, "rate_limited")
	if n := s.Metric("bellhop_gateway_limited_total"); n < 3 {
		t.Errorf("%g refusals were counted", n)
	}
	for range 20 { // a widget types with every key
		if got := s.Call("POST", "/typing", map[string]any{"sessionId": session, "isTyping": true}); got.Status != 200 {
			t.Fatalf("typing: %d %s", got.Status, got.Raw)
		}
	}
}

func TestHealthAndPresence(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	if got := s.Call("GET", "/health", nil); got.Status != 200 || got.Text("status") != "ok" || got.Body["bridges"] == nil {
		t.Errorf("health: %s", got.Raw)
	}
	online := func(is bool) {
		t.Helper()
		got := s.Call("POST", "/api/operator/status", map[string]any{"online": is, "operatorId": "ada", "operatorName": "Ada"}, "Authorization", "Bearer "+gatewaytest.Key)
		if got.Status != 200 {
			t.Fatal(got.Raw)
		}
		if got := s.Call("GET", "/presence", nil); got.Body["online"] != is || strings.Contains(got.Raw, "Ada") != is {
			t.Errorf("presence: %s", got.Raw)
		}
	}
	online(true)
	online(false)
}

func TestAPageThatIsOpenedIsAConversationOnlyIfTheTeamWantsToKnow(t *testing.T) {
	t.Parallel()
	for notifyOn, want := range map[string]int{"message": 0, "connect": 1} {
		s := gatewaytest.Start(t, func(c *gateway.Config) { c.NotifyOn = notifyOn })
		session := s.Visit("v")
		s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session}) // opened again
		events := s.Events(session)
		started := 0
		for _, ev := range events {
			if ev.Type == bus.SessionStarted {
				started++
			}
		}
		if started != want {
			t.Errorf("%s: %v", notifyOn, events)
		}
	}
}
