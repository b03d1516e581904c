package stream

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"google.golang.org/grpc"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/feed"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/render"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/sessionstest"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

// patience bounds what a test waits for; nothing takes that long unless it is broken.
const patience = 10 * time.Second

// place is a stream server without a feed: what its sockets hear, the test pushes.
type place struct {
	testing.TB
	*Server
	sessions *sessionstest.Server
	url      string
	visitor  sessionsv1.SessionsClient
}

func newPlace(t testing.TB) *place {
	t.Helper()
	b := bustest.New(t)
	sessions, conn := sessionstest.Start(t, b)
	client := sessionsv1.NewSessionsClient(conn)
	directory, err := session.New(client, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	events, err := filter.NewLimiter(filter.Rate{Every: 5, Burst: 20})
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Options{
		Intake: &intake.Intake{Project: id.Default, Bus: b, Directory: directory, Sessions: client, Log: zap.NewNop()},
		Hub:    hub.New(), Render: &render.Maker{Directory: directory, Links: transfer.NewLinks(nil)}, Place: new(bus.Place), Presence: feed.NewPresence(silent{}), Events: events, Metrics: prometheus.NewRegistry(), Log: zap.NewNop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(func() {
		if err := server.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		web.Close()
	})
	return &place{TB: t, Server: server, sessions: sessions, url: strings.Replace(web.URL, "http", "ws", 1), visitor: client}
}

// silent is a sessions service that does not know who is there: then no page is told.
type silent struct{ sessionsv1.SessionsClient }

func (silent) Operators(context.Context, *sessionsv1.OperatorsRequest, ...grpc.CallOption) (*sessionsv1.OperatorsResponse, error) {
	return nil, errors.New("nobody knows")
}

// visit makes a session of which nothing is on the bus.
func (p *place) visit() session.Key {
	p.Helper()
	answer, err := p.visitor.Open(p.Context(), &sessionsv1.OpenRequest{Project: "default", VisitorId: "v", Visit: &bellhopv1.Session{}})
	if err != nil {
		p.Fatal(err)
	}
	return session.Key{Project: id.Default, Session: id.Session(answer.GetRecord().GetSession().GetId())}
}

// says stores messages of a visitor.
func (p *place) says(key session.Key, contents ...string) (seq uint64) {
	p.Helper()
	entry, refusal := p.Intake.Find(p.Context(), string(key.Session))
	if refusal != nil {
		p.Fatal(refusal)
	}
	for _, content := range contents {
		m := &bellhopv1.Message{Id: string(id.NewMessage()), Content: content, Sender: "visitor"}
		ev := fact.Created(entry, m, "widget")
		ev.Time = fact.Now()
		if refusal := p.Intake.Record(p.Context(), entry, ev); refusal != nil {
			p.Fatal(refusal)
		}
	}
	seq, err := p.Intake.Bus.LastSeq(p.Context(), key.Project, key.Session)
	if err != nil {
		p.Fatal(err)
	}
	return seq
}

// dial opens a socket and answers both of its ends.
func (p *place) dial(key session.Key) (*websocket.Conn, *conn) {
	p.Helper()
	before := p.conns()
	ws, res, err := websocket.DefaultDialer.DialContext(p.Context(), p.url+"?sessionId="+string(key.Session), nil)
	if err != nil {
		p.Fatal(err)
	}
	_ = res.Body.Close()
	p.Cleanup(func() { _ = ws.Close() })
	var mine *conn
	bustest.Until(p, "the socket is in the hub", func() bool {
		for c := range p.conns() {
			if !before[c] {
				mine = c
			}
		}
		return mine != nil
	})
	return ws, mine
}

// page is a socket of a new visitor, gone live.
func (p *place) page() (session.Key, *websocket.Conn, *conn) {
	p.Helper()
	key := p.visit()
	ws, c := p.dial(key)
	p.live(c)
	return key, ws, c
}

// narrow makes the kernel take little for a client that does not read.
func narrow(ws *websocket.Conn, c *conn) {
	_ = ws.NetConn().(*net.TCPConn).SetReadBuffer(4 << 10)
	c.Narrow(4 << 10)
}

// stuck is a connection whose client does not read, in the middle of a frame.
func (p *place) stuck() (session.Key, *conn) {
	key, ws, c := p.page()
	narrow(ws, c)
	for range 40 { // more than the kernel takes
		p.Hub.Push(key, hub.Frame{Data: make([]byte, 20<<10)})
	}
	c.Mu.Lock()
	defer c.Mu.Unlock()
	if !c.Waits() || c.Backlog == 0 {
		p.Fatal("nothing waits")
	}
	return key, c
}

func (p *place) conns() map[*conn]bool {
	all := map[*conn]bool{}
	p.Hub.Each(func(_ session.Key, c hub.Conn) { all[c.(*conn)] = true })
	return all
}

// live waits until a replay has been sent.
func (p *place) live(c *conn) {
	p.Helper()
	bustest.Until(p, "the socket is live", func() bool {
		c.Mu.Lock()
		defer c.Mu.Unlock()
		return !c.replaying
	})
}

// hears reads so many frames; a message is its content.
func (p *place) hears(ws *websocket.Conn, n int) (frames []string) {
	p.Helper()
	for range n {
		_ = ws.SetReadDeadline(time.Now().Add(patience))
		_, data, err := ws.ReadMessage()
		if err != nil {
			p.Fatalf("after %q: %v", frames, err)
		}
		text := string(data)
		if _, content, ok := strings.Cut(text, `"content":"`); ok {
			text, _, _ = strings.Cut(content, `"`)
		}
		frames = append(frames, text)
	}
	return frames
}

// closed reads until the socket ends and answers the code.
func (p *place) closed(ws *websocket.Conn) int {
	p.Helper()
	for {
		_ = ws.SetReadDeadline(time.Now().Add(patience))
		_, _, err := ws.ReadMessage()
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
			return closed.Code
		}
		if err != nil {
			p.Fatal(err)
		}
	}
}

func (p *place) gone(key session.Key) {
	p.Helper()
	bustest.Until(p, "the socket has left", func() bool { return p.Hub.Holds(key) == 0 })
}

func text(s string, seq uint64, inHistory bool) hub.Frame {
	return hub.Frame{Data: []byte(s), Seq: seq, InHistory: inHistory}
}
