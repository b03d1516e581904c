package stream

import (
	"context"
	"encoding/json"
	"time"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/wire"
	"github.com/gorilla/websocket"
)

// publishTimeout bounds the wait for the bus with one custom event.
const publishTimeout = 10 * time.Second

// read takes frames until the connection ends, then leaves the hub.
func (c *conn) read() {
	defer func() {
		c.server.Hub.Leave(c.entry.Key, c)
		_ = c.ws.Close()
	}()
	for {
		kind, data, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		c.alive()
		if kind != websocket.TextMessage {
			continue
		}
		if err := c.take(data); err != nil {
			c.server.metrics.refused.Inc()
			c.Push(hub.Frame{Data: wire.Frame("error", err)})
		}
	}
}

// frame is what a client may send. Anything but an event is ignored: a client says nothing that others hear.
type frame struct {
	Type string `json:"type"`
	Data struct {
		Name string          `json:"name"`
		Data json.RawMessage `json:"data"`
	} `json:"data"`
}

// take stores one custom event.
func (c *conn) take(raw []byte) *intake.Refusal {
	var f frame
	if refusal := intake.Parse(raw, &f); refusal != nil {
		return refusal
	}
	if f.Type != "event" {
		return nil
	}
	if c.server.Events.Wait(string(c.entry.Session)) > 0 {
		return &intake.Refusal{Code: "rate_limited", Text: "too many events; wait a moment"}
	}
	data, refusal := intake.CustomEvent(f.Data.Name, f.Data.Data)
	if refusal != nil {
		return refusal
	}
	ctx, cancel := context.WithTimeout(c.server.ctx, publishTimeout)
	defer cancel()
	return c.server.Intake.Record(ctx, c.entry, fact.Received(c.entry, f.Data.Name, data, fact.Now()))
}
