package stream

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// knock opens a socket with nothing but a TCP connection on the client's side.
func (p *place) knock(key session.Key) net.Conn {
	p.Helper()
	tcp, err := net.Dial("tcp", strings.TrimPrefix(p.url, "ws://"))
	if err != nil {
		p.Fatal(err)
	}
	fmt.Fprintf(tcp, "GET /?sessionId=%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n", key.Session)
	var answer []byte
	for one := make([]byte, 1); !strings.HasSuffix(string(answer), "\r\n\r\n"); answer = append(answer, one[0]) {
		if _, err := tcp.Read(one); err != nil {
			p.Fatal(err)
		}
	}
	return tcp
}

// BenchmarkFanout sends one frame to 1,000 connections of as many sessions, and waits until all have read it.
func BenchmarkFanout(b *testing.B) {
	p := newPlace(b)
	const sockets = 1000
	frame := hub.Frame{Data: []byte(`{"type":"event","data":{"name":"sale","data":{"until":"2026-01-02T03:04:05.678Z","text":"` + strings.Repeat("x", 200) + `"},"timestamp":"2026-01-02T03:04:05.678Z"}}`)}
	var read atomic.Int64
	for range sockets {
		tcp := p.knock(p.visit())
		go func() {
			buf := make([]byte, 512)
			for {
				n, err := tcp.Read(buf)
				if err != nil {
					return
				}
				read.Add(int64(n))
			}
		}()
		b.Cleanup(func() { _ = tcp.Close() })
	}
	bustest.Until(b, "all are live", func() bool { return p.liveNow() == sockets })
	want := int64(sockets * (len(frame.Data) + 4))
	b.ResetTimer()
	for i := range b.N {
		p.Hub.Broadcast(id.Default, frame)
		for read.Load() < int64(i+1)*want {
			time.Sleep(50 * time.Microsecond)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/sockets, "ns/delivery")
}

func (p *place) liveNow() (n int) {
	for c := range p.conns() {
		c.Mu.Lock()
		if !c.replaying {
			n++
		}
		c.Mu.Unlock()
	}
	return n
}

// BenchmarkIdleSocket reports what an idle socket of a page that only looks keeps in memory, its session's entry included. The
// client's side is a bare TCP connection; BenchmarkIdleConnection is what both ends of one of these are alone.
func BenchmarkIdleSocket(b *testing.B) {
	p := newPlace(b)
	const sockets = 2000
	for b.Loop() {
		before := inUse()
		clients := make([]io.Closer, sockets)
		for i := range clients {
			clients[i] = p.knock(p.visit())
		}
		bustest.Until(b, "all are live", func() bool { return p.liveNow() == sockets })
		b.ReportMetric(float64(inUse()-before)/sockets, "B/socket")
		for _, c := range clients {
			_ = c.Close()
		}
		bustest.Until(b, "all are gone", func() bool { return p.Hub.Len() == 0 })
	}
}

// BenchmarkIdleConnection is the two ends of a TCP connection, with a goroutine that reads from one.
func BenchmarkIdleConnection(b *testing.B) {
	const connections = 2000
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	for b.Loop() {
		before := inUse()
		both := make([]net.Conn, 0, 2*connections)
		for range connections {
			client, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			server, err := listener.Accept()
			if err != nil {
				b.Fatal(err)
			}
			both = append(both, client, server)
		}
		b.ReportMetric(float64(inUse()-before)/connections, "B/connection")
		for _, c := range both {
			_ = c.Close()
		}
	}
}

// inUse is the heap and the stacks, without what could be freed.
func inUse() int64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
