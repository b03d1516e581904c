package discord

import (
	"context"
	"errors"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

const (
	maxPayload   = 4096             // bytes that a client may send at once
	writeTimeout = 10 * time.Second // the machine's time
	closeTimeout = time.Second      // for the client's half of a close
)

// conn is one WebSocket. Its queue has a lock of its own; the rest is guarded by Server.mu.
type conn struct {
	s       *Server
	ws      *websocket.Conn
	address *url.URL
	ctx     context.Context
	cancel  context.CancelFunc
	deflate *deflater // nil: not compressed

	session *session  // nil until identified or resumed
	beat    time.Time // the machine's time
	sends   *quota.Window

	mu    sync.Mutex
	queue []outgoing
	ready chan struct{}
	half  bool // half open: nothing is written and nothing is heard
}

// outgoing is one thing to do on a connection, in order.
type outgoing struct {
	data   []byte
	after  time.Time // not before
	code   int       // close with it
	reason string
	reset  bool // break the connection
}

// newConn prepares a connection. The caller holds mu.
func (s *Server) newConn(ws *websocket.Conn, address *url.URL, compressed bool) *conn {
	b := s.limits.budget.Sends
	c := &conn{
		s: s, ws: ws, address: address, beat: time.Now(), ready: make(chan struct{}, 1),
		sends: &quota.Window{Limit: b.Limit, Per: b.Per},
	}
	if compressed {
		c.deflate = newDeflater()
	}
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	context.AfterFunc(c.ctx, func() { _ = ws.Close() })
	s.gateway.opened++
	return c
}

// send queues a payload that is no event.
func (c *conn) send(op int, data any) {
	c.push(outgoing{data: raw(frame{Op: op, Data: raw(data)})})
}

// end queues a close.
func (c *conn) end(code int, reason string) { c.push(outgoing{code: code, reason: reason}) }

func (c *conn) push(o outgoing) {
	c.mu.Lock()
	c.queue = append(c.queue, o)
	c.mu.Unlock()
	c.signal()
}

func (c *conn) signal() {
	select {
	case c.ready <- struct{}{}:
	default:
	}
}

// next waits for something to do; false if the connection is over.
func (c *conn) next() (outgoing, bool) {
	for {
		c.mu.Lock()
		if len(c.queue) > 0 && !c.half {
			o := c.queue[0]
			c.queue = c.queue[1:]
			c.mu.Unlock()
			return o, true
		}
		c.mu.Unlock()
		select {
		case <-c.ready:
		case <-c.ctx.Done():
			return outgoing{}, false
		}
	}
}

// write does what is queued, one after another.
func (c *conn) write() {
	for {
		o, ok := c.next()
		if !ok || c.s.clock.Sleep(c.ctx, o.after.Sub(c.s.clock.Now())) != nil {
			return
		}
		switch {
		case o.reset:
			if tcp, ok := c.ws.NetConn().(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			c.cancel()
			return
		case o.code != 0:
			message := websocket.FormatCloseMessage(o.code, o.reason)
			_ = c.ws.WriteControl(websocket.CloseMessage, message, time.Now().Add(writeTimeout))
			_ = c.ws.SetReadDeadline(time.Now().Add(closeTimeout)) // read() waits for the client's half
			return
		}
		_ = c.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
		kind, data := websocket.TextMessage, o.data
		if c.deflate != nil {
			kind, data = websocket.BinaryMessage, c.deflate.next(o.data)
		}
		if c.ws.WriteMessage(kind, data) != nil {
			c.cancel()
			return
		}
	}
}

// read handles what the client sends and returns the code that it closed with; 0 if the connection just ended.
func (c *conn) read() int {
	c.ws.SetReadLimit(maxBody)
	for {
		_, data, err := c.ws.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			return closed.Code
		}
		if err != nil {
			return 0
		}
		c.mu.Lock()
		deaf := c.half
		c.mu.Unlock()
		if !deaf {
			c.s.mu.Lock()
			c.s.hear(c, data)
			c.s.mu.Unlock()
			c.s.watch.Touch()
		}
	}
}

// watchHeart closes a connection whose client does not beat. It runs on the machine's time, because the client beats by its own
// clock, which nobody advances.
func (c *conn) watchHeart() {
	for {
		c.s.mu.Lock()
		left := c.s.ranOut() - time.Since(c.beat)
		if left <= 0 {
			c.end(closeTimedOut, "Session timed out")
			c.s.mu.Unlock()
			return
		}
		c.s.mu.Unlock()
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-c.ctx.Done():
			timer.Stop()
			return
		}
	}
}

// halve makes a connection half open, as when a middlebox forgets it.
func (c *conn) halve() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.half = true
}
