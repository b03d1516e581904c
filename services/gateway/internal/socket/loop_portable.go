//go:build unix && (!linux || portable)

package socket

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"syscall"
)

// Loop is what a server's sockets share. Without epoll, each has a goroutine that waits for something to read.
type Loop struct{ writers writers }

// NewLoop begins. Close ends it.
func NewLoop() (*Loop, error) { return &Loop{writers{most: runtime.GOMAXPROCS(0)}}, nil }

// Close has nothing to end: a socket's goroutine ends with it.
func (l *Loop) Close() {}

// watch reads what the client sends.
func (l *Loop) watch(s *Socket) {
	go func() {
		for s.pump() {
			var one [1]byte
			_ = s.line.raw.Read(func(fd uintptr) bool { // a connection that has ended is told by pump
				_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK)
				return !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR)
			})
		}
	}()
}

func (l *Loop) forget(*Socket) {}

// room goes on when the kernel takes more of a socket.
func (l *Loop) room(s *Socket) error {
	go func() {
		err := s.line.raw.Write(func(fd uintptr) bool {
			s.Mu.Lock()
			defer s.Mu.Unlock()
			s.blocked = !s.dead && !s.drain(int(fd))
			return !s.blocked
		})
		if err != nil {
			s.End()
		}
	}()
	return nil
}

// line is a connection, of whose descriptor Go knows.
type line struct {
	conn net.Conn
	raw  syscall.RawConn
}

func newLine(conn net.Conn) (line, error) {
	tcp, ok := conn.(syscall.Conn)
	if !ok {
		_ = conn.Close()
		return line{}, fmt.Errorf("take a connection over: a %T has no descriptor", conn)
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		_ = conn.Close()
		return line{}, fmt.Errorf("take a connection over: %w", err)
	}
	return line{conn, raw}, nil
}

func (l *line) with(do func(fd int)) error { return l.raw.Control(func(fd uintptr) { do(int(fd)) }) }

// shutdown ends the connection for both sides. It is called in the middle of writing, where closing would wait for its end.
func (l *line) shutdown() {
	_ = l.with(func(fd int) { _ = syscall.Shutdown(fd, syscall.SHUT_RDWR) }) // it fails when the client was first
}

func (l *line) close() { _ = l.conn.Close() }
