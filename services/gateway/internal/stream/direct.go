package stream

import (
	"bytes"
	"encoding/binary"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

// directLimit is the largest frame that is written without a writer of its own, in bytes: it is copied on the way.
const directLimit = 4 << 10

var scratch = sync.Pool{New: func() any { b := make([]byte, 0, directLimit+maxHead); return &b }}

// maxHead is the size of the head of a frame up to directLimit.
const maxHead = 4

// direct writes a frame to a socket that nobody writes to, if the kernel takes it at once: no goroutine is started, which would cost a
// third of what sending does. It never blocks: it neither waits for room nor for the lock of whoever answers a broken client. It answers
// false when nothing has been written. What the kernel did not take of a frame is the first that a writer sends, whatever is dropped
// meanwhile: a close frame must not stand in the middle of another one.
func (c *conn) direct(o outgoing) bool {
	if c.ws == nil || o.code != 0 || o.data == nil || len(o.data) > directLimit {
		return false
	}
	socket, ok := c.ws.NetConn().(syscall.Conn)
	if !ok {
		return false
	}
	buffer := scratch.Get().(*[]byte)
	defer scratch.Put(buffer)
	frame := appendFrame((*buffer)[:0], o.data)
	n := offer(socket, frame)
	switch {
	case n == 0:
		return false
	case n < len(frame):
		rest := &outgoing{data: bytes.Clone(frame[n:]), weight: o.weight}
		c.backlog += rest.weight
		c.sending, c.writing = rest, true
		_ = c.ws.NetConn().SetWriteDeadline(time.Time{}) // the last ping's; a socket that is closed already fails below
		go c.writeRest(rest)
	default:
		c.progress++
	}
	return true
}

// appendFrame appends a text frame of a server, which is not masked.
func appendFrame(to, data []byte) []byte {
	const final = 0x80
	to = append(to, final|websocket.TextMessage)
	if n := len(data); n < 126 {
		to = append(to, byte(n))
	} else {
		to = binary.BigEndian.AppendUint16(append(to, 126), uint16(n))
	}
	return append(to, data...)
}

// offer writes what the kernel takes at once. What is wrong with a socket is for the writer to find out.
func offer(socket syscall.Conn, data []byte) (n int) {
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0
	}
	err = raw.Control(func(fd uintptr) { n, _ = syscall.Write(int(fd), data) })
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// writeRest begins with the rest of a frame.
func (c *conn) writeRest(rest *outgoing) {
	if _, err := c.ws.NetConn().Write(rest.data); err != nil {
		c.end()
		return
	}
	c.write()
}
