package stream

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// Options are what a stream server works with.
type Options struct {
	Intake *intake.Intake
	Hub    *hub.Hub
	// Events limits the custom events of one session; nil for no limit.
	Events  *filter.Limiter
	Metrics prometheus.Registerer
	Log     *zap.Logger
}

// Server serves GET /stream.
type Server struct {
	Options
	upgrader websocket.Upgrader
	metrics  metrics

	// replays bounds how many sockets are shown their conversation at once.
	replays chan struct{}
	// ctx ends with Close.
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

type metrics struct {
	slow, refused prometheus.Counter
}

// maxReplays keeps a thousand reconnects at once from becoming a thousand questions at once.
const maxReplays = 64

// handshakeTimeout bounds the upgrade.
const handshakeTimeout = 5 * time.Second

// New makes a server. Close ends its connections.
func New(o Options) *Server {
	s := &Server{Options: o, replays: make(chan struct{}, maxReplays)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	// Small buffers and a shared pool for writing: an idle socket costs 5 KiB instead of 17. The origin is checked before.
	s.upgrader = websocket.Upgrader{
		ReadBufferSize: 512, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: handshakeTimeout,
		CheckOrigin: func(*http.Request) bool { return true },
	}
	s.metrics.slow = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "bellhop_gateway_slow_sockets_total", Help: "Sockets closed because their client read too slowly."})
	s.metrics.refused = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "bellhop_gateway_refused_frames_total", Help: "Frames from clients that were not accepted."})
	o.Metrics.MustRegister(s.metrics.slow, s.metrics.refused, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "bellhop_gateway_sockets", Help: "Open WebSockets."}, func() float64 { return float64(o.Hub.Len()) }))
	return s
}

// ServeHTTP upgrades after it knows that the session exists. The handler returns at once: what remains of a connection is one
// goroutine that reads.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	entry, refusal := s.Intake.Find(r.Context(), r.URL.Query().Get("sessionId"))
	if refusal != nil {
		refusal.Write(w)
		return
	}
	if !websocket.IsWebSocketUpgrade(r) {
		httpserver.Error(w, http.StatusBadRequest, "websocket_required", "this address speaks WebSocket: ask for an upgrade")
		return
	}
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	c := newConn(s, ws, entry)
	ws.SetReadLimit(maxFrame)
	ws.SetPongHandler(func(string) error { c.alive(); return nil })
	if s.ctx.Err() != nil {
		c.Shut()
		return
	}
	s.Hub.Join(entry.Key, c)
	s.wg.Go(func() {
		c.replay(s.ctx, entry.TakeShown())
		s.wg.Go(c.read) // on a fresh, small stack
	})
}

// resync shows a connection its conversation anew.
func (s *Server) resync(c *conn) {
	s.wg.Go(func() { c.replay(s.ctx, 0) })
}

// Close asks every client to connect again and waits until their connections have ended, or ctx has.
func (s *Server) Close(ctx context.Context) error {
	s.cancel()
	s.Hub.Shut()
	done := make(chan struct{})
	go func() { defer close(done); s.wg.Wait() }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
