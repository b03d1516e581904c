package api

import (
	"context"
	"encoding/json"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/wire"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

type emitRequest struct {
	Name string          `json:"name"`
	Data json.RawMessage `json:"data"`
}

type emitResponse struct {
	OK        bool      `json:"ok"`
	ID        string    `json:"id"`
	Timestamp wire.Time `json:"timestamp"`
}

// parseEmit reads a custom event that is to be sent.
func parseEmit(body []byte) (emitRequest, *structpb.Value, *intake.Refusal) {
	var req emitRequest
	if refusal := parse(body, &req); refusal != nil {
		return req, nil, refusal
	}
	data, refusal := intake.CustomEvent(req.Name, req.Data)
	return req, data, refusal
}

// emit sends a custom event to a visitor's pages.
func (c *Commands) emit(ctx context.Context, sessionID string, body []byte) (any, *intake.Refusal) {
	req, data, refusal := parseEmit(body)
	if refusal != nil {
		return nil, refusal
	}
	entry, refusal := c.Intake.Find(ctx, sessionID)
	if refusal != nil {
		return nil, refusal
	}
	now := fact.Now()
	ev := fact.Emitted(entry, req.Name, data, now)
	if refusal := c.Intake.Note(ctx, entry, ev); refusal != nil {
		return nil, refusal
	}
	return emitResponse{OK: true, ID: ev.ID, Timestamp: wire.Time(now)}, nil
}

// broadcast sends a custom event to all visitors of the project.
func (c *Commands) broadcast(ctx context.Context, body []byte) (any, *intake.Refusal) {
	req, data, refusal := parseEmit(body)
	if refusal != nil {
		return nil, refusal
	}
	now := fact.Now()
	ev := fact.Broadcast(c.Intake.Project, req.Name, data, now)
	if refusal := c.Intake.Announce(ctx, ev); refusal != nil {
		return nil, refusal
	}
	return emitResponse{OK: true, ID: ev.ID, Timestamp: wire.Time(now)}, nil
}
