package stream

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

const (
	// maxBacklog is how much may wait for a slow reader before it is asked to connect again, in bytes.
	maxBacklog = 1 << 20
	// maxFrame bounds what a client may send in one frame, in bytes.
	maxFrame = 64 << 10
	// writeTimeout bounds one frame on its way to the client's kernel.
	writeTimeout = 10 * time.Second
	// silence is after how long without a pong or a frame a client counts as gone.
	silence = 3 * hub.TendInterval
)

// outgoing is a frame to write, a ping when data is nil, a close when code is set.
type outgoing struct {
	data []byte
	code int
}

// conn is one WebSocket. While it is idle it has one goroutine, in Read; a second one exists while there is something to write.
type conn struct {
	ws     *websocket.Conn
	entry  *session.Entry
	server *Server
	heard  atomic.Int64 // unix seconds of the last sign of life

	mu      sync.Mutex
	queue   []outgoing
	backlog int
	writing bool
	closed  bool
	// replaying holds live frames back until the replay has been sent.
	replaying bool
	held      []hub.Frame
	// last is the newest event that this socket has been shown.
	last uint64
}

func newConn(server *Server, ws *websocket.Conn, entry *session.Entry) *conn {
	c := &conn{ws: ws, entry: entry, server: server, replaying: true}
	c.alive()
	return c
}

func (c *conn) alive() { c.heard.Store(time.Now().Unix()) }

// Push queues a frame, or holds it back while a replay is under way.
func (c *conn) Push(f hub.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.replaying:
		c.hold(f)
	case f.Seq == 0 || f.Seq > c.last:
		c.last = max(c.last, f.Seq)
		c.enqueue(outgoing{data: f.Data})
	}
}

func (c *conn) hold(f hub.Frame) {
	if c.backlog += len(f.Data); c.backlog > maxBacklog {
		c.shut(websocket.CloseTryAgainLater)
		return
	}
	c.held = append(c.held, f)
}

// goLive sends a replay that is complete up to seq, and after it what was held back and is not part of it.
func (c *conn) goLive(replay [][]byte, seq uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held := c.held
	for _, f := range held {
		c.backlog -= len(f.Data)
	}
	c.held, c.replaying, c.last = nil, false, max(c.last, seq)
	for _, data := range replay {
		c.enqueue(outgoing{data: data})
	}
	for _, f := range held {
		if f.InHistory && f.Seq <= seq {
			continue
		}
		c.last = max(c.last, f.Seq)
		c.enqueue(outgoing{data: f.Data})
	}
}

// Resync holds live frames back and has the conversation shown anew.
func (c *conn) Resync() {
	c.mu.Lock()
	again := !c.replaying && !c.closed
	c.replaying = true
	c.mu.Unlock()
	if again {
		c.server.resync(c)
	}
}

// Tend pings, and gives up a client that has been silent for too long.
func (c *conn) Tend() {
	if time.Since(time.Unix(c.heard.Load(), 0)) > silence {
		_ = c.ws.Close() // the reader notices
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.enqueue(outgoing{})
}

// Shut asks the client to connect again.
func (c *conn) Shut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut(websocket.CloseServiceRestart)
}

// shut drops what waits and closes with a code; every code that is used here says "connect again".
func (c *conn) shut(code int) {
	if c.closed {
		return
	}
	c.queue, c.held, c.backlog = nil, nil, 0
	c.enqueue(outgoing{code: code})
	c.closed = true
}

// enqueue starts a writer if none is running.
func (c *conn) enqueue(o outgoing) {
	if c.closed {
		return
	}
	if c.backlog += len(o.data); c.backlog > maxBacklog {
		c.server.metrics.slow.Inc()
		c.shut(websocket.CloseTryAgainLater)
		return
	}
	c.queue = append(c.queue, o)
	if !c.writing {
		c.writing = true
		go c.write()
	}
}

// write sends what waits and ends when nothing does. A failure closes the socket, and the reader ends the connection.
func (c *conn) write() {
	for {
		c.mu.Lock()
		queue := c.queue
		c.queue = nil
		if len(queue) == 0 {
			c.writing = false
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		for _, o := range queue {
			if !c.send(o) {
				_ = c.ws.Close()
				c.mu.Lock()
				c.closed, c.queue, c.writing = true, nil, false
				c.mu.Unlock()
				return
			}
		}
	}
}

// send writes one frame and tells whether the socket goes on.
func (c *conn) send(o outgoing) bool {
	deadline := time.Now().Add(writeTimeout)
	switch {
	case o.code != 0:
		_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(o.code, "connect again"), deadline)
		return false
	case o.data == nil:
		return c.ws.WriteControl(websocket.PingMessage, nil, deadline) == nil
	}
	_ = c.ws.SetWriteDeadline(deadline) // never fails on a WebSocket
	err := c.ws.WriteMessage(websocket.TextMessage, o.data)
	c.mu.Lock()
	c.backlog -= len(o.data)
	c.mu.Unlock()
	return err == nil
}
