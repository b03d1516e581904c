package bellhop

import (
	"context"
	"net/http"
	"time"
)

// Emitted is a custom event that Bellhop has stored.
type Emitted struct {
	ID        string    `json:"id"`
	Timestamp time.Time `json:"timestamp"`
}

// EmitEvent sends a custom event to the pages that a visitor has open. Data is whatever encodes as JSON; nil for none. An event that may
// have been stored is not sent again: whether twice is worse than never, only the caller knows.
func (c *Client) EmitEvent(ctx context.Context, sessionID, name string, data any) (Emitted, error) {
	return c.emit(ctx, name, data, "api", "v1", "sessions", sessionID, "events")
}

// BroadcastEvent sends a custom event to every visitor that is connected; see EmitEvent.
func (c *Client) BroadcastEvent(ctx context.Context, name string, data any) (Emitted, error) {
	return c.emit(ctx, name, data, "api", "v1", "events")
}

func (c *Client) emit(ctx context.Context, name string, data any, path ...string) (Emitted, error) {
	body := struct {
		Name string `json:"name"`
		Data any    `json:"data,omitempty"`
	}{name, data}
	var emitted Emitted
	err := c.call(ctx, request{method: http.MethodPost, path: path, body: body, once: true}, &emitted)
	return emitted, err
}

// SetOperatorOnline says whether somebody of the team is there. An operator is one among those whom the platforms know; zero for the
// backend itself.
func (c *Client) SetOperatorOnline(ctx context.Context, online bool, who OperatorID) error {
	body := struct {
		Online bool `json:"online"`
		OperatorID
	}{online, who}
	var answer struct{}
	return c.post(ctx, &answer, body, "api", "operator", "status")
}

// OperatorID names an operator; each part at most 100 characters.
type OperatorID struct {
	ID   string `json:"operatorId,omitempty"`
	Name string `json:"operatorName,omitempty"`
}
