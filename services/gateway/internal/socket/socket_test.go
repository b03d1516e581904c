package socket

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds what a test waits for; nothing takes that long unless it is broken.
const patience = 20 * time.Second

// place is a server of sockets, and their clients.
type place struct {
	testing.TB
	loop *Loop
	kind Kind
	url  string
	open chan *ear
	all  sync.WaitGroup
}

// ear is what owns a socket here.
type ear struct {
	Socket
	place *place
	texts chan string
	left  chan struct{}
	slow  func(message string)
}

func (e *ear) Text(message []byte) {
	if e.slow != nil {
		e.slow(string(message))
	}
	e.texts <- string(message)
}

func (e *ear) Left() {
	close(e.left) // a second time panics
	e.place.all.Done()
}

const most = 1 << 20

func newPlace(t testing.TB) *place {
	t.Helper()
	loop, err := NewLoop()
	if err != nil {
		t.Fatal(err)
	}
	slow := prometheus.NewCounter(prometheus.CounterOpts{Name: "slow"})
	p := &place{TB: t, loop: loop, kind: Kind{WebSocket{most}, 1013, slow}, open: make(chan *ear, 1)}
	upgrader := websocket.Upgrader{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		e := &ear{place: p, texts: make(chan string, 10_000), left: make(chan struct{})}
		p.all.Add(1)
		if err := e.Open(ws.NetConn(), loop, &p.kind, e); err != nil {
			t.Error(err)
			return
		}
		p.open <- e
		e.Watch()
	}))
	p.url = strings.Replace(server.URL, "http", "ws", 1)
	t.Cleanup(func() {
		server.Close()
		p.all.Wait()
		loop.Close()
	})
	return p
}

// dial opens a socket and answers both ends.
func (p *place) dial() (*websocket.Conn, *ear) {
	p.Helper()
	ws, res, err := websocket.DefaultDialer.Dial(p.url, nil)
	if err != nil {
		p.Fatal(err)
	}
	_ = res.Body.Close()
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	p.Cleanup(func() { _ = ws.Close() })
	return ws, <-p.open
}

// bare opens a socket that neither answers nor reads by itself.
func (p *place) bare() (net.Conn, *ear) {
	ws, e := p.dial()
	return ws.NetConn(), e
}

func (e *ear) say(texts ...string) {
	e.Mu.Lock()
	defer e.Mu.Unlock()
	for _, text := range texts {
		e.Send([]byte(text), len(text))
	}
}

// fill says something unless so much waits that one more might be too much.
func (e *ear) fill(text string) bool {
	e.Mu.Lock()
	defer e.Mu.Unlock()
	if e.Backlog > MaxBacklog/2 {
		return false
	}
	e.Send([]byte(text), len(text))
	return true
}

func (e *ear) isBlocked() bool {
	e.Mu.Lock()
	defer e.Mu.Unlock()
	return e.blocked
}

// wait waits until there is something on a channel, or it is closed.
func wait[T any](t testing.TB, what string, from <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(patience):
		t.Fatal("not within the time there is: " + what)
	}
	return got
}

func (p *place) hears(ws *websocket.Conn) string {
	p.Helper()
	kind, data, err := ws.ReadMessage()
	if err != nil || kind != websocket.TextMessage {
		p.Fatal(kind, err)
	}
	return string(data)
}

func (p *place) slowOnes() int { return int(testutil.ToFloat64(p.kind.Slow)) }

// closeCode is the code that a client is closed with.
func (p *place) closeCode(ws *websocket.Conn) int {
	p.Helper()
	for {
		_, _, err := ws.ReadMessage()
		if closed, ok := err.(*websocket.CloseError); ok { //nolint:errorlint // it is returned as it is
			return closed.Code
		}
		if err != nil {
			p.Fatal(err)
		}
	}
}
