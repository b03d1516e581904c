package gatewaytest

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"google.golang.org/grpc"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/sessionstest"
)

// Key opens the API of a test's gateway.
const Key = "a key for tests"

// Site is a running gateway.
type Site struct {
	testing.TB
	// URL is where the widget protocol is served, Base the server itself.
	URL, Base string
	Bus       *bus.Bus
	NATS      *embedded.Server
	Sessions  *sessionstest.Server
	Logs      *observer.ObservedLogs
	// Stop ends the gateway as a signal does, and returns its error.
	Stop func() error

	conn    grpc.ClientConnInterface
	metrics *prometheus.Registry
}

// Of is the site of another project at the same gateway.
func (s *Site) Of(p id.Project) *Site {
	other := *s
	other.URL = s.Base + "/api/widget/" + string(p)
	return &other
}

// Start starts a gateway and stops it with the test. Rate limits are off unless change puts them on.
func Start(t testing.TB, change ...func(*gateway.Config)) *Site {
	t.Helper()
	s := &Site{TB: t, NATS: bustest.Server(t)}
	s.Bus = bustest.Connect(t, bus.Config{InProcess: s.NATS, Name: "test"})
	s.Sessions, s.conn = sessionstest.Start(t, s.Bus)
	s.run(change...)
	return s
}

// Beside starts another gateway on the same bus.
func (s *Site) Beside(change ...func(*gateway.Config)) *Site {
	s.Helper()
	other := &Site{TB: s.TB, NATS: s.NATS, Bus: s.Bus, Sessions: s.Sessions, conn: s.conn}
	other.run(change...)
	return other
}

func (s *Site) run(change ...func(*gateway.Config)) {
	s.Helper()
	t := s.TB
	core, logs := observer.New(zapcore.InfoLevel)
	s.Logs = logs
	bound := make(chan net.Addr, 1)
	cfg := gateway.Config{RateLimits: "off", APIKey: Key, WelcomeMessage: "Welcome!"}
	cfg.Upstream.Bus = bus.Config{InProcess: s.NATS, PublishTimeout: time.Second}
	cfg.Upstream.Sessions = s.conn
	cfg.Log = zap.New(core)
	s.metrics = prometheus.NewRegistry()
	cfg.Metrics = s.metrics
	cfg.HTTP.Addr = "127.0.0.1:0"
	cfg.HTTP.OnBound = func(a net.Addr) { bound <- a }
	for _, c := range change {
		c(&cfg)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- gateway.Run(ctx, cfg) }()
	select {
	case a := <-bound:
		s.Base = "http://" + a.String()
		s.URL = s.Base + "/pocketping"
	case err := <-ended:
		cancel()
		t.Fatal("the gateway did not start: ", err)
	}
	var stopped bool
	s.Stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error("the gateway ended with ", err)
		}
	})
	bustest.Until(t, "the gateway answers", func() bool { return s.Call("GET", "/health", nil).Status == 200 })
}

// End is the sequence of the newest event on the bus.
func (s *Site) End() (end uint64) {
	s.Helper()
	for part := range id.Part(id.Parts) {
		seq, err := s.Bus.PartEnd(s.Context(), part)
		if err != nil {
			s.Fatal(err)
		}
		end = max(end, seq)
	}
	return end
}

// Events are all of a session, in order.
func (s *Site) Events(sessionID string) (events []bus.Event) {
	s.Helper()
	err := s.Bus.Replay(s.Context(), 0, bus.Filter{Project: id.Default, Session: id.Session(sessionID)}, func(ev bus.Event) error {
		events = append(events, ev)
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
	return events
}

// Types are the types of a session's events, in order.
func (s *Site) Types(sessionID string) (types []bus.Type) {
	s.Helper()
	for _, ev := range s.Events(sessionID) {
		types = append(types, ev.Type)
	}
	return types
}

// Publish puts events of a session on the bus, as another service would.
func (s *Site) Publish(events ...bus.Event) uint64 {
	s.Helper()
	seq, err := s.Bus.Publish(s.Context(), events...)
	if err != nil {
		s.Fatal(err)
	}
	return seq
}

// WithoutKey configures no API key.
func WithoutKey(cfg *gateway.Config) { cfg.APIKey = "" }

// WithScreenshots lets the team ask for pictures of pages.
func WithScreenshots(cfg *gateway.Config) { cfg.Screenshots = "on" }

// LeavingWithin is a wait for visitors who come back that a test can wait for.
const LeavingWithin = 1500 * time.Millisecond

// WithShortLeaving waits for visitors only so long.
func WithShortLeaving(cfg *gateway.Config) { cfg.LeftAfter = LeavingWithin }
