//go:build linux && !portable

package socket

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
)

// Loop is what a server's sockets share: the kernel's lists of who has something to read, and of who takes more.
type Loop struct {
	ins, outs *epoll
	writers   writers
	wg        sync.WaitGroup

	mu sync.RWMutex
	by []*Socket // by descriptor
}

// NewLoop begins to watch. Close ends it.
func NewLoop() (l *Loop, err error) {
	l = &Loop{writers: writers{most: runtime.GOMAXPROCS(0)}}
	if l.ins, err = newEpoll(); err != nil {
		return nil, err
	}
	if l.outs, err = newEpoll(); err != nil {
		_ = l.ins.file.Close()
		return nil, err
	}
	l.wg.Go(func() { l.ins.run(l.in) })
	l.wg.Go(func() { l.outs.run(l.out) })
	return l, nil
}

// Close watches no more. The sockets have ended, or are left as they are.
func (l *Loop) Close() {
	_ = l.ins.file.Close()
	_ = l.outs.file.Close()
	l.wg.Wait()
}

// watch reads what the client sends, whenever it does.
func (l *Loop) watch(s *Socket) {
	fd := int(s.line.fd)
	l.mu.Lock()
	for fd >= len(l.by) {
		l.by = append(l.by, nil)
	}
	l.by[fd] = s
	l.mu.Unlock()
	l.await(s, syscall.EPOLL_CTL_ADD)
}

// await has the kernel tell when there is something to read. From here on the socket may be another goroutine's.
func (l *Loop) await(s *Socket, op int) {
	fd := int(s.line.fd)
	s.armed.Store(true)
	if l.ins.arm(op, fd, syscall.EPOLLIN) != nil && s.armed.CompareAndSwap(true, false) {
		go s.leave() // the owner may be in the middle of beginning
	}
}

func (l *Loop) find(fd int) *Socket {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.by[fd]
}

// forget is called before the descriptor is closed.
func (l *Loop) forget(s *Socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by[s.line.fd] = nil
}

// in reads what has come. Nobody else does until the kernel is asked to tell again.
func (l *Loop) in(fd int) {
	if s := l.find(fd); s != nil && s.armed.CompareAndSwap(true, false) {
		go l.read(s)
	}
}

func (l *Loop) read(s *Socket) {
	if s.pump() {
		l.await(s, syscall.EPOLL_CTL_MOD)
	}
}

// out writes what waits. The socket may be gone, and its descriptor another's: that does it no harm.
func (l *Loop) out(fd int) {
	if s := l.find(fd); s != nil {
		s.unblock()
	}
}

// room has the kernel tell when it takes more of a socket.
func (l *Loop) room(s *Socket) error {
	fd := int(s.line.fd)
	if l.outs.arm(syscall.EPOLL_CTL_MOD, fd, syscall.EPOLLOUT) == nil {
		return nil
	}
	return l.outs.arm(syscall.EPOLL_CTL_ADD, fd, syscall.EPOLLOUT) // it is the first time
}

// epoll is a list of descriptors that the kernel watches. Go waits for it as for any other descriptor, so that waiting takes no thread.
type epoll struct {
	file *os.File
	fd   int
}

func newEpoll() (*epoll, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make an epoll: %w", err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // or Go would not wait for it
		_ = syscall.Close(fd)
		return nil, fmt.Errorf("make an epoll: %w", err)
	}
	return &epoll{os.NewFile(uintptr(fd), "epoll"), fd}, nil
}

// arm has the kernel tell of a descriptor once.
func (e *epoll) arm(op, fd int, events uint32) error {
	return syscall.EpollCtl(e.fd, op, fd, &syscall.EpollEvent{Events: events | syscall.EPOLLONESHOT, Fd: int32(fd)})
}

// run calls ready with each descriptor that the kernel tells of, until the file is closed.
func (e *epoll) run(ready func(fd int)) {
	raw, err := e.file.SyscallConn()
	if err != nil {
		return // it is closed
	}
	events := make([]syscall.EpollEvent, 128)
	_ = raw.Read(func(fd uintptr) bool { // it ends when the file is closed
		for {
			n, err := syscall.EpollWait(int(fd), events, 0)
			if err != nil && !errors.Is(err, syscall.EINTR) {
				return true
			}
			for _, event := range events[:max(n, 0)] {
				ready(int(event.Fd))
			}
			if err == nil && n < len(events) {
				return false
			}
		}
	})
}

// line is a connection's descriptor, which never blocks.
type line struct{ fd int32 }

// newLine takes the descriptor, and frees what Go has for a connection beside it.
func newLine(conn net.Conn) (line, error) {
	defer func() { _ = conn.Close() }() // the descriptor is another one
	tcp, ok := conn.(syscall.Conn)
	if !ok {
		return line{}, fmt.Errorf("take a connection over: a %T has no descriptor", conn)
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return line{}, fmt.Errorf("take a connection over: %w", err)
	}
	var fd uintptr
	var errno syscall.Errno
	if err := raw.Control(func(old uintptr) {
		fd, _, errno = syscall.Syscall(syscall.SYS_FCNTL, old, syscall.F_DUPFD_CLOEXEC, 0)
	}); err != nil {
		return line{}, fmt.Errorf("take a connection over: %w", err)
	}
	if errno != 0 {
		return line{}, fmt.Errorf("take a connection over: %w", errno)
	}
	return line{int32(fd)}, nil
}

func (l *line) with(do func(fd int)) error { do(int(l.fd)); return nil }

// shutdown ends the connection for both sides; the descriptor stays.
func (l *line) shutdown() { _ = syscall.Shutdown(int(l.fd), syscall.SHUT_RDWR) } // it fails when the client was first

func (l *line) close() { _ = syscall.Close(int(l.fd)) }
