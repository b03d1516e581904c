package pusher

import (
	"io"
	"net"
	"sync"
	"testing"
)

// link is a gateway's way to the sessions service, which can be cut.
type link struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

func newLink(t *testing.T, to string) *link {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &link{listener: listener, to: to, conns: map[net.Conn]bool{}}
	l.wg.Go(l.serve)
	t.Cleanup(func() {
		_ = listener.Close()
		l.set(true)
		l.wg.Wait()
	})
	return l
}

func (l *link) addr() string { return l.listener.Addr().String() }

// set cuts what there is, or lets new connections through again.
func (l *link) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut = cut; cut {
		for c := range l.conns {
			_ = c.Close()
		}
	}
}

// hold keeps a connection while the link is not cut.
func (l *link) hold(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		_ = c.Close()
		return false
	}
	l.conns[c] = true
	return true
}

func (l *link) serve() {
	for {
		from, err := l.listener.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", l.to)
		if err != nil {
			_ = from.Close()
			continue
		}
		if l.hold(from) && l.hold(to) {
			l.wg.Go(func() { l.pass(from, to) })
			l.wg.Go(func() { l.pass(to, from) })
		}
	}
}

func (l *link) pass(from, to net.Conn) {
	_, _ = io.Copy(to, from) // until one of the two ends
	_ = from.Close()
	_ = to.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, from)
}
