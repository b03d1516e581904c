package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

// Gateway opcodes.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opVoice          = 4
	opResume         = 6
	opReconnect      = 7
	opRequestMembers = 8
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

// Gateway close codes; https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
const (
	closeUnknown           = 4000
	closeUnknownOpcode     = 4001
	closeDecode            = 4002
	closeNotAuthenticated  = 4003
	closeAuthentication    = 4004
	closeAlreadyIdentified = 4005
	closeInvalidSeq        = 4007
	closeRateLimited       = 4008
	closeTimedOut          = 4009
	closeInvalidShard      = 4010
	closeVersion           = 4012
	closeInvalidIntents    = 4013
	closeDisallowedIntents = 4014
)

// connectGateway is what faults call the opening of a gateway connection.
const connectGateway = "connectGateway"

// gateway holds connections and sessions. Server.mu guards it.
type gateway struct {
	conns    map[*conn]struct{}
	sessions map[string]*session
	opened   int // connections ever
	identify *quota.Fixed
	noAcks   bool
}

func newGateway() gateway {
	return gateway{conns: map[*conn]struct{}{}, sessions: map[string]*session{}}
}

// connected says whether any session has a connection.
func (g *gateway) connected() bool {
	for _, sess := range g.sessions {
		if sess.conn != nil {
			return true
		}
	}
	return false
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// serveGateway opens a WebSocket. Faults with the method connectGateway meet it before the upgrade.
func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	log := &Request{
		At: s.clock.Now(), Method: connectGateway, HTTPMethod: r.Method, Path: r.URL.RequestURI(), Status: http.StatusSwitchingProtocols,
	}
	s.mu.Lock()
	s.reqs.add(log)
	s.mu.Unlock()
	s.watch.Touch()
	if strike := s.faults.Match(connectGateway); strike != nil && !s.passes(r, log, strike, w) {
		return
	}
	compress := r.URL.Query().Get("compress")
	encoding := r.URL.Query().Get("encoding")
	if encoding != "" && encoding != "json" || compress != "" && compress != "zlib-stream" {
		s.refuseGateway(w, log, "only encoding=json, and compress=zlib-stream or nothing, are simulated")
		return
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		s.mu.Lock()
		log.Status = http.StatusBadRequest
		s.mu.Unlock()
		return
	}
	s.converse(ws, r.URL, compress != "")
}

// passes applies a fault to a handshake; false if it was the end of it.
func (s *Server) passes(r *http.Request, log *Request, strike *fault.Strike, w http.ResponseWriter) bool {
	through := false
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	stop := context.AfterFunc(s.ctx, cancel)
	defer stop()
	a := strike.Around(ctx, func(f fault.Fault) fault.Answer { return fault.HTML(f.Status) }, func() fault.Answer {
		through = true
		return fault.Answer{}
	})
	if through && strike.Fault.Reset == "" && strike.Fault.Status == 0 {
		return true
	}
	s.mu.Lock()
	log.Status = a.Status
	log.Faults = append(log.Faults, strike.Fault.ID)
	s.mu.Unlock()
	a.Write(w)
	return false
}

func (s *Server) refuseGateway(w http.ResponseWriter, log *Request, why string) {
	s.mu.Lock()
	log.Status = http.StatusBadRequest
	s.strange.add(connectGateway, why)
	s.mu.Unlock()
	http.Error(w, why, http.StatusBadRequest)
}

// converse serves one connection until it ends.
func (s *Server) converse(ws *websocket.Conn, address *url.URL, compressed bool) {
	s.mu.Lock()
	if s.ctx.Err() != nil {
		s.mu.Unlock()
		_ = ws.Close()
		return
	}
	s.wg.Add(1)
	defer s.wg.Done()
	c := s.newConn(ws, address, compressed)
	s.gateway.conns[c] = struct{}{}
	s.wg.Go(c.write)
	if address.Query().Get("v") != "10" {
		c.end(closeVersion, "Invalid API version")
	} else {
		c.send(opHello, map[string]any{"heartbeat_interval": s.opts.Heartbeat.Milliseconds(), "_trace": []string{}})
		s.wg.Go(c.watchHeart)
	}
	s.mu.Unlock()
	s.watch.Touch()
	code := c.read()
	s.mu.Lock()
	s.left(c, code)
	s.mu.Unlock()
	s.watch.Touch()
}

// left forgets a connection. A client that closes with 1000 or 1001 ends its session; any other end keeps it for a while.
// The caller holds mu.
func (s *Server) left(c *conn, code int) {
	c.cancel()
	delete(s.gateway.conns, c)
	sess := c.session
	if sess == nil || sess.conn != c {
		return
	}
	sess.conn, sess.Left = nil, s.clock.Now()
	if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
		delete(s.gateway.sessions, sess.ID)
	}
}

// frame is what goes over the wire in both directions.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Type *string         `json:"t"`
}

// ranOut says how long a client may be silent: two of its heartbeats.
func (s *Server) ranOut() time.Duration { return 2 * s.opts.Heartbeat }

// resumePath is where a session is resumed; it differs from where it began, so that a client which keeps to the old address
// is noticed.
func resumePath(address *url.URL) bool { return strings.HasPrefix(address.Path, "/gateway/resume") }
