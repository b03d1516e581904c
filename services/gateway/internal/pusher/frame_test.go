package pusher

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// ends reads all that comes before a close, and the close.
func ends(t *testing.T, ws *websocket.Conn) (frames []got, code int) {
	t.Helper()
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	for {
		_, data, err := ws.ReadMessage()
		if over := new(websocket.CloseError); errors.As(err, &over) {
			return frames, over.Code
		}
		var f got
		if err == nil {
			err = json.Unmarshal(data, &f)
		}
		if err != nil {
			t.Fatalf("not closed, but %v", err)
		}
		frames = append(frames, f)
	}
}

func TestErrorComesBeforeACloseForOldClientsAloneAndWithEveryCode(t *testing.T) {
	t.Parallel()
	for version, errors := range map[int]int{4: 1, 5: 1, 6: 0, 7: 0} {
		g := newApp(t, all).gateway()
		wants := func(ws *websocket.Conn, code int) {
			t.Helper()
			frames, closed := ends(t, ws)
			if closed != code || len(frames) != errors {
				t.Fatalf("version %d: %+v and %d, want %d", version, frames, closed, code)
			}
			if errors == 1 && (frames[0].Event != "pusher:error" || !strings.HasPrefix(string(frames[0].Data), fmt.Sprintf(`{"code":%d,"message":"`, code))) {
				t.Errorf("version %d: %d is told as %s %s", version, code, frames[0].Event, frames[0].Data)
			}
		}
		query := fmt.Sprintf("?client=x&protocol=%d", version)
		wants(g.dial("unknown"+query), codeNoApp)
		user, silent, last := g.clientAs(query), g.clientAs(query), g.clientAs(query)
		user.signsIn(`{"id":"1"}`)
		user.hears("pusher:signin_success")
		if status, answer := g.call("POST", "users/1/terminate_connections", "", "{}"); status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
		wants(user.ws, codeUnauthorized)
		g.tend(silent.id, func(c *conn) { c.Heard(g.silence() * 2) })
		wants(silent.ws, codeNoPong)
		closed := make(chan error, 1)
		go func() { closed <- g.Close(t.Context()) }()
		wants(last.ws, codeReconnect)
		if err := <-closed; err != nil {
			t.Error(err)
		}
	}
}

// tend looks after a socket when something has been done to it.
func (g *gateway) tend(id string, do func(*conn)) {
	g.hub.Each(func(_ session.Key, each hub.Conn) {
		if c := each.(*conn); c.id == id {
			do(c)
			defer c.Tend()
		}
	})
}

func TestWhateverIsHeardOfAClientIsASignOfLife(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	for what, kind := range map[string]int{"a ping": websocket.PingMessage, "a pong": websocket.PongMessage, "text": websocket.TextMessage, "a binary message": websocket.BinaryMessage} {
		c := g.client()
		g.hub.Each(func(_ session.Key, each hub.Conn) { each.(*conn).Heard(g.silence() * 2) })
		var err error
		if kind == websocket.TextMessage || kind == websocket.BinaryMessage {
			err = c.ws.WriteMessage(kind, []byte("x"))
		} else {
			err = c.ws.WriteControl(kind, []byte("x"), time.Now().Add(patience))
		}
		if err != nil {
			t.Fatal(err)
		}
		alive := false
		for began := time.Now(); !alive && time.Since(began) < patience; {
			g.hub.Each(func(_ session.Key, each hub.Conn) {
				alive = each.(*conn).id == c.id && !each.(*conn).Silent(g.silence()) || alive
			})
		}
		if !alive {
			t.Errorf("%s is none", what)
		}
		_ = c.ws.Close()
	}
}

func TestPingIsAnsweredWithItsPayloadAlsoBetweenTheFragmentsOfAMessage(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	ws := g.dial(appKey + "?protocol=7")
	pongs := ""
	ws.SetPongHandler(func(data string) error { pongs += data; return nil })
	c := &client{TB: t, ws: ws}
	c.hears("pusher:connection_established")
	w, err := ws.NextWriter(websocket.TextMessage)
	if err != nil {
		t.Fatal(err)
	}
	// More than the writer's buffer of 4 KiB: each time it is full, a fragment goes out.
	for i, part := range []string{`{"event":"pusher:subscribe","data":{"chan`, strings.Repeat(" ", 5000), `nel":"in-pieces"` + strings.Repeat(" ", 5000), `}}`} {
		if i == 1 {
			part = `nel_": "` + part + `", "chan`
		}
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
		if err := ws.WriteControl(websocket.PingMessage, fmt.Append(nil, i), time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if f := c.hears("pusher_internal:subscription_succeeded"); f.Channel != "in-pieces" {
		t.Errorf("%+v", f)
	}
	if c.heard(); pongs != "0123" {
		t.Errorf("pongs %q", pongs)
	}
}

func TestManyMessagesInOneSegmentAreTakenInTheirOrder(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	c := g.client()
	var together []byte
	for i := range 50 {
		// Masked with zeros, as a client must.
		frame := fmt.Sprintf(`{"event":"pusher:subscribe","data":{"channel":"c%d"}}`, i)
		together = append(together, 0x81, 0x80|byte(len(frame)), 0, 0, 0, 0)
		together = append(together, frame...)
	}
	if _, err := c.ws.NetConn().Write(together); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if f := c.hears("pusher_internal:subscription_succeeded"); f.Channel != fmt.Sprintf("c%d", i) {
			t.Errorf("%d is %s", i, f.Channel)
		}
	}
}
