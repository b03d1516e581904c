package stream

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
)

// The kernel takes a part of some frame: what is sent afterwards, answers to pings too, stands behind its rest.
func TestReaderThatPausesIsSentWholeFramesInOrderAndItsPingsAreAnswered(t *testing.T) {
	p := newPlace(t)
	ws, c := p.dial(p.visit())
	_ = ws.NetConn().(*net.TCPConn).SetReadBuffer(16 << 10)
	_ = c.ws.NetConn().(*net.TCPConn).SetWriteBuffer(16 << 10)
	bustest.Until(t, "it is live", func() bool { return p.liveNow() == 1 })
	frame := func(n int) string { return fmt.Sprintf(`{"n":%06d,"text":"%s"}`, n, strings.Repeat("x", n%3000)) }
	sent, behind := 0, 0
	for behind < 200 { // half of what may wait
		c.Push(hub.Frame{Data: []byte(frame(sent))})
		sent++
		c.mu.Lock()
		if c.writing {
			behind++
		}
		c.mu.Unlock()
		if behind%20 == 1 {
			if err := ws.WriteControl(websocket.PingMessage, []byte("there?"), time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
		}
	}
	pongs := 0
	ws.SetPongHandler(func(text string) error {
		if text == "there?" {
			pongs++
		}
		return nil
	})
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	for n := range sent {
		_, raw, err := ws.ReadMessage()
		if err != nil {
			t.Fatal(n, err)
		}
		if string(raw) != frame(n) {
			t.Fatalf("frame %d of %d is %.40s", n, sent, raw)
		}
	}
	c.Push(hub.Frame{Data: []byte(frame(sent))}) // behind the last pong
	if _, _, err := ws.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	if pongs == 0 {
		t.Error("no ping was answered")
	}
}

// A frame of any size is read as it was sent, with a head of its own or of the library.
func TestFramesOfEverySizeAreReadAsTheyWereSent(t *testing.T) {
	p := newPlace(t)
	ws, c := p.dial(p.visit())
	bustest.Until(t, "it is live", func() bool { return p.liveNow() == 1 })
	for _, size := range []int{0, 1, 125, 126, 127, directLimit, directLimit + 1, 65535, 65536, 100_000} {
		want := strings.Repeat("y", size)
		c.Push(hub.Frame{Data: []byte(want)})
		_ = ws.SetReadDeadline(time.Now().Add(patience))
		kind, raw, err := ws.ReadMessage()
		if err != nil || kind != websocket.TextMessage || string(raw) != want {
			t.Fatalf("of %d bytes came %d, kind %d, %v", size, len(raw), kind, err)
		}
	}
}
