package discord_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// client is a gateway client that does nothing by itself.
type client struct {
	t   testing.TB
	ws  *websocket.Conn
	seq int64
}

type payload struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
}

// intents of Bellhop.
const intents = 36353

// dial connects and reads Hello.
func (b *bot) dial(url string) *client {
	b.t.Helper()
	c := b.open(url + "?v=10&encoding=json")
	if hello := c.next(); hello.Op != 10 || !bytes.Contains(hello.Data, []byte(`"heartbeat_interval":41250`)) {
		b.t.Fatalf("hello: %+v", hello)
	}
	return c
}

func (b *bot) open(url string) *client {
	b.t.Helper()
	ws, resp, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		b.t.Fatalf("dial: %v", err)
	}
	_ = resp.Body.Close()
	b.t.Cleanup(func() { _ = ws.Close() })
	return &client{t: b.t, ws: ws}
}

// next reads one payload.
func (c *client) next() payload {
	c.t.Helper()
	must(c.t, c.ws.SetReadDeadline(time.Now().Add(10*time.Second)))
	var p payload
	if err := c.ws.ReadJSON(&p); err != nil {
		c.t.Fatalf("read: %v", err)
	}
	if p.Op == 0 {
		c.seq = p.Seq
	}
	return p
}

// event reads payloads until one of that name comes, and decodes it.
func (c *client) event(name string, into any) payload {
	c.t.Helper()
	for {
		p := c.next()
		if p.Type != name {
			continue
		}
		if into != nil {
			must(c.t, json.Unmarshal(p.Data, into))
		}
		return p
	}
}

func (c *client) send(op int, data any) {
	c.t.Helper()
	must(c.t, c.ws.WriteJSON(map[string]any{"op": op, "d": data}))
}

// closedWith reads to the end and returns the close code; 0 if the connection just broke.
func (c *client) closedWith() int {
	c.t.Helper()
	must(c.t, c.ws.SetReadDeadline(time.Now().Add(10*time.Second)))
	for {
		_, _, err := c.ws.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			if closed.Code == websocket.CloseAbnormalClosure {
				return 0
			}
			return closed.Code
		}
		if err != nil {
			return 0
		}
	}
}

// ready is what the tests read of READY.
type ready struct {
	SessionID string `json:"session_id"`
	ResumeURL string `json:"resume_gateway_url"`
	User      struct{ ID string }
}

func identity(token string, intents int) fields {
	return fields{"token": token, "intents": intents, "shard": []int{0, 1}, "properties": fields{"os": "linux", "browser": "bellhop", "device": "bellhop"}}
}

// identify begins a session and reads until GUILD_CREATE.
func (b *bot) identify(intents int) (*client, ready) {
	b.t.Helper()
	c := b.dial(b.sim.GatewayURL())
	c.send(2, identity(b.sim.Token(), intents))
	var r ready
	c.event("READY", &r)
	if intents&1 != 0 {
		c.event("GUILD_CREATE", nil)
	}
	return c, r
}

// resume goes on with a session on a new connection.
func (b *bot) resume(r ready, seq int64) *client {
	b.t.Helper()
	c := b.dial(r.ResumeURL)
	c.send(6, fields{"token": b.sim.Token(), "session_id": r.SessionID, "seq": seq})
	return c
}

// none checks that no event of that name comes before one that is caused now.
func (c *client) none(name string) {
	c.t.Helper()
	c.send(1, c.seq)
	for {
		p := c.next()
		if p.Op == 11 {
			return
		}
		if p.Type == name {
			c.t.Fatalf("%s came: %s", name, p.Data)
		}
	}
}
