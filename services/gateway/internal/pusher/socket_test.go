package pusher

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

func TestWhoMayNotConnectIsToldWithTheCodeThatClientsGiveUpOn(t *testing.T) {
	t.Parallel()
	g := newApp(t, Config{MaxConnections: 1}).gateway()
	g.client()
	for query, want := range map[string]int{
		"unknown?protocol=7":                     codeNoApp,
		appKey + "/more?protocol=7":              codeNoApp,
		appKey + "?protocol=3":                   codeOldVersion,
		appKey + "?protocol=8":                   codeOldVersion,
		appKey + "?protocol=seven":               codeBadVersion,
		appKey:                                   codeNoVersion,
		appKey + "?client=js":                    codeOverQuota,
		appKey + "?protocol=5&client=x&flash=no": codeOverQuota,
	} {
		if code := closedWith(t, g.dial(query)); code != want {
			t.Errorf("%s: closed with %d, want %d", query, code, want)
		}
	}
	res, err := http.Get(g.url + SocketPath + appKey)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("without an upgrade: %d", res.StatusCode)
	}
}

func TestOddInputIsAnsweredAndTheSocketStays(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	c := g.client()
	for _, frame := range []string{
		``, `{`, `null`, `7`, `"pusher:ping"`, `[]`, `{}`, `{"event":7}`, `{"event":null,"data":{}}`, `{"event":"unknown"}`,
		`{"event":"pusher:subscribe"}`, `{"event":"pusher:subscribe","data":null}`, `{"event":"pusher:subscribe","data":[]}`,
		`{"event":"pusher:subscribe","data":"{"}`, `{"event":"pusher:subscribe","data":{"channel":{}}}`, `{"event":"pusher:unsubscribe","data":{"channel":"x"}}`,
		`{"event":"pusher:signin"}`, `{"event":"pusher:signin","data":{}}`, `{"event":"pusher:signin","data":{"auth":"x","user_data":"{}"}}`,
		`{"event":"client-x"}`, `{"event":"client-x","channel":"x","data":{}}`, `{"event":"pusher_internal:terminate","channel":"x","data":{}}`,
		strings.Repeat(`[`, 100_000), `{"event":"pusher:ping\u0000"}`,
	} {
		c.send(frame)
		if f := c.next(); f.Event != "pusher:error" {
			t.Errorf("%.60s: answered %+v", frame, f)
		}
	}
	if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte("no part of the protocol")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "a b", "a/b", "ä", "#x", userPrefix, userPrefix + "somebody", strings.Repeat("x", maxName+1), "private-x", "presence-x"} {
		c.send(fmt.Sprintf(`{"event":"pusher:subscribe","data":{"channel":%q,"auth":"k"}}`, name))
		if f := c.next(); f.Event != "pusher:subscription_error" || f.Channel != name {
			t.Errorf("%q: answered %+v", name, f)
		}
		if f := c.next(); f.Event != "pusher:error" {
			t.Errorf("%q: answered %+v", name, f)
		}
	}
	c.subscribes(strings.Repeat("x", maxName))
	c.asks(strings.Repeat("x", maxName))
	if f := c.hears("pusher:error"); !strings.Contains(string(f.Data), "already") || !strings.Contains(string(f.Data), `"code":null`) {
		t.Errorf("twice: %s", f.Data)
	}
	c.send(`{"event":"pusher:subscribe","data":"{\"channel\":\"as-text\"}"}`)
	c.hears("pusher_internal:subscription_succeeded")
	c.send(strings.Repeat("x", maxFrame+1))
	if code := c.closed(); code != websocket.CloseMessageTooBig {
		t.Errorf("a frame too large: closed with %d", code)
	}
}

func TestWrongSignatureIsToldWhatShouldHaveBeenSigned(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	c := g.client()
	for auth, want := range map[string]string{
		appKey + ":" + strings.Repeat("0", 64): c.id + ":private-x",
		"other:" + strings.Repeat("0", 64):     "not this app's",
		"nonsense":                             "key:signature",
	} {
		c.send(fmt.Sprintf(`{"event":"pusher:subscribe","data":{"channel":"private-x","auth":%q}}`, auth))
		f := c.hears("pusher:subscription_error")
		if data := string(f.Data); !strings.Contains(data, want) || !strings.Contains(data, `"status":401`) || strings.Contains(data, appSecret) {
			t.Errorf("%s: %s", auth, data)
		}
	}
	other := g.client()
	c.asks("private-x")
	c.hears("pusher_internal:subscription_succeeded")
	other.id = c.id // what was signed for another socket
	other.asks("private-x")
	other.hears("pusher:subscription_error")
	c.subscribes("private-y", `{"any":"data"}`) // counts there too when it is there
	c.send(fmt.Sprintf(`{"event":"pusher:subscribe","data":{"channel":"presence-x","auth":"%s:00","channel_data":"{\"user_id\":\"ann\"}"}}`, appKey))
	var told struct{ Message string }
	if err := json.Unmarshal(c.hears("pusher:error").Data, &told); err != nil || !strings.Contains(told.Message, c.id+`:presence-x:{"user_id":"ann"}, but`) {
		t.Errorf("not the text that was to be signed: %s", told.Message)
	}
}

func TestClosingTellsClientsToConnectAgain(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	c := g.client()
	closed := make(chan error, 1)
	go func() { closed <- g.Close(t.Context()) }()
	if code := c.closed(); code != codeReconnect {
		t.Errorf("closed with %d", code)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if code := closedWith(t, g.dial(appKey+"?protocol=7")); code != codeReconnect {
		t.Errorf("a late one was closed with %d", code)
	}
}

func TestWhoHearsAChatSessionThatIsErasedIsToldAndHearsItNoMore(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	visited := g.visit()
	channel, key := "private-session-"+visited, session.Key{Project: id.Default, Session: id.Session(visited)}
	c := g.client()
	c.subscribes(channel)
	c.subscribes("other")
	g.Chat.Push(key, hub.Frame{Data: []byte(`{"type":"session_erased","data":{}}`), Last: true})
	if f := c.hears("session_erased"); f.Channel != channel {
		t.Errorf("told on %q", f.Channel)
	}
	bustest.Until(t, "nobody is in the channel", func() bool {
		_, answer := g.call("GET", "channels", "", "")
		return answer == `{"channels":{"other":{}}}`
	})
	_ = c.ws.Close()
	bustest.Until(t, "nobody listens to the session", func() bool { return g.Chat.Len() == 0 })
}

func TestSilentAndUnknownConnectionsAreClosed(t *testing.T) {
	t.Parallel()
	g := newApp(t, Config{AuthorizedConnections: on, ActivityTimeout: 30}).gateway()
	silent, unknown, known, visitor := g.client(), g.client(), g.client(), g.client()
	known.subscribes("private-x")
	visitor.subscribes("private-session-" + g.visit())
	g.hub.Each(func(_ session.Key, each hub.Conn) {
		c := each.(*conn)
		c.Mu.Lock()
		switch c.id {
		case silent.id:
			c.Heard(g.silence() * 2)
		default:
			c.began = c.began.Add(-2 * authorizeWithin)
		}
		c.Mu.Unlock()
		defer c.Tend()
	})
	if code := silent.closed(); code != codeNoPong {
		t.Errorf("the silent one: %d", code)
	}
	if code := unknown.closed(); code != codeUnauthorized {
		t.Errorf("the unknown one: %d", code)
	}
	known.heard()
	visitor.heard()
}
