package feed

import (
	"context"
	"fmt"
	"sync"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// Presence knows whether somebody of a project's team is there. It asks once, and again after an operator has come or gone.
type Presence struct {
	sessions sessionsv1.SessionsClient

	mu    sync.Mutex
	known map[id.Project]bool
	// changes counts, so that an answer from before a change is not kept.
	changes int
}

// NewPresence knows nothing yet.
func NewPresence(sessions sessionsv1.SessionsClient) *Presence {
	return &Presence{sessions: sessions, known: map[id.Project]bool{}}
}

// Online asks if it must.
func (p *Presence) Online(ctx context.Context, project id.Project) (bool, error) {
	p.mu.Lock()
	online, known := p.known[project]
	before := p.changes
	p.mu.Unlock()
	if known {
		return online, nil
	}
	answer, err := p.sessions.Operators(ctx, &sessionsv1.OperatorsRequest{Project: string(project)})
	if err != nil {
		return false, fmt.Errorf("ask for operators: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.changes == before {
		p.known[project] = answer.GetOnline()
	}
	return answer.GetOnline(), nil
}

// forget says that what is known may have changed.
func (p *Presence) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.known)
	p.changes++
}
