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
		if l.hold(from) {
			l.wg.Go(func() { l.join(from) })
		}
	}
}

// join passes on what comes, in both directions. No way to the service is left open when there is none to the gateway: a server that stops would wait
// for what such a connection has to say.
func (l *link) join(from net.Conn) {
	to, err := net.Dial("tcp", l.to)
	if err != nil || !l.hold(to) {
		l.drop(from)
		return
	}
	l.wg.Go(func() { l.pass(to, from) })
	l.pass(from, to)
}

func (l *link) pass(from, to net.Conn) {
	_, _ = io.Copy(to, from) // until one of the two ends
	_ = to.Close()
	l.drop(from)
}

func (l *link) drop(c net.Conn) {
	_ = c.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}
