package pusher

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestNoMoreConnectionsAreLetInThanThereMayBeHoweverManyComeAtOnce(t *testing.T) {
	t.Parallel()
	const most, come = 3, 30
	g := newApp(t, Config{MaxConnections: most}).gateway()
	codes := make(chan int, come)
	var wg sync.WaitGroup
	for range come {
		wg.Go(func() {
			ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(g.url, "http", "ws", 1)+SocketPath+appKey+"?protocol=7", nil)
			if err != nil {
				t.Error(err)
				return
			}
			_ = res.Body.Close()
			t.Cleanup(func() { _ = ws.Close() })
			_ = ws.SetReadDeadline(time.Now().Add(patience))
			code := 0
			if _, _, err = ws.ReadMessage(); err != nil {
				code = -1
				if over := new(websocket.CloseError); errors.As(err, &over) {
					code = over.Code
				}
			}
			codes <- code
		})
	}
	wg.Wait()
	close(codes)
	got := map[int]int{}
	for code := range codes {
		got[code]++
	}
	if got[0] != most || got[codeOverQuota] != come-most {
		t.Errorf("by close code: %v", got)
	}
}

func TestClientsEventsMayBeAsLargeAsTheAppAllows(t *testing.T) {
	t.Parallel()
	config := all
	config.MaxPayload = 200 << 10
	g := newApp(t, config).gateway()
	c, other := g.client(), g.client()
	c.subscribes("private-x")
	other.subscribes("private-x")
	data := strings.Repeat(`"`, config.MaxPayload)
	c.send(`{"event":"client-x","channel":"private-x","data":` + string(text(data+"x")) + `}`)
	if f := c.hears("pusher:error"); !strings.Contains(string(f.Data), "4301") {
		t.Errorf("one byte too many: %s", f.Data)
	}
	c.send(`{"event":"client-x","channel":"private-x","data":` + string(text(data)) + `}`)
	if f := other.hears("client-x"); f.text() != data {
		t.Errorf("heard %d bytes", len(f.text()))
	}
	c.send(`{"event":"client-x","channel":"private-x","data":` + string(text(data+data+data+data)) + `}`)
	if code := c.closed(); code != websocket.CloseMessageTooBig {
		t.Errorf("closed with %d", code)
	}
}
