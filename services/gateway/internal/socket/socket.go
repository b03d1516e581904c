package socket

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// MaxBacklog is how much may wait for a slow reader before it is asked to connect again, in bytes.
	MaxBacklog = 1 << 20
	// ControlTimeout bounds a ping or a close on its way to the client's kernel. Other frames have no timer each, which would cost
	// a third of what sending them does: Tend notices a writer that is stuck.
	ControlTimeout = 10 * time.Second
	// CloseGrace is how long a client may take to answer a close frame.
	CloseGrace = 2 * time.Second
)

// Again is why a socket is closed whose client is to connect again.
const Again = "connect again"

// Carrier is what frames go over. One goroutine at a time writes; Close may come at any time, and more than once.
type Carrier interface {
	// Frame writes a frame.
	Frame(data []byte) error
	// Ping asks for a sign of life.
	Ping() error
	// Bye says why it ends. The reader must end soon after, with the client's answer or without it.
	Bye(code int, why string) error
	// Close ends it, for whoever reads from it too.
	Close() error
}

// Socket is what of a connection sends. Its owner shares its lock: one for what waits, and for what decides what waits.
type Socket struct {
	heard atomic.Int64 // the last sign of life, since began

	// Mu guards all that is below it.
	Mu sync.Mutex
	// Backlog is how many bytes wait, and count.
	Backlog int
	// Progress counts what has been sent.
	Progress uint32
	// Writing tells that there is a writer; Closed that nothing is taken any more.
	Writing, Closed bool

	overflow uint16 // the code for a client that reads too slowly
	tended   uint32 // where Progress stood when the socket was looked after last
	queue    []outgoing
	sending  *outgoing // what the writer has taken last
	carrier  Carrier
	slow     prometheus.Counter
}

// outgoing is a frame to write, a ping when data is nil, a close when code is set.
type outgoing struct {
	data   []byte
	weight int // what it adds to the backlog
	code   int
	why    string
}

// Open begins. Clients that read too slowly are counted, and closed with the code overflow.
func (s *Socket) Open(carrier Carrier, overflow int, slow prometheus.Counter) {
	s.carrier, s.overflow, s.slow = carrier, uint16(overflow), slow
	s.tended = never
	s.Alive()
}

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

// Carrier is what frames go over.
func (s *Socket) Carrier() Carrier { return s.carrier }

// Send queues a frame, which counts as so many bytes that wait. The caller holds Mu.
func (s *Socket) Send(data []byte, weight int) { s.enqueue(outgoing{data: data, weight: weight}) }

// Tend pings, and closes the socket when nothing was written since it was called last although something waits. The caller holds Mu.
func (s *Socket) Tend() {
	if s.Writing && s.Progress == s.tended { // not even the last ping is through
		s.slow.Inc()
		s.Shut(int(s.overflow), Again)
	}
	s.tended = s.Progress
	s.enqueue(outgoing{})
}

// Shut drops what waits and closes with a code. The caller holds Mu.
func (s *Socket) Shut(code int, why string) {
	if !s.Closed {
		s.conclude(outgoing{code: code, why: why})
	}
}

// Finish sends a last frame instead of whatever waits, and closes with a code. The caller holds Mu.
func (s *Socket) Finish(last []byte, code int, why string) {
	if !s.Closed {
		s.conclude(outgoing{data: last, weight: len(last)}, outgoing{code: code, why: why})
	}
}

// conclude has nothing more sent than this, and does not wait for a writer that is stuck. A deadline on the socket would not do: a
// writer sets its own before each frame, and may be about to.
func (s *Socket) conclude(words ...outgoing) {
	if at := s.Progress; s.Writing {
		time.AfterFunc(CloseGrace, func() {
			s.Mu.Lock()
			stuck := s.Writing && s.Progress == at
			s.Mu.Unlock()
			if stuck {
				_ = s.carrier.Close() // the writer and the reader end
			}
		})
	}
	s.queue, s.Backlog = nil, 0
	for _, o := range words {
		s.enqueue(o)
	}
	s.Closed = true
}

// End drops what waits and closes the carrier.
func (s *Socket) End() {
	s.Mu.Lock()
	s.queue, s.Closed = nil, true
	s.Mu.Unlock()
	_ = s.carrier.Close() // a second time it fails, and changes nothing
}
