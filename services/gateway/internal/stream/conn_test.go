package stream

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
)

func TestSlowReaderIsClosedAtOneMiBAndOthersGoOn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key, slow, c := p.page()
	narrow(slow, c)
	other, fast, _ := p.page()
	frame := text(strings.Repeat("x", 32<<10), 0, false)
	pushed := 0
	shut := func() bool {
		c.Mu.Lock()
		defer c.Mu.Unlock()
		return c.Closed
	}
	for ; !shut() && pushed < 2000; pushed++ {
		p.Hub.Push(key, frame)
		p.Hub.Push(other, text("tick", 0, false))
		if got := p.hears(fast, 1); got[0] != "tick" {
			t.Fatalf("the other heard %q", got)
		}
		c.Mu.Lock()
		if c.Backlog > socket.MaxBacklog {
			t.Errorf("%d bytes wait", c.Backlog)
		}
		c.Mu.Unlock()
	}
	if pushed == 2000 {
		t.Fatal("64 MB were taken for a client that reads nothing")
	}
	p.gone(key)
	p.Hub.Push(other, text("still here", 0, false))
	if got := p.hears(fast, 1); got[0] != "still here" {
		t.Errorf("the other heard %q", got)
	}
}

func TestSlowReaderThatReadsAgainLearnsToConnectAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key, ws, c := p.page()
	c.Mu.Lock()
	c.Backlog = socket.MaxBacklog
	c.Mu.Unlock()
	p.Hub.Push(key, text("one too many", 0, false))
	if code := p.closed(ws); code != websocket.CloseTryAgainLater {
		t.Errorf("closed with %d", code)
	}
	p.gone(key)
}

func TestClientThatNeverPongsIsGivenUpAndOneThatDoesIsNot(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	dead, _, c := p.page()
	alive, ws, ac := p.page()
	go func() { _, _, _ = ws.ReadMessage() }() // answers pings
	for _, each := range []*conn{c, ac} {
		each.Heard(silence - time.Second)
	}
	ac.Tend()
	bustest.Until(t, "the pong is here", func() bool { return !ac.Silent(silence / 2) })
	c.Heard(silence + time.Second)
	c.Tend()
	p.gone(dead)
	ac.Tend()
	if p.Hub.Holds(alive) != 1 {
		t.Error("a client that answers was given up")
	}
}

// raw sends bytes as no client library would.
func raw(t *testing.T, ws *websocket.Conn, frame ...byte) {
	t.Helper()
	if _, err := ws.NetConn().Write(frame); err != nil {
		t.Fatal(err)
	}
}

func TestBrokenProtocolIsClosedWithItsCodeAndHarmsNobody(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key, other, _ := p.page()
	for name, breaks := range map[string]struct {
		do   func(*websocket.Conn)
		code int
	}{
		"unmasked":          {func(ws *websocket.Conn) { raw(t, ws, 0x81, 2, 'h', 'i') }, websocket.CloseProtocolError},
		"reserved bits":     {func(ws *websocket.Conn) { raw(t, ws, 0xf1, 0x80, 0, 0, 0, 0) }, websocket.CloseProtocolError},
		"unknown opcode":    {func(ws *websocket.Conn) { raw(t, ws, 0x83, 0x80, 0, 0, 0, 0) }, websocket.CloseProtocolError},
		"fragmented ping":   {func(ws *websocket.Conn) { raw(t, ws, 0x09, 0x80, 0, 0, 0, 0) }, websocket.CloseProtocolError},
		"oversized":         {func(ws *websocket.Conn) { _ = ws.WriteMessage(websocket.TextMessage, make([]byte, maxFrame+1)) }, websocket.CloseMessageTooBig},
		"oversized by far":  {func(ws *websocket.Conn) { _ = ws.WriteMessage(websocket.TextMessage, make([]byte, 900<<10)) }, websocket.CloseMessageTooBig},
		"a length of a TiB": {func(ws *websocket.Conn) { raw(t, ws, 0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0) }, websocket.CloseMessageTooBig},
	} {
		ws, _ := p.dial(key)
		breaks.do(ws)
		if code := p.closed(ws); code != breaks.code {
			t.Errorf("%s: closed with %d, want %d", name, code, breaks.code)
		}
	}
	bustest.Until(t, "they have left", func() bool { return p.Hub.Holds(key) == 1 })
	p.Hub.Push(key, text("still here", 0, false))
	if got := p.hears(other, 1); got[0] != "still here" {
		t.Errorf("the other heard %q", got)
	}
}

func TestFramesThatAreNoEventsAreIgnoredAndBadOnesAnswered(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key, ws, _ := p.page()
	_ = ws.WriteMessage(websocket.BinaryMessage, []byte{0, 1, 2})
	for _, frame := range []string{
		`{"type":"typing","data":{"isTyping":true}}`, `{"type":"message","data":{"content":"forged","sender":"operator"}}`, `{"type":"event","data":{"name":""}}`,
		`{"type":"event"}`, `{"type":"event","data":{"name":"n","data":1e309}}`, `[]`, `{`, `{"type":"event","data":{"name":"n","data":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}}`,
	} {
		_ = ws.WriteMessage(websocket.TextMessage, []byte(frame))
	}
	for _, code := range []string{"invalid_name", "invalid_name", "invalid_data", "not_an_object", "malformed_json", "too_deep"} {
		if got := p.hears(ws, 1)[0]; !strings.Contains(got, `"type":"error"`) || !strings.Contains(got, code) {
			t.Errorf("heard %s, want %s", got, code)
		}
	}
	if seq, err := p.Intake.Bus.LastSeq(t.Context(), key.Project, key.Session); seq != 0 || err != nil {
		t.Errorf("something was stored: %d, %v", seq, err)
	}
}

func TestEventsAreStoredInOrderUpToTheLimitAndNotSentBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key, ws, _ := p.page()
	for i := range 30 {
		_ = ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"event","data":{"name":"n%d","data":{"i":%d}}}`, i, i))
	}
	if got := p.hears(ws, 1)[0]; !strings.Contains(got, "rate_limited") {
		t.Errorf("heard %s", got)
	}
	var names []string
	err := p.Intake.Bus.Replay(t.Context(), 0, bus.Filter{Session: key.Session, Type: bus.EventReceived}, func(ev bus.Event) error {
		names = append(names, ev.Data.(interface{ GetName() string }).GetName())
		return nil
	})
	if err != nil || len(names) < 20 || !slices.IsSortedFunc(names[:10], strings.Compare) {
		t.Errorf("stored %q, %v", names, err)
	}
}

func TestClosingTellsEverybodyToConnectAgainAndLetsNobodyIn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var all []*websocket.Conn
	for range 100 {
		_, ws, _ := p.page()
		all = append(all, ws)
	}
	late := p.visit()
	closed := make(chan error, 1)
	go func() { closed <- p.Close(t.Context()) }()
	var wg sync.WaitGroup
	for _, ws := range all {
		wg.Go(func() {
			if code := p.closed(ws); code != websocket.CloseServiceRestart {
				t.Errorf("closed with %d", code)
			}
		})
	}
	wg.Wait()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), p.url+"?sessionId="+string(late.Session), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if code := p.closed(ws); code != websocket.CloseServiceRestart {
		t.Errorf("the late one was closed with %d", code)
	}
	_ = ws.Close()
	if n := p.Hub.Len(); n != 0 {
		t.Errorf("%d are left", n)
	}
}

func TestReaderThatIsStuckForAWholeIntervalIsGivenUp(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key, ws, c := p.page()
	c.Tend()
	bustest.Until(t, "the ping is through", func() bool { c.Mu.Lock(); defer c.Mu.Unlock(); return c.Progress == 1 && !c.Waits() })
	narrow(ws, c)
	for range 40 { // more than the kernel takes
		p.Hub.Push(key, hub.Frame{Data: make([]byte, 20<<10)})
	}
	var now, before uint32
	bustest.Until(t, "the writer is stuck", func() bool {
		before = now
		c.Mu.Lock()
		defer c.Mu.Unlock()
		now = c.Progress
		return c.Waits() && now == before && now > 1
	})
	c.Tend()
	if p.Hub.Holds(key) != 1 {
		t.Error("given up too soon")
	}
	c.Tend()
	p.gone(key)
}

func TestClosingDoesNotWaitForAStuckReader(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.stuck()
	begun := time.Now()
	if err := p.Close(t.Context()); err != nil || time.Since(begun) > 2*socket.CloseGrace {
		t.Errorf("closing took %s: %v", time.Since(begun), err)
	}
}

func TestNobodyWaitsForAWriterThatIsStuck(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for what, last := range map[string]func(*conn){
		"closing": (*conn).Shut,
		"erasing": func(c *conn) { c.Push(hub.Frame{Data: []byte("{}"), Last: true}) },
	} {
		key, c := p.stuck()
		last(c)
		t.Log(what)
		p.gone(key)
	}
}

func TestOneSessionHasSoManySocketsAndNoMore(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	for range hub.Most {
		p.dial(key)
	}
	_, res, err := websocket.DefaultDialer.DialContext(t.Context(), p.url+"?sessionId="+string(key.Session), nil)
	if err == nil || res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Errorf("one more: %v, %v", res, err)
	}
	if _, c := p.dial(p.visit()); c == nil {
		t.Error("another session is not let in")
	}
}

func TestBadHandshakeIsAnsweredInJSON(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	req, err := http.NewRequestWithContext(t.Context(), "GET", strings.Replace(p.url, "ws", "http", 1)+"?sessionId="+string(key.Session), nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "8", "Sec-WebSocket-Key": "x"} {
		req.Header.Set(k, v)
	}
	req.Close = true
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != 400 || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		t.Errorf("answered %d %v", res.StatusCode, res.Header)
	}
}
