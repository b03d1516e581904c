package gateway_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func TestGatewayThatEndsAsksItsSocketsToConnectAgainAndLosesNothingItTook(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	sockets := []*gatewaytest.Socket{s.Dial(session), s.Dial(session), s.Dial(s.Visit("w"))}
	_ = sockets[0].WriteMessage(websocket.TextMessage, []byte(`{"type":"event","data":{"name":"last words"}}`))
	bustest.Until(t, "the event is stored", func() bool { return len(s.Events(session)) == 2 })
	ended := make(chan error, 1)
	go func() { ended <- s.Stop() }()
	var wg sync.WaitGroup
	for _, ws := range sockets {
		wg.Go(func() {
			if code := ws.Closed(); code != websocket.CloseServiceRestart {
				t.Errorf("closed with %d", code)
			}
		})
	}
	wg.Wait()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestOneProcessMayStartTheGatewayAgain(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	for range 2 {
		s := gatewaytest.Start(t, func(c *gateway.Config) { c.Metrics = registry })
		ws := s.Dial(s.Visit("v"))
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families { // what counts goes on counting; what tells of sockets must not outlive them
		if f.GetName() == "bellhop_gateway_sockets" {
			t.Errorf("left behind: %v", f)
		}
	}
}

func TestGatewaysShareASession(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	other := s.Beside()
	session := s.Visit("v")
	here, there := s.Dial(session), other.Dial(session)
	said := s.Say(session, "here")
	answered := other.Say(session, "there")
	for _, ws := range []*gatewaytest.Socket{here, there} {
		if f := ws.Hear("message"); f.Field("id") != said {
			t.Errorf("heard %s", f.Data)
		}
		if f := ws.Hear("message"); f.Field("id") != answered {
			t.Errorf("heard %s", f.Data)
		}
	}
	n := 0
	for _, kind := range s.Types(session) {
		if kind == bus.SessionStarted {
			n++
		}
	}
	if n != 1 {
		t.Errorf("started %d times", n)
	}
	if _, err := s.Bus.LastSeq(t.Context(), id.Default, id.Session(session)); err != nil {
		t.Error(err)
	}
}

func TestOriginsThatCouldNeverMatchAreNamedAtStart(t *testing.T) {
	for origin, ok := range map[string]bool{
		"*": true, "https://example.com": true, "http://localhost:3000": true, "*.example.com": true, "https://example.com/": false, "https://example.com/chat": false,
		"example.com": false, "*.": false, "*.example.com/": false, "ftp://x": false, "https://": false, "": false,
	} {
		cfg := gateway.Config{AllowedOrigins: []string{origin}}
		if err := cfg.Validate(); (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "ALLOWED_ORIGINS") {
			t.Errorf("%q: %v", origin, err)
		}
	}
}
