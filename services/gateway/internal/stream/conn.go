package stream

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

const (
	// maxBacklog is how much may wait for a slow reader before it is asked to connect again, in bytes.
	maxBacklog = 1 << 20
	// silence is after how long without a pong or a frame a client counts as gone.
	silence = 3 * hub.TendInterval
)

// conn is one WebSocket or event stream. While it is idle it has one goroutine, in read or watch; a second one exists while there is
// something to write.
type conn struct {
	ws     *websocket.Conn // nil for an event stream
	events net.Conn        // nil for a WebSocket
	key    session.Key
	server *Server
	began  time.Duration // since the server's beginning
	heard  atomic.Int64  // the last sign of life, likewise

	mu      sync.Mutex
	queue   []outgoing
	sending *outgoing // what the writer has taken last
	backlog int       // bytes that wait and count: a replay does not
	writing bool
	closed  bool
	// progress counts what has been sent, tended is where it stood when the connection was looked after last.
	progress, tended uint32
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
	c := &conn{key: key, server: server, origin: from, replaying: true, began: time.Since(server.began)}
	c.alive()
	return c
}

func (c *conn) alive() { c.heard.Store(int64(time.Since(c.server.began))) }

// Push queues a frame, or holds it back while a replay is under way.
func (c *conn) Push(f hub.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
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
	c.enqueue(outgoing{data: data, weight: len(data)})
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
	if c.backlog += len(f.Data); c.backlog > maxBacklog {
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
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.again && !c.closed {
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
		c.enqueue(outgoing{data: f.Data})
	}
	for _, f := range held {
		c.release(f)
	}
	return true
}

// release sends a frame that was held back.
func (c *conn) release(f hub.Frame) {
	c.backlog -= len(f.Data)
	c.pass(f)
}

// closeErased says that the session is gone: connecting again is of no use. It is HTTP's 410 among the codes that are ours.
const closeErased = 4410

// finish sends the last frame there is, instead of whatever waits, and closes.
func (c *conn) finish(f hub.Frame) {
	c.conclude(outgoing{data: f.Data, weight: len(f.Data)}, outgoing{code: closeErased})
}

// Resync holds live frames back and has the conversation shown anew.
func (c *conn) Resync() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
	case c.replaying:
		c.again = true // what is being read now may have been read before the hole
	default:
		c.replaying = true
		c.server.wg.Go(c.show)
	}
}

// Tend pings, and gives up a client that has been silent for too long.
func (c *conn) Tend() {
	if c.ws != nil && time.Since(c.server.began)-time.Duration(c.heard.Load()) > silence { // an event stream says nothing
		_ = c.ws.Close() // the reader notices
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writing && c.progress == c.tended { // not even the last ping is through
		c.server.metrics.slow.Inc()
		c.shut(websocket.CloseTryAgainLater)
	}
	c.tended = c.progress
	c.enqueue(outgoing{})
}

// net is the connection below.
func (c *conn) net() net.Conn {
	if c.ws != nil {
		return c.ws.NetConn()
	}
	return c.events
}

// Lasting tells whether the client must be kept for as long as possible: a widget's event stream is its last.
func (c *conn) Lasting() bool { return c.events != nil && !c.resumes() }

// Shut asks the client to connect again.
func (c *conn) Shut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut(websocket.CloseServiceRestart)
}

// shut drops what waits and closes with a code; every code that is used with it says "connect again".
func (c *conn) shut(code int) {
	if !c.closed {
		c.conclude(outgoing{code: code})
	}
}

// conclude has nothing more sent than this, and does not wait for a writer that is stuck. A deadline on the socket would not do: a
// writer sets its own before each frame, and may be about to.
func (c *conn) conclude(words ...outgoing) {
	if at := c.progress; c.writing {
		time.AfterFunc(closeGrace, func() {
			c.mu.Lock()
			stuck := c.writing && c.progress == at
			c.mu.Unlock()
			if stuck {
				_ = c.net().Close() // the writer and the reader end
			}
		})
	}
	c.queue, c.backlog = nil, 0
	for _, o := range words {
		c.enqueue(o)
	}
	c.drop()
}

// drop ends everything but the writer.
func (c *conn) drop() {
	c.closed, c.held = true, nil
	if c.enough != nil {
		c.enough()
	}
}
