package slack

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// Socket Mode, https://docs.slack.dev/apis/events-api/using-socket-mode.
const (
	maxSockets       = 10
	ticketLifetime   = 30 * time.Second // of a URL that nobody dials; the documents name none
	warningLead      = 10 * time.Second // between the warning and the forced refresh
	approximateTime  = 18060            // seconds, as hello says
	maxAcknowledge   = 20_000           // bytes; larger ones are dropped in silence
	socketWriteLimit = 10 * time.Second // the machine's time
)

// sockets are the open connections. Server.mu guards it.
type sockets struct {
	open    []*socket // in the order of opening
	next    int
	tickets map[string]time.Time
	stalled bool // no pings, and nothing comes through
}

func newSockets() sockets { return sockets{tickets: map[string]time.Time{}} }

// socket is one connection.
type socket struct {
	id     int
	conn   *websocket.Conn
	write  sync.Mutex
	opened time.Time
	warned bool
	acks   map[string]chan json.RawMessage // by envelope_id; Server.mu guards it
	done   chan struct{}
	once   sync.Once
}

// Connection is one open Socket Mode connection.
type Connection struct {
	ID      int       `json:"id"`
	Opened  time.Time `json:"opened"`
	Warned  bool      `json:"warned,omitempty"`
	Unacked int       `json:"unacked"`
}

func (c *call) openConnection() (fields, *apiError) {
	s := c.s
	for ticket, ends := range s.sockets.tickets {
		if !ends.After(c.now) {
			delete(s.sockets.tickets, ticket)
		}
	}
	ticket := uuid(s.rng)
	s.sockets.tickets[ticket] = c.now.Add(ticketLifetime)
	s.world.SocketSeen = true
	return fields{"url": "ws" + strings.TrimPrefix(s.base, "http") + "/link/?ticket=" + ticket + "&app_id=" + AppID}, nil
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // the ticket is the key

// serveSocket takes a connection with a ticket that was not used before.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	x := s.receive(w, r, "socket")
	x.enter()
	proceed := false
	if a := x.perform(func() fault.Answer { proceed = true; return fault.Answer{} }); !proceed || a.Reset {
		x.finish(a)
		return
	}
	s.mu.Lock()
	ends, ok := s.sockets.tickets[r.URL.Query().Get("ticket")]
	delete(s.sockets.tickets, r.URL.Query().Get("ticket"))
	s.mu.Unlock()
	if !ok || !ends.After(s.clock.Now()) {
		x.finish(plain(http.StatusForbidden, "invalid ticket"))
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	s.mu.Lock()
	x.log.Status = http.StatusSwitchingProtocols
	c := &socket{
		id: s.sockets.next + 1, conn: conn, opened: s.clock.Now(), acks: map[string]chan json.RawMessage{}, done: make(chan struct{}),
	}
	s.sockets.next++
	closed := s.ctx.Err() != nil
	s.spawn(func() { s.runSocket(c) })
	s.mu.Unlock()
	if closed {
		_ = conn.Close()
	}
	s.touch()
}

// runSocket welcomes a connection, or sends it away, and reads until it ends.
func (s *Server) runSocket(c *socket) {
	stop := make(chan struct{})
	s.wg.Go(func() { s.cut(c, stop) })
	defer close(stop)
	if reason, ok := s.admitSocket(c); !ok {
		c.say(disconnect(reason))
		c.close()
		return
	}
	defer s.dropSocket(c)
	s.wg.Go(func() { s.pingSocket(c) })
	if s.opts.SocketLifetime > 0 {
		s.wg.Go(func() { s.outlive(c) })
	}
	for {
		_, data, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		s.acknowledge(c, data)
	}
}

// cut closes the connection with the simulator.
func (s *Server) cut(c *socket, stop chan struct{}) {
	select {
	case <-s.ctx.Done():
	case <-stop:
	}
	c.close()
}

// admitSocket registers the connection and says hello.
func (s *Server) admitSocket(c *socket) (reason string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.world.SocketOff:
		return "link_disabled", false
	case len(s.sockets.open) >= maxSockets:
		return "too_many_websockets", false
	}
	// Under the lock: nothing may overtake the hello.
	c.say(fields{
		"type": "hello", "num_connections": len(s.sockets.open) + 1, "connection_info": fields{"app_id": AppID},
		"debug_info": fields{"host": "applink-sim", "build_number": 1, "approximate_connection_time": approximateTime},
	})
	s.sockets.open = append(s.sockets.open, c)
	s.touch()
	return "", true
}

// dropSocket forgets a connection; what it did not acknowledge goes to another.
func (s *Server) dropSocket(c *socket) {
	c.close()
	s.mu.Lock()
	s.sockets.open = slices.DeleteFunc(s.sockets.open, func(o *socket) bool { return o == c })
	s.mu.Unlock()
	s.touch()
}
