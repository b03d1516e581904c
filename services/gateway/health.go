package gateway

import (
	"context"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

const (
	// conditionsFor is for how long what is wrong is not asked for again: whoever polls /health must not load the bus.
	conditionsFor = 5 * time.Second
	// conditionsTimeout bounds the question. A health check that hangs says less than one that leaves something out.
	conditionsTimeout = time.Second
)

// health is GET /health of one project. It answers 200 once the gateway serves; what is wrong with a platform is in problems, and does not make the
// gateway unwell: visitors can write, and what they write waits.
type health struct {
	project id.Project
	bridges []string
	notes   *bus.Notebook
	log     *zap.Logger

	mu    sync.Mutex
	asked time.Time
	known []problem
}

// problem is what a service has found wrong with a platform.
type problem struct {
	Platform string    `json:"platform"`
	Part     string    `json:"part"`
	Problem  string    `json:"problem"`
	Since    time.Time `json:"since"`
}

func (h *health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bridges := h.bridges
	if bridges == nil {
		bridges = []string{}
	}
	httpserver.JSON(w, http.StatusOK, struct {
		Status   string    `json:"status"`
		Bridges  []string  `json:"bridges"`
		Problems []problem `json:"problems,omitempty"`
	}{"ok", bridges, h.problems(r.Context())})
}

// problems are those that were known last.
func (h *health) problems(ctx context.Context) []problem {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) < conditionsFor {
		return h.known
	}
	ctx, cancel := context.WithTimeout(ctx, conditionsTimeout)
	defer cancel()
	h.asked = time.Now()
	all, err := condition.List(ctx, h.notes)
	if err != nil {
		h.log.Warn("what is wrong with platforms cannot be read", zap.Error(err))
		return h.known
	}
	h.known = nil
	for _, c := range all {
		if c.Of(h.project) && !c.OK() {
			h.known = append(h.known, problem{c.Platform, c.Part, c.Problem, c.Since})
		}
	}
	return h.known
}
