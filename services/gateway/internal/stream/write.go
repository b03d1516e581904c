package stream

import (
	"time"

	"github.com/gorilla/websocket"
)

const (
	// writeTimeout bounds one frame on its way to the client's kernel.
	writeTimeout = 10 * time.Second
	// closeGrace is how long a client may take to answer a close frame.
	closeGrace = 2 * time.Second
)

// outgoing is a frame to write, a ping when data is nil, a close when code is set.
type outgoing struct {
	data   []byte
	weight int // what it adds to the backlog
	code   int
}

// enqueue starts a writer if none is running.
func (c *conn) enqueue(o outgoing) {
	if c.closed {
		return
	}
	if c.backlog += o.weight; c.backlog > maxBacklog {
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
	for queue := c.next(); len(queue) > 0; queue = c.next() {
		for _, o := range queue {
			if o.code == 0 && c.isShut() {
				break // next is the close
			}
			if c.send(o) != nil {
				c.end()
				return
			}
		}
	}
}

// next takes what waits; when nothing does, the writer ends.
func (c *conn) next() []outgoing {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue := c.queue
	c.queue, c.writing = nil, len(queue) > 0
	return queue
}

func (c *conn) isShut() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// send writes one frame.
func (c *conn) send(o outgoing) error {
	deadline := time.Now().Add(writeTimeout)
	switch {
	case o.code != 0:
		// The reader ends with the client's answer, or without it.
		_ = c.ws.SetReadDeadline(time.Now().Add(closeGrace))
		return c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(o.code, "connect again"), deadline)
	case o.data == nil:
		return c.ws.WriteControl(websocket.PingMessage, nil, deadline)
	}
	_ = c.ws.SetWriteDeadline(deadline) // never fails on a WebSocket
	err := c.ws.WriteMessage(websocket.TextMessage, o.data)
	if o.weight > 0 {
		c.mu.Lock()
		c.backlog -= o.weight
		c.mu.Unlock()
	}
	return err
}

// end drops what waits and closes the socket.
func (c *conn) end() {
	c.mu.Lock()
	c.closed, c.queue, c.held = true, nil, nil
	c.mu.Unlock()
	_ = c.ws.Close() // a second time it fails, and changes nothing
}
