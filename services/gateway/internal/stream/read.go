package stream

import (
	"context"
	"encoding/json"
	"time"

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

// Text takes what a client sends.
func (c *conn) Text(message []byte) {
	if refusal := c.take(message); refusal != nil {
		c.server.metrics.refused.Inc()
		c.Push(hub.Frame{Data: wire.Frame("error", refusal)})
	}
}

// Left ends a connection after its reader.
func (c *conn) Left() {
	defer c.server.wg.Done()
	c.server.Hub.Leave(c.key, c)
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
