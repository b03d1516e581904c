package pusher

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/absence"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
)

// Options are what a server works with.
type Options struct {
	Config
	Project  id.Project
	Bus      *bus.Bus
	Cache    *bus.Cache
	Channels sessionsv1.ChannelsClient
	// Hooks is where webhooks are told; nil for an app that has none.
	Hooks *bus.Hooks
	// Intake finds chat sessions and stores their custom events, Chat is where their pages are heard for, and Absence notices who leaves.
	Intake  *intake.Intake
	Chat    *hub.Hub
	Absence *absence.Watch
	// Origins are the sites whose pages may connect; empty for all. What sends no Origin is no page.
	Origins filter.Origins
	Metrics prometheus.Registerer
	Log     *zap.Logger
}

// Server serves one app.
type Server struct {
	Options
	upgrader websocket.Upgrader
	loop     *socket.Loop
	kind     socket.Kind
	metrics  metrics
	hub      *hub.Hub
	rooms    rooms
	lobby    lobby
	reports  *reports
	hooks    *hooks
	watched  watched

	open    atomic.Int64
	customs atomic.Int64    // seats in channels of visitors' custom events
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	mu      sync.Mutex // nothing may begin while Close waits
	closing bool
	wg      sync.WaitGroup
}

const (
	// handshakeTimeout bounds the upgrade.
	handshakeTimeout = 5 * time.Second
	// shutWithin is how long the clients' reconnects are spread out when the server closes.
	shutWithin = 5 * time.Second
)

// New makes a server. Run hears the bus for it, and Close ends its connections.
func New(o Options) (*Server, error) {
	o.Config = o.WithDefaults()
	s := &Server{Options: o, hub: hub.New()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.rooms.open()
	s.reports = newReports(s)
	s.watched.by = map[string]map[*conn]bool{}
	s.upgrader = websocket.Upgrader{
		ReadBufferSize: 256, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: handshakeTimeout,
		CheckOrigin: func(*http.Request) bool { return true }, // an origin that may not is told so with a close code
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			w.Header().Set("Sec-WebSocket-Version", "13")
			httpserver.Error(w, status, "bad_handshake", reason.Error())
		},
	}
	var err error
	if s.loop, err = socket.NewLoop(); err != nil {
		s.cancel()
		return nil, err
	}
	if err := s.metrics.register(o.Metrics, s); err != nil {
		s.cancel()
		s.loop.Close()
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	s.kind = socket.Kind{Form: socket.WebSocket{Most: max(maxFrame, escaped*o.MaxPayload)}, Overflow: codeOverCapacity, Slow: s.metrics.slow}
	s.hooks = newHooks(s)
	return s, nil
}

// Run hears what is published to the app's channels, and keeps what the sessions service knows of its sockets true, until ctx ends. heard is
// called when nothing can be missed any more.
func (s *Server) Run(ctx context.Context, heard func()) error {
	var stops []func()
	defer func() {
		for _, stop := range stops {
			stop()
		}
	}()
	for _, hear := range []func() (func(), error){
		func() (func(), error) { return s.Bus.OnChannels(s.AppID, s.hear) },
		func() (func(), error) { return s.Bus.OnRosters(s.AppID, s.told) },
	} {
		stop, err := hear()
		if err != nil {
			return err
		}
		stops = append(stops, stop)
	}
	heard()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { _ = s.hub.Tend(ctx) }) // ends with ctx, without an error
	wg.Go(func() { s.reports.renewing(ctx) })
	wg.Go(func() { s.reports.checking(ctx) })
	wg.Go(func() { s.hooks.run(ctx) })
	s.reports.run(ctx)
	return nil
}

// ServeHTTP serves GET /app/{key} to a client that has found the app.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	code, why := s.refusal(r)
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	if code != 0 {
		refuse(ws, code, why, protocolOf(r))
		return
	}
	c := newConn(s)
	c.old = protocolOf(r) < closesAlone
	s.note(c, r)
	if code, why := s.begin(c, ws.NetConn()); code != 0 {
		refuse(ws, code, why, protocolOf(r))
	}
}

// begin lets a socket in, or says why not: many may come at once, and only as many as there may be are let in. A connection that cannot be taken
// over is closed.
func (s *Server) begin(c *conn, over net.Conn) (code int, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing:
		return codeReconnect, "this server is closing; connect again"
	case s.MaxConnections > 0 && s.open.Load() >= int64(s.MaxConnections):
		return codeOverQuota, "the app has as many connections as it may have"
	}
	if err := c.Open(over, s.loop, &s.kind, c); err != nil {
		s.Log.Warn("socket not opened", zap.Error(err))
		return 0, ""
	}
	s.open.Add(1)
	s.wg.Add(1) // Left is done
	s.hub.Join(c.key(), c)
	c.tell(say("pusher:connection_established", "", established{c.id, s.ActivityTimeout}))
	c.Watch()
	return 0, ""
}

type established struct {
	Socket  string `json:"socket_id"`
	Timeout int    `json:"activity_timeout"`
}

// Close asks every client to connect again and waits until their connections have ended, or ctx has.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	defer s.cancel()
	defer s.metrics.unregister(s.Metrics)
	s.hub.Shut(ctx, shutWithin)
	done := make(chan struct{})
	go func() { defer close(done); s.wg.Wait(); s.loop.Close() }()
	select {
	case <-done:
		s.hooks.flush(ctx)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
