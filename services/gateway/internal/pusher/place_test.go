package pusher

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/sessionstest"
)

const (
	appID, appKey, appSecret = "3", "278d425bdf160c739803", "7ad3773142a6692b25b8"
	// patience bounds every wait.
	patience = 10 * time.Second
)

// app is an app that some gateways serve.
type app struct {
	testing.TB
	config   Config
	bus      *bus.Bus
	sessions *sessionstest.Server
	channels sessionsv1.ChannelsClient
	visitors sessionsv1.SessionsClient
	hooks    *bus.Hooks
	// leased has gateways serve only when they have a lease: nothing is reported twice.
	leased bool
}

// gateway is one of them.
type gateway struct {
	*app
	*Server
	url string
	// crash ends it as kill -9 does: nobody is told.
	crash func()
}

func newApp(t testing.TB, config Config) *app {
	t.Helper()
	b := bustest.New(t)
	sessions, conn := sessionstest.Start(t, b)
	config.AppID, config.Key, config.Secret = appID, appKey, appSecret
	return &app{TB: t, config: config, bus: b, sessions: sessions, channels: sessionsv1.NewChannelsClient(conn), visitors: sessionsv1.NewSessionsClient(conn)}
}

// all has everything on that can be on.
var all = Config{ClientEvents: on, SubscriptionCounts: on, Watchlists: on}

func (a *app) gateway() *gateway {
	a.Helper()
	cache, err := a.bus.OpenCache(a.Context())
	if err != nil {
		a.Fatal(err)
	}
	directory, err := session.New(a.visitors, 100)
	if err != nil {
		a.Fatal(err)
	}
	s, err := New(Options{
		Chat: hub.New(), Intake: &intake.Intake{Project: id.Default, Bus: a.bus, Directory: directory, Sessions: a.visitors, Log: zap.NewNop()},
		Config: a.config, Project: id.Default, Bus: a.bus, Cache: cache, Channels: a.channels, Hooks: a.hooks, Metrics: prometheus.NewRegistry(), Log: zap.NewNop(),
	})
	if err != nil {
		a.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if a.leased {
		if err := s.reports.renew(ctx); err != nil {
			a.Fatal(err)
		}
	}
	heard, ran := make(chan struct{}), make(chan error, 1)
	go func() { ran <- s.Run(ctx, func() { close(heard) }) }()
	<-heard
	mux, routes := http.NewServeMux(), map[string]http.Handler{}
	Apps{s}.Mount(routes)
	for pattern, handler := range routes {
		mux.Handle(pattern, handler)
	}
	server := httptest.NewServer(mux)
	g := &gateway{app: a, Server: s, url: server.URL, crash: cancel}
	a.Cleanup(func() {
		stop, done := context.WithTimeout(context.Background(), patience)
		defer done()
		if err := s.Close(stop); err != nil {
			a.Error(err)
		}
		server.Close()
		cancel()
		if err := <-ran; err != nil {
			a.Error(err)
		}
	})
	return g
}

// client is a socket with an id.
type client struct {
	testing.TB
	ws *websocket.Conn
	id string
}

// got is a frame.
type got struct {
	Event, Channel string
	Data           json.RawMessage
	User           string `json:"user_id"`
}

// text is the data that are a text.
func (f got) text() string {
	var s string
	_ = json.Unmarshal(f.Data, &s) // an object is none
	return s
}

func (g *gateway) dial(query string) *websocket.Conn {
	g.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(g.Context(), strings.Replace(g.url, "http", "ws", 1)+SocketPath+query, nil)
	if err != nil {
		g.Fatal(err)
	}
	_ = res.Body.Close()
	g.Cleanup(func() { _ = ws.Close() })
	return ws
}

// visit opens a chat session.
func (g *gateway) visit() string {
	g.Helper()
	visit, err := g.visitors.Open(g.Context(), &sessionsv1.OpenRequest{Project: string(id.Default), VisitorId: "v", Visit: &bellhopv1.Session{}})
	if err != nil {
		g.Fatal(err)
	}
	return visit.GetRecord().GetSession().GetId()
}

func (g *gateway) client() *client {
	g.Helper()
	return g.clientAs("?protocol=7&client=js&version=8.6.0&flash=false")
}

func (g *gateway) clientAs(query string) *client {
	g.Helper()
	c := &client{TB: g.TB, ws: g.dial(appKey + query)}
	var hello struct {
		Socket  string `json:"socket_id"`
		Timeout int    `json:"activity_timeout"`
	}
	f := c.next()
	if err := json.Unmarshal([]byte(f.text()), &hello); err != nil || f.Event != "pusher:connection_established" || hello.Timeout == 0 || !isSocketID(hello.Socket) {
		g.Fatalf("greeted with %+v", f)
	}
	c.id = hello.Socket
	return c
}

func (c *client) next() (f got) {
	c.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		c.Fatalf("no frame: %v", err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		c.Fatalf("frame %s: %v", data, err)
	}
	return f
}

// hears reads on until a frame of an event, which it returns.
func (c *client) hears(event string) got {
	c.Helper()
	for {
		if f := c.next(); f.Event == event {
			return f
		}
	}
}

// heard reads all frames until a pong, and returns those before it. Counts come when they come.
func (c *client) heard() (frames []got) {
	c.Helper()
	c.send(`{"event":"pusher:ping","data":{}}`)
	for {
		f := c.next()
		switch f.Event {
		case "pusher:pong":
			return frames
		case "pusher_internal:subscription_count":
		default:
			frames = append(frames, f)
		}
	}
}

func (c *client) send(frame string) {
	c.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		c.Fatal(err)
	}
}

// closed is the code with which the socket is closed.
func (c *client) closed() int {
	c.Helper()
	return closedWith(c.TB, c.ws)
}

func closedWith(t testing.TB, ws *websocket.Conn) int {
	t.Helper()
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	for {
		_, _, err := ws.ReadMessage()
		if over := new(websocket.CloseError); errors.As(err, &over) {
			return over.Code
		}
		if err != nil {
			t.Fatalf("not closed: %v", err)
		}
	}
}

// subscribes joins a channel, signed, with data if there are any, and returns the success.
func (c *client) subscribes(channel string, data ...string) got {
	c.Helper()
	c.asks(channel, data...)
	return c.hears("pusher_internal:subscription_succeeded")
}

func (c *client) asks(channel string, data ...string) {
	c.Helper()
	s := map[string]any{"channel": channel, "auth": ""}
	if kindOf(channel).guarded() {
		s["auth"] = appKey + ":" + signature.Subscription(appSecret, c.id, channel, strings.Join(data, ""), len(data) > 0)
	}
	if len(data) > 0 {
		s["channel_data"] = data[0]
	}
	c.send(string(encode(map[string]any{"event": "pusher:subscribe", "data": s})))
}

func (c *client) signsIn(data string) {
	c.Helper()
	c.send(string(encode(map[string]any{"event": "pusher:signin", "data": map[string]string{
		"auth": appKey + ":" + signature.User(appSecret, c.id, data), "user_data": data,
	}})))
}

// call makes a signed request to the API.
func (g *gateway) call(method, path, query, body string) (int, string) {
	g.Helper()
	return g.callAt(method, path, query, body, time.Now())
}

func (g *gateway) callAt(method, path, query, body string, at time.Time) (int, string) {
	g.Helper()
	signed := fmt.Sprintf("auth_key=%s&auth_timestamp=%d&auth_version=1.0", appKey, at.Unix())
	if body != "" {
		signed += "&body_md5=" + signature.BodyMD5([]byte(body))
	}
	if query != "" {
		signed += "&" + query
	}
	path = APIPath + appID + "/" + path
	var decoded []signature.Param
	for _, p := range paramsOf(signed) {
		decoded = append(decoded, signature.Param{Key: p.Key, Value: unescaped(p.Value)})
	}
	return g.raw(method, path+"?"+signed+"&auth_signature="+signature.Request(appSecret, method, path, decoded), body)
}

func (g *gateway) raw(method, path, body string) (int, string) {
	g.Helper()
	req, err := http.NewRequestWithContext(g.Context(), method, g.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		g.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		g.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		g.Fatal(err)
	}
	if kind := res.Header.Get("Content-Type"); res.StatusCode == 200 && kind != "application/json" {
		g.Errorf("content type %q", kind)
	}
	return res.StatusCode, string(answer)
}

// triggers publishes, and wants it taken.
func (g *gateway) triggers(name, data string, channels ...string) {
	g.Helper()
	body := string(encode(map[string]any{"name": name, "data": data, "channels": channels}))
	if status, answer := g.call("POST", "events", "", body); status != 200 || answer != "{}" {
		g.Fatalf("trigger: %d %s", status, answer)
	}
}
