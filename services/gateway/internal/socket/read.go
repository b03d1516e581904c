package socket

import (
	"errors"
	"sync"
	"syscall"
)

// buffers are what is read into. One is held for as long as its owner takes for a message, which may be seconds for many at once: so it is small.
var buffers = sync.Pool{New: func() any { b := make([]byte, 4<<10); return &b }}

// pump takes what the client has sent. It answers false when the connection has ended; its owner knows that then.
func (s *Socket) pump() bool {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		n, err := s.read(*buffer)
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			return true
		case err != nil || n <= 0:
			s.leave()
			return false
		default:
			s.Alive()
			if !s.kind.Form.Take(s, (*buffer)[:n]) {
				s.leave()
				return false
			}
			if n < len(*buffer) { // or the kernel tells at once
				return true
			}
		}
	}
}

func (s *Socket) read(b []byte) (n int, err error) {
	if gone := s.line.with(func(fd int) { n, err = syscall.Read(fd, b) }); gone != nil {
		return 0, gone
	}
	return n, err
}

// leave is the end: the owner is told, and the descriptor is closed. Only the reader does that, and nobody writes to what is dead.
func (s *Socket) leave() {
	s.End()
	s.owner.Left()
	s.loop.forget(s)
	s.line.close()
}
