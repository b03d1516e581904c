package stream

import (
	"net"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// controlTimeout bounds a ping or a close on its way to the client's kernel. Other frames have no timer each, which would cost
	// a third of what sending them does: Tend notices a writer that is stuck.
	controlTimeout = 10 * time.Second
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

// write sends what waits and ends when nothing does. A failure closes the socket, and the reader ends the connection. It begins
// on a stack of 2 KiB: growing that for every frame would cost a tenth of what sending does, so it has few local variables.
func (c *conn) write() {
	for {
		o := c.next()
		if o == nil {
			return
		}
		var err error
		switch {
		case o.data == nil:
			err = c.control(o)
		case c.ws != nil:
			err = c.ws.WriteMessage(websocket.TextMessage, o.data)
		default:
			err = c.event(o.data)
		}
		if err != nil {
			c.end()
			return
		}
	}
}

// next counts what has just been sent, and takes what waits. When nothing does, the writer ends.
func (c *conn) next() *outgoing {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sending != nil {
		c.backlog -= c.sending.weight
		c.progress++
	}
	if len(c.queue) == 0 {
		c.queue, c.sending, c.writing = nil, nil, false
		return nil
	}
	c.sending, c.queue = &c.queue[0], c.queue[1:]
	return c.sending
}

//go:noinline
func (c *conn) control(o *outgoing) error {
	deadline := time.Now().Add(controlTimeout)
	switch {
	case c.ws == nil && o.code == 0:
		_, err := c.events.Write([]byte(heartbeat))
		return err
	case c.ws == nil:
		return net.ErrClosed // an event stream has no codes: it ends
	case o.code == 0:
		return c.ws.WriteControl(websocket.PingMessage, nil, deadline)
	}
	// The reader ends with the client's answer, or without it.
	_ = c.ws.SetReadDeadline(time.Now().Add(closeGrace))
	why := "connect again"
	if o.code == closeErased {
		why = "erased"
	}
	return c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(o.code, why), deadline)
}

// end drops what waits and closes the socket.
func (c *conn) end() {
	c.mu.Lock()
	c.queue = nil
	c.drop()
	c.mu.Unlock()
	_ = c.net().Close() // a second time it fails, and changes nothing
}
