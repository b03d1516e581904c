package widget

import (
	"encoding/json"
	"net/http"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// position is how far the gateway has heard the bus; empty before it has begun.
func (h *handler) position() string {
	if at := h.Place.Load(); at.Epoch != "" {
		return at.String()
	}
	return ""
}

type missedResponse struct {
	// Frames are what a stream would have sent since the position, in order.
	Frames   []json.RawMessage `json:"frames"`
	Position string            `json:"position"`
	// Reset tells that they cannot be told, and Reason why: the conversation must be read anew.
	Reset  bool   `json:"reset"`
	Reason string `json:"reason,omitempty"`
}

// missed is GET /missed, for clients that resume and have no stream: everything since a position.
func (h *handler) missed(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	entry, refusal := h.Intake.Visitor(r.Context(), query.Get("sessionId"))
	if refusal != nil {
		refusal.Write(w)
		return
	}
	mark, err := bus.ParseMark(query.Get("position"))
	if err != nil {
		mark = bus.Mark{} // is told to read anew
	}
	missed, err := h.Missed(r.Context(), entry.Key, mark)
	if err != nil {
		h.Log.Warn("missed events cannot be read", zap.Error(err))
		intake.Unavailable("what was missed cannot be read now; try again").Write(w)
		return
	}
	res := missedResponse{Frames: []json.RawMessage{}, Position: missed.Through.String(), Reset: missed.Reset != "", Reason: missed.Reset}
	for _, f := range missed.Frames {
		res.Frames = append(res.Frames, f.Data)
	}
	answerPage(w, res)
}
