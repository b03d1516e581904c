package stream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/wire"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/absence"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/appearance"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/feed"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/render"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/screenshot"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

// Options are what a stream server works with.
type Options struct {
	Intake *intake.Intake
	Hub    *hub.Hub
	// Render makes what connections are sent; Place is how far the bus was heard.
	Render *render.Maker
	Place  *bus.Place
	// Events limits the frames that one session sends; nil for no limit.
	Events *filter.Limiter
	Links  *transfer.Links
	// Absence notices who leaves.
	Absence *absence.Watch
	// Screenshots are the requests for pictures of pages; nil when the site takes none.
	Screenshots *screenshot.Requests
	// Presence knows whether somebody of the team is there.
	Presence *feed.Presence
	// Tracked are the elements of the page that are events; nil for none.
	Tracked *appearance.Tracked
	// Look judges the versions of widgets.
	Look    appearance.Config
	Metrics prometheus.Registerer
	Log     *zap.Logger
}

// Server serves GET /stream.
type Server struct {
	Options
	upgrader websocket.Upgrader
	loop     *socket.Loop
	pages    socket.Kind // WebSockets
	streams  socket.Kind // event streams
	metrics  metrics
	began    time.Time

	// replays bounds how many sockets are shown their conversation at once.
	replays chan struct{}
	// ctx ends with Close.
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	mu     sync.Mutex // nothing may begin while Close waits
}

const (
	// maxReplays keeps a thousand reconnects at once from becoming a thousand questions at once.
	maxReplays = 64
	// handshakeTimeout bounds the upgrade.
	handshakeTimeout = 5 * time.Second
)

// New makes a server. Close ends its connections.
func New(o Options) (*Server, error) {
	s := &Server{Options: o, replays: make(chan struct{}, maxReplays), began: time.Now()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	// The origin is checked before.
	s.upgrader = websocket.Upgrader{
		ReadBufferSize: 256, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: handshakeTimeout,
		CheckOrigin: func(*http.Request) bool { return true }, Error: notUpgraded,
	}
	var err error
	if s.loop, err = socket.NewLoop(); err != nil {
		s.cancel()
		return nil, err
	}
	if err := s.metrics.register(o.Metrics, o.Hub, o.Intake.Project); err != nil {
		s.cancel()
		s.loop.Close()
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	s.pages = socket.Kind{Form: socket.WebSocket{Most: maxFrame}, Overflow: websocket.CloseTryAgainLater, Slow: s.metrics.slow}
	s.streams = s.pages
	s.streams.Form = eventStream{}
	return s, nil
}

func notUpgraded(w http.ResponseWriter, _ *http.Request, status int, reason error) {
	w.Header().Set("Sec-WebSocket-Version", "13")
	httpserver.Error(w, status, "bad_handshake", reason.Error())
}

// ServeHTTP serves GET /stream: a WebSocket, or an event stream to whoever asks for no upgrade. Either begins after it is known that
// the session exists. The handler returns at once.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	entry, refusal := s.Intake.Visitor(r.Context(), query.Get("sessionId"))
	switch upgrade := websocket.IsWebSocketUpgrade(r); {
	case refusal != nil:
		refusal.Write(w)
	case s.Hub.Holds(entry.Key) >= hub.Most:
		filter.TooMany(w, hub.TendInterval)
	case upgrade:
		s.upgrade(w, r, newConn(s, entry.Key, originOf(r, query, time.Now())))
	case r.Header.Get("Sec-WebSocket-Key") != "":
		httpserver.Error(w, http.StatusBadRequest, "websocket_required", "this is half an upgrade: a proxy has taken the other half")
	case r.Method != http.MethodGet: // a HEAD has no stream
		w.Header().Set("Content-Type", "text/event-stream")
	default:
		s.stream(w, newConn(s, entry.Key, originOf(r, query, time.Now())))
	}
}

func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, c *conn) {
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	if !s.begin(c, ws.NetConn(), &s.pages) {
		_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseServiceRestart, "connect again"), time.Now().Add(socket.CloseGrace))
		_ = ws.Close()
	}
}

func (s *Server) stream(w http.ResponseWriter, c *conn) {
	c.events = true
	conn, err := hijack(w)
	if err != nil {
		s.Log.Debug("event stream not begun", zap.Error(err))
		if errors.Is(err, http.ErrNotSupported) {
			notStreamed(w)
		}
		return
	}
	if !s.begin(c, conn, &s.streams) {
		_ = conn.Close()
	}
}

// begin lets a connection in, unless the server is closing. It hears everything from here on, and holds it back until the
// replay has been sent. One that cannot be taken over is closed.
func (s *Server) begin(c *conn, over net.Conn, kind *socket.Kind) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil || s.Hub.Closing() {
		return false
	}
	if err := c.Open(over, s.loop, kind, c); err != nil {
		s.Log.Warn("socket not opened", zap.Error(err))
		return true
	}
	if c.events && !c.resumes() { // a widget learns that it is connected; who resumes is told when nothing is missing any more
		connected := wire.Frame("connected", struct{}{})
		c.Mu.Lock()
		c.Send(connected, len(connected))
		c.Mu.Unlock()
	}
	s.Hub.Join(c.key, c)
	s.wg.Add(1) // Left is done
	c.Watch()
	s.wg.Go(c.show)
	return true
}

// shutWithin is how long the clients' reconnects are spread out when the server closes.
const shutWithin = 5 * time.Second

// Close asks every client to connect again and waits until their connections have ended, or ctx has.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.cancel()
	s.mu.Unlock()
	defer unregister(s.Metrics, s.metrics.all())
	s.Hub.Shut(ctx, shutWithin)
	done := make(chan struct{})
	go func() { defer close(done); s.wg.Wait(); s.loop.Close() }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
