package widget

import (
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/absence"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

var (
	// reasons are why a page says that it is left.
	reasons = []string{"page_unload", "inactivity", "manual"}
	// maxStay is the longest stay that is believed: nobody's page is open for a year.
	maxStay = 365 * 24 * time.Hour
)

// disconnect is POST /disconnect, a beacon: the page is being left. The session stays resumable. Nothing is stored yet, and
// nobody is told that it was: most visitors are back within a second, on the site's next page.
func (h *handler) disconnect(w http.ResponseWriter, r *http.Request) {
	var req struct {
		SessionID string   `json:"sessionId"`
		Duration  *float64 `json:"duration"`
		Reason    string   `json:"reason"`
	}
	if refusal := intake.Body(w, r, &req, true); refusal != nil {
		refusal.Write(w)
		return
	}
	entry, refusal := h.Intake.Visitor(r.Context(), req.SessionID)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	left := absence.Left{Reason: absence.PageUnload}
	if slices.Contains(reasons, req.Reason) {
		left.Reason = req.Reason
	}
	if req.Duration != nil {
		seconds := math.Min(math.Max(*req.Duration, 0), maxStay.Seconds())
		left.Stay = time.Duration(seconds) * time.Second
	}
	h.Absence.Leaving(entry.Key, left)
	httpserver.JSON(w, http.StatusOK, ok)
}
