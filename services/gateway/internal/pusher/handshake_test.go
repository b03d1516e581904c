package pusher

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
)

func TestPagesOfOtherSitesMayNotConnectAndWhatIsNoPageMay(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	g.Origins = filter.Origins{"https://shop.example"}
	for origin, want := range map[string]int{"https://shop.example": 0, "": 0, "https://other.example": codeUnauthorized, "null": codeUnauthorized} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(g.url, "http", "ws", 1)+SocketPath+appKey+"?protocol=7", header)
		if err != nil {
			t.Fatalf("%s: %v", origin, err)
		}
		_ = res.Body.Close()
		c := &client{TB: t, ws: ws}
		if want == 0 {
			c.hears("pusher:connection_established")
		} else if code := c.closed(); code != want {
			t.Errorf("%s: closed with %d", origin, code)
		}
		_ = ws.Close()
	}
}

func TestWhichClientConnectsIsLoggedForWhoeverLooks(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	core, logs := observer.New(zapcore.DebugLevel)
	g.Server.Log = zap.New(core)
	g.clientAs("?protocol=5&client=iOS-libPusher&version=1.5;beta")
	g.clientAs("?protocol=6&version=%0a")
	var said []string
	for _, e := range logs.FilterMessage("client connected").All() {
		said = append(said, fmt.Sprint(e.ContextMap()["client"], e.ContextMap()["protocol"]))
	}
	if got := fmt.Sprint(said); got != "[iOS-libPusher5 6]" {
		t.Errorf("logged %q", said)
	}
}
