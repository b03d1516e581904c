package stream

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/wire"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

const (
	// maxFrame bounds what a client may send in one frame, in bytes.
	maxFrame = 64 << 10
	// publishTimeout bounds the wait for the bus with one custom event.
	publishTimeout = 10 * time.Second
)

// read takes frames until the connection ends. It waits here for hours, on a stack of 2 KiB that has no room for a frame more:
// every local variable of what is below it counts.
func (c *conn) read() {
	for {
		kind, data, err := c.ws.ReadMessage()
		if err != nil {
			c.leave() // gorilla has told the client what it broke
			return
		}
		c.got(kind, data)
	}
}

//go:noinline
func (c *conn) got(kind int, data []byte) {
	c.Alive()
	if kind != websocket.TextMessage {
		return
	}
	if refusal := c.take(data); refusal != nil {
		c.server.metrics.refused.Inc()
		c.Push(hub.Frame{Data: wire.Frame("error", refusal)})
	}
}

// leave ends a connection after its reader.
//
//go:noinline
func (c *conn) leave() {
	defer c.server.wg.Done()
	c.server.Hub.Leave(c.key, c)
	c.End()
	c.Mu.Lock()
	c.drop()
	c.Mu.Unlock()
	c.server.Absence.Closed(c.key, time.Since(c.server.began)-c.began)
}

// frame is what a client may send. Anything but an event is ignored: a client says nothing that others hear.
type frame struct {
	Type string `json:"type"`
	Data struct {
		Name string          `json:"name"`
		Data json.RawMessage `json:"data"`
	} `json:"data"`
}

// take stores one custom event. Every frame counts against the limit, because every frame is read.
func (c *conn) take(raw []byte) *intake.Refusal {
	if c.server.Events.Wait(string(c.key.Session)) > 0 {
		return &intake.Refusal{Code: "rate_limited", Text: "too many events; wait a moment"}
	}
	var f frame
	if refusal := intake.Parse(raw, &f); refusal != nil {
		return refusal
	}
	if f.Type != "event" {
		return nil
	}
	data, refusal := intake.CustomEvent(f.Data.Name, f.Data.Data)
	if refusal != nil {
		return refusal
	}
	// Not the server's context: what has been taken is stored, also while it drains.
	ctx, cancel := context.WithTimeout(context.Background(), publishTimeout)
	defer cancel()
	entry, refusal := c.server.Intake.Speaker(ctx, string(c.key.Session))
	if refusal != nil {
		return refusal
	}
	return c.server.Intake.Record(ctx, entry, fact.Received(entry, f.Data.Name, data, fact.Now()))
}
