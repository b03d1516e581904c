package socket

import (
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// MaxBacklog is how much may wait for a slow reader before it is asked to connect again, in bytes.
	MaxBacklog = 1 << 20
	// CloseGrace is how long a client may take to answer a close frame, and to take what is sent before it.
	CloseGrace = 2 * time.Second
)

// Again is why a socket is closed whose client is to connect again.
const Again = "connect again"

// Owner is whose socket it is.
type Owner interface {
	// Text is a message that the client has sent, one call at a time. It may take its time: the client's next one waits.
	Text(message []byte)
	// Left is called once, after the last Text: the connection has ended.
	Left()
}

// Kind is what the sockets of one kind have in common.
type Kind struct {
	// Form is how frames are written and read.
	Form Form
	// Overflow is the code that closes a socket whose client reads too slowly, and Slow counts those.
	Overflow int
	Slow     prometheus.Counter
}

// Socket is a connection's own. Its owner shares its lock: one for what waits, and for what decides what waits.
type Socket struct {
	heard atomic.Int64 // the last sign of life, since began
	armed atomic.Bool  // the kernel is to tell when there is something to read
	line  line
	loop  *Loop
	kind  *Kind
	owner Owner

	partial *partial // what the client has begun to send; the reader's alone

	// Mu guards all that is below it.
	Mu sync.Mutex
	// Backlog is how many bytes wait, and count.
	Backlog int
	// Progress counts how often the kernel has taken something.
	Progress uint32
	// Closed tells that nothing is taken any more.
	Closed bool

	due     bool   // a writer is about to come
	blocked bool   // the kernel takes no more now, and is to tell when it does
	hangup  bool   // the connection ends when nothing waits
	dead    bool   // nothing can be written any more
	tended  uint32 // where Progress stood when the socket was looked after last
	queue   []outgoing
	rest    *rest
}

// outgoing is a frame to write, as it is said, or as it goes over the wire.
type outgoing struct {
	data   []byte
	weight int // what it adds to the backlog
	raw    bool
}

// rest is what the kernel has not taken of what it was given, and what that adds to the backlog.
type rest struct {
	data   []byte
	weight int
}

// Open takes a connection over; whoever had it must not use it any more. On an error it is closed.
func (s *Socket) Open(conn net.Conn, loop *Loop, kind *Kind, owner Owner) (err error) {
	s.loop, s.kind, s.owner = loop, kind, owner
	s.tended = never
	s.Alive()
	if s.line, err = newLine(conn); err == nil {
		s.Narrow(kernelKeeps)
	}
	return err
}

// kernelKeeps is how much the kernel may keep for a client that does not read, in bytes; by itself it keeps megabytes.
const kernelKeeps = 256 << 10

// Narrow bounds what the kernel keeps for the client, which takes twice as much for it.
func (s *Socket) Narrow(bytes int) {
	_ = s.line.with(func(fd int) { _ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_SNDBUF, bytes) }) // or it keeps more
}

// Watch begins to read what the client sends. Whoever has opened a socket calls it once: else it would never end.
func (s *Socket) Watch() { s.loop.watch(s) }

// began is what signs of life are counted from: a clock that is set harms nobody.
var began = time.Now()

// never is no Progress: a socket that has not been looked after yet may be in the middle of its first frame.
const never = ^uint32(0)

// Alive notes a sign of life.
func (s *Socket) Alive() { s.Heard(0) }

// Heard notes how long ago the last sign of life was.
func (s *Socket) Heard(ago time.Duration) { s.heard.Store(int64(time.Since(began) - ago)) }

// Silent tells that there was none for so long.
func (s *Socket) Silent(d time.Duration) bool {
	return time.Since(began)-time.Duration(s.heard.Load()) > d
}

// Waits tells that something has not been taken by the kernel yet. The caller holds Mu.
func (s *Socket) Waits() bool { return s.rest != nil || len(s.queue) > 0 }

// Send queues a frame, which counts as so many bytes that wait. The caller holds Mu.
func (s *Socket) Send(data []byte, weight int) { s.enqueue(outgoing{data: data, weight: weight}) }

// Tend pings, and closes the socket when nothing was written since it was called last although something waits. The caller holds Mu.
func (s *Socket) Tend() {
	if s.Waits() && s.Progress == s.tended { // not even the last ping is through
		s.kind.Slow.Inc()
		s.Shut(s.kind.Overflow, Again)
	}
	s.tended = s.Progress
	s.enqueue(outgoing{data: s.kind.Form.Ping(), raw: true})
}

// Shut drops what waits and closes with a code. The caller holds Mu.
func (s *Socket) Shut(code int, why string) { s.Finish(nil, code, why) }

// Finish sends a last frame instead of whatever waits, if there is one, and closes with a code. The caller holds Mu.
func (s *Socket) Finish(last []byte, code int, why string) {
	if s.Closed {
		return
	}
	s.queue, s.Backlog = nil, 0
	if s.rest != nil {
		s.rest.weight = 0 // it is sent: nothing may stand in the middle of a frame
	}
	if last != nil {
		s.enqueue(outgoing{data: last})
	}
	bye := s.kind.Form.Bye(code, why)
	if bye != nil {
		s.enqueue(outgoing{data: bye, raw: true})
	}
	s.Closed, s.hangup = true, bye == nil // nobody answers where nothing is said
	if s.hangup && !s.Waits() {
		s.kill()
		return
	}
	time.AfterFunc(CloseGrace, s.End) // neither a client that does not read is waited for, nor one that does not answer
}

// End drops what waits and ends the connection, for its reader too.
func (s *Socket) End() {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.kill()
}

// kill ends the connection: its reader notices. The caller holds Mu.
func (s *Socket) kill() {
	s.queue, s.rest, s.Closed = nil, nil, true
	if !s.dead {
		s.dead = true
		s.line.shutdown()
	}
}
