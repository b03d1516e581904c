package webhook

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// names remembers by which ids the receiver knows sessions. They never change.
type names struct {
	mu    sync.Mutex
	known map[sessionKey]string
}

type sessionKey struct {
	project id.Project
	session id.Session
}

// maxNames is how many are remembered: a few megabytes.
const maxNames = 20_000

func (n *names) get(key sessionKey) (string, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	shown, ok := n.known[key]
	return shown, ok
}

func (n *names) put(key sessionKey, shown string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil || len(n.known) >= maxNames {
		n.known = map[sessionKey]string{}
	}
	n.known[key] = shown
}

// shown is the id by which the receiver knows an event's session: its own, if the session came in by the bridge API.
func (e *engine) shown(ctx context.Context, ev bus.Event) (string, error) {
	if ev.Session == id.Everyone {
		return "", nil
	}
	key := sessionKey{ev.Project, ev.Session}
	if shown, ok := e.names.get(key); ok {
		return shown, nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	record, err := e.Sessions.Get(ctx, &sessionsv1.GetRequest{Project: string(ev.Project), SessionId: string(ev.Session), Seen: ev.Seq})
	switch status.Code(err) {
	case codes.OK:
	case codes.NotFound, codes.InvalidArgument:
		return "", nil // not remembered: it may be on its way
	default:
		return "", fmt.Errorf("ask for the session: %w", err)
	}
	shown := wire.Shown(record.GetSession())
	e.names.put(key, shown)
	return shown, nil
}
