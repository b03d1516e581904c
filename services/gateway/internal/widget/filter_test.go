package widget_test

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func TestUnwantedVisitorsAreKeptOutOfTheWidgetsRoutesAlone(t *testing.T) {
	t.Parallel()
	metrics := prometheus.NewRegistry()
	s := gatewaytest.Start(t, func(cfg *gateway.Config) {
		cfg.Metrics = metrics
		cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		cfg.Filters = gateway.Filters{
			IPEnabled: true, IPBlocklist: []string{"203.0.113.0/24"}, UAEnabled: true, UAUseDefaultBots: true, UABlocklist: []string{"/^evil/"}, UALogBlocked: true,
			BlockedStatus: http.StatusTeapot, BlockedMessage: "go away",
		}
	})
	const browser = "Mozilla/5.0 Firefox/133.0"
	session := s.Call("POST", "/connect", map[string]any{"visitorId": "v"}, "User-Agent", browser).Text("sessionId")
	for name, headers := range map[string][]string{
		"address": {"User-Agent", browser, "X-Forwarded-For", "203.0.113.9"}, "bot": {"User-Agent", "curl/8.5"}, "pattern": {"User-Agent", "Evil 1.0"},
	} {
		for _, route := range []string{"POST /connect", "GET /presence", "GET /messages?sessionId=" + session, "POST /upload", "GET /nothing", "GET /stream?sessionId=" + session} {
			method, path, _ := strings.Cut(route, " ")
			got := s.Call(method, path, nil, append(headers, "Origin", "https://shop.example")...)
			if got.Status != http.StatusTeapot || got.Text("code") != "filtered" || got.Text("error") != "go away" {
				t.Errorf("%s, %s: %d %s", name, route, got.Status, got.Raw)
			}
			if got.Header.Get("Access-Control-Allow-Origin") != "https://shop.example" {
				t.Errorf("%s, %s: the page cannot read why", name, route)
			}
		}
		if got := s.Call("OPTIONS", "/connect", nil, append(headers, "Origin", "https://shop.example")...); got.Status != http.StatusNoContent {
			t.Errorf("%s: preflight answered %d", name, got.Status)
		}
		header := http.Header{}
		for i := 0; i < len(headers); i += 2 {
			header.Set(headers[i], headers[i+1])
		}
		if _, answer, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http")+"/stream?sessionId="+session, header); err == nil || answer.StatusCode != http.StatusTeapot {
			t.Errorf("%s: a socket is opened", name)
		}
		for _, open := range []string{"GET /health", "GET /api/v1/nothing"} {
			method, path, _ := strings.Cut(open, " ")
			if got := s.Call(method, path, nil, append(headers, "Authorization", "Bearer "+gatewaytest.Key)...); got.Status == http.StatusTeapot {
				t.Errorf("%s: %s is filtered", name, open)
			}
		}
	}
	if got := s.Call("GET", "/presence", nil, "User-Agent", browser, "X-Forwarded-For", "198.51.100.1"); got.Status != http.StatusOK {
		t.Errorf("a wanted visitor: %d %s", got.Status, got.Raw)
	}
	const want = `
		# HELP bellhop_gateway_filtered_total Requests of visitors that a filter refused, by filter and reason.
		# TYPE bellhop_gateway_filtered_total counter
		bellhop_gateway_filtered_total{filter="ip",reason="blocklist"} 7
		bellhop_gateway_filtered_total{filter="user_agent",reason="blocklist"} 7
		bellhop_gateway_filtered_total{filter="user_agent",reason="default_bot"} 7
	`
	if err := testutil.GatherAndCompare(metrics, strings.NewReader(want), "bellhop_gateway_filtered_total"); err != nil {
		t.Error(err)
	}
	lines := s.Logs.FilterMessage("visitor refused by a filter").All()
	if len(lines) != 14 { // of User-Agents alone: that was asked for
		t.Errorf("%d refusals were logged", len(lines))
	}
	for _, line := range lines {
		fields := line.ContextMap()
		if fields["filter"] != "user_agent" || fields["network"] == "" || fields["matched"] == "" || fields["path"] == "" {
			t.Errorf("logged: %v", fields)
		}
	}
}

func TestWhoLooksLikeAProgramIsMarkedByTheGatewayAlone(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		s := gatewaytest.Start(t, func(cfg *gateway.Config) { cfg.NotifyOn, cfg.Filters.BotHeuristics = "connect", on })
		for agent, bot := range map[string]bool{"Mozilla/5.0 HeadlessChrome/131.0": true, "Mozilla/5.0 Firefox/133.0": false} {
			answer := s.Call("POST", "/connect", map[string]any{
				"visitorId": "v", "metadata": map[string]any{"isBot": !bot, "botReasons": []string{"made_up"}, "userAgent": "Mozilla/5.0 Firefox/133.0"},
			}, "User-Agent", agent)
			session := answer.Text("sessionId")
			if got := s.Types(session); answer.Status != http.StatusOK || !slices.Equal(got, []bus.Type{bus.SessionStarted}) {
				t.Fatalf("%s: %d, the bus has %v", agent, answer.Status, got)
			}
			metadata := s.Events(session)[0].Data.(*eventv1.Session).GetSession().GetMetadata().AsMap()
			if got, _ := metadata["isBot"].(bool); got != (bot && on) || strings.Contains(metadataText(metadata), "made_up") {
				t.Errorf("%s, heuristics %v: %v", agent, on, metadata)
			}
		}
	}
}

func metadataText(metadata map[string]any) string {
	reasons, _ := metadata["botReasons"].([]any)
	var text []string
	for _, r := range reasons {
		text = append(text, r.(string))
	}
	return strings.Join(text, ",")
}
