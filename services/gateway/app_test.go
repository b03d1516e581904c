package gateway_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/sdk/channels"
	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/pusher"
)

// theApp is an app for clients of Pusher's.
var theApp = pusher.Config{AppID: "1", Key: "the-key", Secret: "the-secret"}

func withApp(c *gateway.Config) { c.Pusher = theApp }

// backend is the app's backend.
func backend(s *gatewaytest.Site) *channels.Client {
	s.Helper()
	c, err := channels.New(channels.Options{AppID: theApp.AppID, Key: theApp.Key, Secret: theApp.Secret, URL: s.Base})
	if err != nil {
		s.Fatal(err)
	}
	return c
}

// page is a page with pusher-js.
type page struct {
	*testing.T
	ws *websocket.Conn
	id string
	// timeout is the app's activity timeout.
	timeout int
}

func open(t *testing.T, s *gatewaytest.Site, key string) *page {
	t.Helper()
	p := dial(t, s, key)
	var hello struct {
		ID      string `json:"socket_id"`
		Timeout int    `json:"activity_timeout"`
	}
	if err := json.Unmarshal([]byte(p.hears("pusher:connection_established")), &hello); err != nil {
		t.Fatal(err)
	}
	p.id, p.timeout = hello.ID, hello.Timeout
	return p
}

func dial(t *testing.T, s *gatewaytest.Site, key string) *page {
	t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(s.Base, "http", "ws", 1)+"/app/"+key+"?protocol=7", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	return &page{T: t, ws: ws}
}

// hears waits for an event, and answers its data.
func (p *page) hears(event string) string {
	p.Helper()
	for {
		if name, data := p.next(); name == event {
			return data
		}
	}
}

func (p *page) next() (event, data string) {
	p.Helper()
	var f struct {
		Event string          `json:"event"`
		Data  json.RawMessage `json:"data"`
	}
	_ = p.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	if err := p.ws.ReadJSON(&f); err != nil {
		p.Fatal(err)
	}
	if json.Unmarshal(f.Data, &data) != nil {
		data = string(f.Data)
	}
	return f.Event, data
}

func (p *page) sends(event, channel string, data any) {
	p.Helper()
	if err := p.ws.WriteJSON(map[string]any{"event": event, "channel": channel, "data": data}); err != nil {
		p.Fatal(err)
	}
}

func (p *page) subscribes(channel string) {
	p.Helper()
	auth := theApp.Key + ":" + signature.Subscription(theApp.Secret, p.id, channel, "", false)
	p.sends("pusher:subscribe", "", map[string]string{"channel": channel, "auth": auth})
	p.hears("pusher_internal:subscription_succeeded")
}

func TestChatSessionIsAChannelInWhichAPageHearsWhatTheWidgetDoes(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, withApp, gatewaytest.WithShortLeaving)
	session := s.Visit("v")
	channel := "private-session-" + session
	p := open(t, s, theApp.Key)
	p.sends("pusher:subscribe", "", map[string]string{"channel": channel, "auth": ""}) // whoever has the id is the visitor
	p.hears("pusher_internal:subscription_succeeded")
	s.Say(session, "hello")
	s.Reply(session, "hello, too")
	for data := p.hears("message"); !strings.Contains(data, `"hello, too"`); data = p.hears("message") {
		if !strings.Contains(data, `"hello"`) {
			t.Error(data)
		}
	}
	if _, err := backend(s).Trigger(t.Context(), []string{channel}, "order", map[string]int{"n": 7}); err != nil {
		t.Fatal(err)
	}
	if data := p.hears("order"); data != `{"n":7}` {
		t.Errorf("heard %s", data)
	}
	p.sends("client-looked", channel, map[string]int{"at": 3})
	p.sends("pusher:ping", "", nil)
	p.hears("pusher:pong")
	types := s.Types(session)
	if got := fmt.Sprint(types[len(types)-2:]); got != fmt.Sprint([]bus.Type{bus.EventEmitted, bus.EventReceived}) {
		t.Errorf("stored %v", types)
	}
	_ = p.ws.Close()
	bustest.Until(t, "the visitor has left", func() bool { types := s.Types(session); return types[len(types)-1] == bus.SessionLeft })
}

func TestSessionThatIsNobodysOrHasNoSignatureIsNoChannel(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, withApp)
	p := open(t, s, theApp.Key)
	for _, session := range []string{string(id.NewSession()), "guessable", "", s.Visit("v") + "x"} {
		p.sends("pusher:subscribe", "", map[string]string{"channel": "private-session-" + session, "auth": ""})
		p.hears("pusher:subscription_error")
	}
	_, err := backend(s).Trigger(t.Context(), []string{"orders", "private-session-" + string(id.NewSession())}, "x", "y")
	if answer := new(channels.Error); !errors.As(err, &answer) || answer.Status != 404 {
		t.Errorf("a trigger to nobody: %v", err)
	}
}

func TestBackendHearsTheCustomEventsOfAllVisitors(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, withApp)
	p := open(t, s, theApp.Key)
	p.subscribes("private-events-looked")
	session := s.Visit("v")
	s.Dial(session).Send(`{"type":"event","data":{"name":"looked","data":{"at":3}}}`)
	var heard struct {
		SessionID, Name string
		Data            struct{ At int }
	}
	if err := json.Unmarshal([]byte(p.hears("looked")), &heard); err != nil || heard.SessionID != session || heard.Data.At != 3 {
		t.Errorf("heard %+v, %v", heard, err)
	}
}

func TestAppOfOneProjectSeesNothingOfAnother(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, twoProjects, func(c *gateway.Config) {
		c.Projects[0].Pusher = theApp
		c.Projects[1].Pusher = pusher.Config{AppID: "2", Key: "another-key", Secret: "another-secret"}
	})
	mine, other := open(t, s, theApp.Key), open(t, s, "another-key")
	for _, p := range []*page{mine, other} {
		p.sends("pusher:subscribe", "", map[string]string{"channel": "orders"})
		p.hears("pusher_internal:subscription_succeeded")
	}
	if _, err := backend(s).Trigger(t.Context(), []string{"orders"}, "paid", "1"); err != nil {
		t.Fatal(err)
	}
	mine.hears("paid")
	other.sends("pusher:ping", "", nil)
	if event, data := other.next(); event != "pusher:pong" {
		t.Errorf("the other project heard %s %s", event, data)
	}
	other.sends("pusher:subscribe", "", map[string]string{"channel": "private-session-" + s.Visit("v"), "auth": ""})
	if data := other.hears("pusher:subscription_error"); !strings.Contains(data, "no session") {
		t.Error(data)
	}
	cfg := gateway.Config{Projects: []gateway.Config{{Project: "a", Pusher: theApp}, {Project: "b", Pusher: theApp}}}
	if err := cfg.ValidateProjects(); err == nil || !strings.Contains(err.Error(), "projects.b.pusher.") {
		t.Errorf("two projects with one app: %v", err)
	}
}
