package browser

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Line is the network between a browser and a server: it can be cut, and lose what the server answers.
type Line struct {
	backend  string
	listener net.Listener
	cut      atomic.Bool
	lose     atomic.Pointer[[]byte]
	mu       sync.Mutex
	open     map[net.Conn]bool
	wg       sync.WaitGroup
}

// NewLine lays a line to a server's address, host:port, until the test's end.
func NewLine(t testing.TB, backend string) *Line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{backend: backend, listener: listener, open: map[net.Conn]bool{}}
	l.wg.Go(l.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		l.Cut()
		l.wg.Wait()
	})
	return l
}

// URL is where the server is reached over the line.
func (l *Line) URL() string { return "http://" + l.listener.Addr().String() }

// Cut ends every connection, and lets no other through until Mend.
func (l *Line) Cut() {
	l.cut.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		_ = c.Close()
	}
}

// Mend lets connections through again.
func (l *Line) Mend() { l.cut.Store(false) }

// LoseAnswer drops the answer to the next request that begins so, for example "POST /pocketping/message": the server does what it is
// asked for, and the browser never knows.
func (l *Line) LoseAnswer(begins string) { b := []byte(begins); l.lose.Store(&b) }

func (l *Line) accept() {
	for {
		c, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.wg.Go(func() { l.carry(c) })
	}
}

// carry joins a browser's connection to one to the server.
func (l *Line) carry(c net.Conn) {
	defer c.Close()
	server, err := net.Dial("tcp", l.backend)
	if err != nil {
		return
	}
	defer server.Close()
	l.mu.Lock()
	l.open[c] = true
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, c)
	}()
	if l.cut.Load() {
		return
	}
	var deaf atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer server.Close()
		_, _ = io.Copy(sink{server, func(b []byte) { l.listen(b, &deaf) }}, c)
	}()
	_, _ = io.Copy(sink{c, func([]byte) {
		if deaf.Load() {
			_ = c.Close()
		}
	}}, server)
	_ = c.Close()
	<-done
}

// listen notices the request whose answer is to be lost.
func (l *Line) listen(request []byte, deaf *atomic.Bool) {
	if wanted := l.lose.Load(); wanted != nil && bytes.HasPrefix(request, *wanted) && l.lose.CompareAndSwap(wanted, nil) {
		deaf.Store(true)
	}
}

// sink looks at what is written before it is.
type sink struct {
	io.Writer
	look func([]byte)
}

func (s sink) Write(b []byte) (int, error) {
	s.look(b)
	return s.Writer.Write(b)
}
