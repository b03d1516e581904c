package pusher

import (
	"encoding/json"
	"time"

	"golang.org/x/time/rate"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
)

const (
	// maxFrame bounds what a client may send in one message, in bytes, unless events may be so large that they need more, escaped.
	maxFrame = 128 << 10
	escaped  = 8
	// slack is how much longer than the activity timeout a client may be silent, pongs included. It is asked every TendInterval.
	slack = 30 * time.Second
	// authorizeWithin is how long a connection may stay that has shown nothing, where that is wanted.
	authorizeWithin = 30 * time.Second
)

// conn is one WebSocket.
type conn struct {
	socket.Socket
	server *Server
	id     string
	began  time.Time

	// rooms are those that it has a seat in, or did until a moment ago: the reader adds to them. Guarded by the socket's lock.
	rooms map[string]*room

	// What follows is the reader's alone.

	// listeners are the chat sessions that it hears, by channel.
	listeners map[string]*listener
	rate      *rate.Limiter // of client events; nil before the first

	// user is who signed in; guarded by the socket's lock.
	user *user
	// shown tells that it has signed in or joined a private or presence channel; likewise.
	shown bool
	// old tells that it speaks a version in which an error comes before a close; never changed.
	old bool
}

func newConn(s *Server) *conn { return &conn{server: s, id: newSocketID(), began: time.Now()} }

// key is where the socket is in the hub: alone.
func (c *conn) key() session.Key {
	return session.Key{Project: c.server.Project, Session: id.Session(c.id)}
}

// send queues a frame. The caller holds the lock.
func (c *conn) send(data []byte) { c.Send(data, len(data)) }

// tell queues a frame.
func (c *conn) tell(data []byte) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	c.send(data)
}

// problem is an error frame. Its data is an object, unlike everything else's.
func problem(code int, message string) []byte {
	p := struct {
		Code    *int   `json:"code"`
		Message string `json:"message"`
	}{nil, message}
	if code != 0 {
		p.Code = &code
	}
	return frame{Event: "pusher:error", Data: encode(p)}.bytes()
}

// complain tells a client what it did wrong, and lets it go on.
func (c *conn) complain(code int, message string) {
	c.server.metrics.refused.Inc()
	c.tell(problem(code, message))
}

// Push, Resync and Lasting are the hub's: it looks after sockets here, and is not what tells them.

// Push sends a frame.
func (c *conn) Push(f hub.Frame) { c.tell(f.Data) }

// Resync does nothing: what is not stored cannot be shown again.
func (c *conn) Resync() {}

// Shut asks the client to connect again.
func (c *conn) Shut() {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	c.bye(codeReconnect, "this server is closing; connect again")
}

// bye drops what waits and closes with a code. Clients before version 6 are told with an error first. The caller holds the lock.
func (c *conn) bye(code int, why string) {
	if c.old {
		c.Finish(problem(code, why), code, why)
		return
	}
	c.Socket.Shut(code, why)
}

// Lasting tells that every client comes back as it was.
func (c *conn) Lasting() bool { return false }

// Tend pings, and closes who has been silent for too long or has not shown who he is.
func (c *conn) Tend() {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	switch {
	case c.Silent(c.server.silence()):
		c.bye(codeNoPong, "nothing was heard of this client; connect again")
	case c.server.AuthorizedConnections == on && !c.shown && time.Since(c.began) > authorizeWithin:
		c.bye(codeUnauthorized, "neither signed in nor in a private or presence channel")
	default:
		c.Socket.Tend()
	}
}

// silence is after how long a client counts as gone.
func (s *Server) silence() time.Duration {
	return max(time.Duration(s.ActivityTimeout)*time.Second, hub.TendInterval) + slack
}

// on is the value of settings that are on.
const on = "on"

// Text does what a client asks for.
func (c *conn) Text(message []byte) { c.take(message) }

// Left ends a connection after its reader: what a disconnect means happens here, once.
func (c *conn) Left() {
	defer c.server.wg.Done()
	c.server.hub.Leave(c.key(), c)
	c.server.open.Add(-1)
	c.Mu.Lock()
	rooms := c.rooms
	c.rooms = nil
	c.Mu.Unlock()
	for _, r := range rooms {
		c.unsit(r)
	}
	for channel := range c.listeners { // of sessions that were erased
		c.unlisten(channel)
	}
	c.signOut()
}

// request is what a client sends.
type request struct {
	Event   string          `json:"event"`
	Channel string          `json:"channel"`
	Data    json.RawMessage `json:"data"`
}
