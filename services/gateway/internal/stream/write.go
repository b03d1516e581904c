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
	// pongWeight is what the answer to a ping adds to the backlog, in bytes: as much as the largest one takes.
	pongWeight = 128
)

// pong is the code of the answer to a client's ping.
const pong = -1

// outgoing is a frame to write, a ping when data is nil, a close when code is set; the answer to a ping when it is pong.
type outgoing struct {
	data   []byte
	weight int // what it adds to the backlog
	code   int
}

// enqueue sends at once if that is possible, else it starts a writer if none is running.
func (c *conn) enqueue(o outgoing) {
	if c.closed || !c.writing && c.direct(o) {
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
		case o.data == nil || o.code == pong:
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

// answer queues the answer to a client's ping behind what waits: written at once, it could stand in the middle of a frame. It counts, so
// that who asks and does not read is closed too.
func (c *conn) answer(ping string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.enqueue(outgoing{data: []byte(ping), weight: pongWeight, code: pong})
	return nil
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
	case o.code == pong:
		return c.ws.WriteControl(websocket.PongMessage, o.data, deadline)
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
