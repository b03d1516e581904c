package stream

import (
	"context"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
)

// silence is after how long without a pong or a frame a client counts as gone.
const silence = 3 * hub.TendInterval

// conn is one WebSocket or event stream.
type conn struct {
	socket.Socket
	key    session.Key
	server *Server
	began  time.Duration // since the server's beginning
	events bool          // it is an event stream

	// What follows is guarded by the socket's lock.

	// replaying holds live frames back until the replay has been sent; again tells that the replay under way is not enough;
	// enough ends it.
	replaying, again bool
	enough           context.CancelFunc
	held             []hub.Frame
	// shown is up to where replays have shown the conversation. Whatever else comes is news: the bus tells each event once.
	shown uint64
	// origin is what the client has said that it knows, nil for nothing; its mark moves with what a client that resumes is sent.
	origin *origin
}

func newConn(server *Server, key session.Key, from *origin) *conn {
	return &conn{key: key, server: server, origin: from, replaying: true, began: time.Since(server.began)}
}

// Push queues a frame, or holds it back while a replay is under way.
func (c *conn) Push(f hub.Frame) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	switch {
	case c.Closed:
	case f.Last:
		c.finish(f)
	case c.replaying:
		c.hold(f)
	default:
		c.pass(f)
	}
}

// pass sends a frame that is news.
func (c *conn) pass(f hub.Frame) {
	if !c.news(f) {
		return
	}
	data := f.Data
	if f.Spaced != nil && !c.resumes() {
		data = f.Spaced
	}
	c.Send(data, len(data))
	if c.resumes() && f.Seq > 0 {
		c.origin.mark.Seq = f.Seq
	}
}

// news tells what no replay has shown. What a client that resumes is shown is all there is up to its mark.
func (c *conn) news(f hub.Frame) bool {
	if c.resumes() {
		return f.Seq == 0 || f.Seq > c.origin.mark.Seq
	}
	return !f.InHistory || f.Seq > c.shown
}

func (c *conn) resumes() bool { return c.origin != nil && c.origin.resumes }

func (c *conn) hold(f hub.Frame) {
	if c.Backlog += len(f.Data); c.Backlog > socket.MaxBacklog {
		c.shut(websocket.CloseTryAgainLater)
		return
	}
	c.held = append(c.held, f)
}

// replay is what a connection is sent before it goes live, and up to where that is complete.
type replay struct {
	frames  []hub.Frame
	through bus.Mark
}

// goLive sends a replay, and what was held back and is not part of it, in the order of the bus. It answers false when the replay
// must be made again.
func (c *conn) goLive(r replay) bool {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	if c.again && !c.Closed {
		c.again = false
		return false
	}
	held := c.held
	c.held, c.enough, c.replaying, c.shown = nil, nil, false, r.through.Seq
	if c.resumes() {
		c.origin.mark = r.through
	}
	for _, f := range r.frames {
		for len(held) > 0 && held[0].Seq < f.Seq {
			c.release(held[0])
			held = held[1:]
		}
		c.Send(f.Data, 0) // a replay is no backlog
	}
	for _, f := range held {
		c.release(f)
	}
	return true
}

// release sends a frame that was held back.
func (c *conn) release(f hub.Frame) {
	c.Backlog -= len(f.Data)
	c.pass(f)
}

// closeErased says that the session is gone: connecting again is of no use. It is HTTP's 410 among the codes that are ours.
const closeErased = 4410

// finish sends the last frame there is, instead of whatever waits, and closes.
func (c *conn) finish(f hub.Frame) {
	c.Finish(f.Data, closeErased, "erased")
	c.drop()
}

// Resync holds live frames back and has the conversation shown anew.
func (c *conn) Resync() {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	switch {
	case c.Closed:
	case c.replaying:
		c.again = true // what is being read now may have been read before the hole
	default:
		c.replaying = true
		c.server.wg.Go(c.show)
	}
}

// Tend pings, and gives up a client that has been silent for too long.
func (c *conn) Tend() {
	if !c.events && c.Silent(silence) { // an event stream says nothing
		c.End()
		return
	}
	c.Mu.Lock()
	defer c.Mu.Unlock()
	c.Socket.Tend()
}

// Lasting tells whether the client must be kept for as long as possible: a widget's event stream is its last.
func (c *conn) Lasting() bool { return c.events && !c.resumes() }

// Shut asks the client to connect again.
func (c *conn) Shut() {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	c.shut(websocket.CloseServiceRestart)
}

// shut closes with a code; every code that is used with it says "connect again".
func (c *conn) shut(code int) {
	c.Socket.Shut(code, socket.Again)
	c.drop()
}

// drop ends what only a connection needs that takes frames.
func (c *conn) drop() {
	c.held = nil
	if c.enough != nil {
		c.enough()
	}
}
