package screenshot

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

const (
	// patience is how long a question is put again to pages that come back: who answers later shows something else.
	patience = 5 * time.Minute
	// remembered is how many sessions' questions are known.
	remembered = 10_000
	// perSession is how many questions of one session are.
	perSession = 5
)

// Requests are the questions under way.
type Requests struct {
	bus *bus.Bus

	mu    sync.Mutex
	known *lru.Cache[session.Key, []request]
}

type request struct {
	*eventv1.Screenshot
	heard time.Time
	// handed tells that a polling page was given it: such a page asks again every two seconds.
	handed bool
}

// New remembers nothing yet.
func New(b *bus.Bus) (*Requests, error) {
	known, err := lru.New[session.Key, []request](remembered)
	if err != nil {
		return nil, fmt.Errorf("make memory of screenshots: %w", err)
	}
	return &Requests{bus: b, known: known}, nil
}

// Hear notes that a visitor was asked.
func (r *Requests) Hear(key session.Key, asked *eventv1.Screenshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := append(r.fresh(key), request{Screenshot: asked, heard: time.Now()})
	r.known.Add(key, all[max(0, len(all)-perSession):])
}

// Answered notes that the picture is here.
func (r *Requests) Answered(key session.Key, requestID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.known.Contains(key) {
		return
	}
	r.known.Add(key, slices.DeleteFunc(r.fresh(key), func(q request) bool { return q.GetRequestId() == requestID }))
}

// fresh are the questions of a session that are still worth an answer, in a slice of their own; r.mu is held.
func (r *Requests) fresh(key session.Key) []request {
	all, _ := r.known.Get(key)
	return slices.DeleteFunc(slices.Clone(all), func(q request) bool { return time.Since(q.heard) > patience })
}

// Open are the questions to put to a page that has just come.
func (r *Requests) Open(key session.Key) []*eventv1.Screenshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	var open []*eventv1.Screenshot
	for _, q := range r.fresh(key) {
		open = append(open, q.Screenshot)
	}
	return open
}

// HandOut are the questions that a polling page was not given yet, by this gateway. Another gateway may hand the same one out
// again: the second picture finds that there is one already.
func (r *Requests) HandOut(key session.Key) []*eventv1.Screenshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.known.Contains(key) {
		return nil
	}
	var out []*eventv1.Screenshot
	all := r.fresh(key)
	for i, q := range all {
		if !q.handed {
			all[i].handed = true
			out = append(out, q.Screenshot)
		}
	}
	r.known.Add(key, all)
	return out
}

// Find answers the question that a picture says it answers; nil when the session was never asked it. What this gateway has not
// heard it looks for on the bus: this is one subject, and rare.
func (r *Requests) Find(ctx context.Context, key session.Key, requestID string) (*eventv1.Screenshot, error) {
	for _, asked := range r.Open(key) {
		if asked.GetRequestId() == requestID {
			return asked, nil
		}
	}
	var found *eventv1.Screenshot
	filter := bus.Filter{Project: key.Project, Session: key.Session, Type: bus.ScreenshotRequested}
	err := r.bus.Replay(ctx, 0, filter, func(ev bus.Event) error {
		if asked, ok := ev.Data.(*eventv1.Screenshot); ok && asked.GetRequestId() == requestID {
			found = asked
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find screenshot request: %w", err)
	}
	return found, nil
}
