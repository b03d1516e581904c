package apitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// gateway is Discord's end.
type gateway struct {
	open sync.WaitGroup

	session int      // number of the present session; 0 before the first
	events  []string // of the present session, in order; the first is READY
	conns   []*peer
	begun   int
	resumed []int64 // what resumptions named
	closes  []int   // codes with which the client left
	fatal   int     // a code with which every beginning is refused
	deaf    bool    // sessions can't be resumed
}

// peer is one connection.
type peer struct {
	ws *websocket.Conn
	mu sync.Mutex
}

func (p *peer) send(body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.ws.WriteMessage(websocket.TextMessage, []byte(body)) // the client may have gone
}

// Dispatch sends an event, and again to whoever resumes from before it.
func (a *API) Dispatch(event, data string) {
	a.change(func() {
		g := &a.gateway
		seq := len(g.events) + 1
		body := fmt.Sprintf(`{"op":0,"s":%d,"t":%q,"d":%s}`, seq, event, data)
		g.events = append(g.events, body)
		for _, p := range g.conns {
			p.send(body)
		}
	})
}

// Cut cuts all connections.
func (a *API) Cut() {
	a.change(func() {
		for _, p := range a.gateway.conns {
			_ = p.ws.UnderlyingConn().Close()
		}
		a.gateway.conns = nil
	})
}

// Forget ends the session: it can't be resumed any more.
func (a *API) Forget() { a.change(func() { a.gateway.deaf = true }) }

// Forbid refuses every new session with a close code; 0 ends that.
func (a *API) Forbid(code int) { a.change(func() { a.gateway.fatal = code }) }

// Begun is how many sessions were begun, and Resumed from which events sessions were resumed.
func (a *API) Begun() int { return look(a, func(g *gateway) int { return g.begun }) }

// Resumed is from which events sessions were resumed.
func (a *API) Resumed() []int64 {
	return look(a, func(g *gateway) []int64 { return append([]int64(nil), g.resumed...) })
}

// Closes are the codes with which the client has left.
func (a *API) Closes() []int {
	return look(a, func(g *gateway) []int { return append([]int(nil), g.closes...) })
}

// Connected is how many connections have a session.
func (a *API) Connected() int { return look(a, func(g *gateway) int { return len(g.conns) }) }

func look[T any](a *API, at func(*gateway) T) T {
	a.mu.Lock()
	defer a.mu.Unlock()
	return at(&a.gateway)
}

func (a *API) connect(w http.ResponseWriter, r *http.Request) {
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	a.gateway.open.Add(1)
	defer a.gateway.open.Done()
	defer func() { _ = ws.Close() }()
	p := &peer{ws: ws}
	p.send(`{"op":10,"d":{"heartbeat_interval":30000}}`)
	for {
		_, body, err := ws.ReadMessage()
		if err != nil {
			a.left(p, err)
			return
		}
		var f struct {
			Op   int `json:"op"`
			Data struct {
				SessionID string `json:"session_id"`
				Seq       int64  `json:"seq"`
			} `json:"d"`
		}
		_ = json.Unmarshal(body, &f) // a heartbeat's data is a number
		switch f.Op {
		case 1:
			p.send(`{"op":11}`)
		case 2:
			a.begin(p)
		case 6:
			a.resume(p, f.Data.SessionID, f.Data.Seq)
		}
	}
}

func (a *API) left(p *peer, err error) {
	a.change(func() {
		if closed, ok := err.(*websocket.CloseError); ok { //nolint:errorlint // it is not wrapped
			a.gateway.closes = append(a.gateway.closes, closed.Code)
		}
		for i, one := range a.gateway.conns {
			if one == p {
				a.gateway.conns = append(a.gateway.conns[:i], a.gateway.conns[i+1:]...)
				return
			}
		}
	})
}

func (a *API) begin(p *peer) {
	a.change(func() {
		g := &a.gateway
		g.begun++
		if g.fatal != 0 {
			_ = p.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(g.fatal, "no"), time.Now().Add(time.Second))
			return
		}
		g.session++
		g.deaf = false
		at := "ws" + strings.TrimPrefix(a.URL, "http") + "/gateway"
		g.events = []string{fmt.Sprintf(`{"op":0,"s":1,"t":"READY","d":{"session_id":"s%d","resume_gateway_url":%q}}`, g.session, at)}
		p.send(g.events[0])
		g.conns = append(g.conns, p)
	})
}

func (a *API) resume(p *peer, session string, seq int64) {
	a.change(func() {
		g := &a.gateway
		g.resumed = append(g.resumed, seq)
		if g.deaf || session != fmt.Sprintf("s%d", g.session) || seq > int64(len(g.events)) {
			p.send(`{"op":9,"d":false}`)
			return
		}
		for _, body := range g.events[seq:] {
			p.send(body)
		}
		body := fmt.Sprintf(`{"op":0,"s":%d,"t":"RESUMED","d":{}}`, len(g.events)+1)
		g.events = append(g.events, body)
		p.send(body)
		g.conns = append(g.conns, p)
	})
}
