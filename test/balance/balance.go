package balance

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Balancer hands every new connection to one of its targets by chance, as Kubernetes does: in turn, every tab's socket would be beside
// its calls, and all of them at the same gateway.
type Balancer struct {
	listener net.Listener
	wg       sync.WaitGroup

	mu      sync.Mutex
	targets []string
	open    map[net.Conn]bool
	closed  bool
}

// dialTimeout bounds a try of one target; all are on this machine.
const dialTimeout = 2 * time.Second

// Open starts a balancer that has no targets yet: it closes what comes.
func Open() (*Balancer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open balancer: %w", err)
	}
	b := &Balancer{listener: listener, open: map[net.Conn]bool{}}
	b.wg.Go(b.accept)
	return b, nil
}

// URL is where it listens.
func (b *Balancer) URL() string { return "http://" + b.listener.Addr().String() }

// Point says who gets the connections that come from now on, as addresses.
func (b *Balancer) Point(targets ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.targets = targets
}

// Close ends every connection.
func (b *Balancer) Close() {
	_ = b.listener.Close() // it is not used any more
	b.mu.Lock()
	b.closed = true
	for conn := range b.open {
		_ = conn.Close()
	}
	b.mu.Unlock()
	b.wg.Wait()
}

func (b *Balancer) accept() {
	for {
		from, err := b.listener.Accept()
		if err != nil {
			return
		}
		if b.keep(from) {
			b.wg.Go(func() { b.carry(from) })
		}
	}
}

// carry joins a connection with one to a target, until both directions have ended.
func (b *Balancer) carry(from net.Conn) {
	defer b.drop(from)
	to := b.dial()
	if to == nil || !b.keep(to) {
		return
	}
	defer b.drop(to)
	done := make(chan struct{})
	go func() { defer close(done); pass(to, from) }()
	pass(from, to)
	<-done
}

// pass copies one direction, and passes on its end: whoever says no more may still be listening. It copies by itself, since the kernel's
// way takes two more files each.
func pass(to, from net.Conn) {
	_, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 4<<10))
	if half, ok := to.(*net.TCPConn); ok && err == nil {
		_ = half.CloseWrite() // fails when the other side has gone, which is as good
		return
	}
	_ = to.Close()
}

// dial connects to a target, or to another one if that does not answer: it may just have gone. nil when none does.
func (b *Balancer) dial() net.Conn {
	b.mu.Lock()
	targets := b.targets
	b.mu.Unlock()
	for _, i := range rand.Perm(len(targets)) {
		if conn, err := net.DialTimeout("tcp", targets[i], dialTimeout); err == nil {
			return conn
		}
	}
	return nil
}

// keep remembers a connection for Close, and refuses it afterwards.
func (b *Balancer) keep(conn net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		_ = conn.Close()
		return false
	}
	b.open[conn] = true
	return true
}

func (b *Balancer) drop(conn net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, conn)
	_ = conn.Close()
}
