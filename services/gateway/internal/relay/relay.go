package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/feed"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

// Options are what a relay works with.
type Options struct {
	Intake *intake.Intake
	Links  *transfer.Links
	// Draining is closed when streams must end. It is set before the first request.
	Draining <-chan struct{}
	// Revoked tells whether the key of a request is gone; it may be nil.
	Revoked func(context.Context) bool
	Log     *zap.Logger
}

// Relay has the listeners.
type Relay struct {
	Options
	mu        sync.Mutex
	listeners map[*listener]bool
	// replays bounds how many listeners read the stream at once.
	replays chan struct{}
}

const (
	// maxReplays keeps a hundred backends that come back at once from reading the stream at once.
	maxReplays = 8
	// maxListeners is how many streams a gateway holds: backends, not visitors.
	maxListeners = 1000
	// maxWaiting is how many events may wait for a listener; of more it is told by reading the stream.
	maxWaiting = 1024
)

// New makes a relay. Hear must be called with every event, and Run must run.
func New(o Options) *Relay {
	return &Relay{Options: o, listeners: map[*listener]bool{}, replays: make(chan struct{}, maxReplays)}
}

// types are the events of the bus that anybody may be told of.
var types = []bus.Type{
	bus.MessageCreated, bus.MessageEdited, bus.MessageDeleted, bus.SessionClosed, bus.CsatRequested,
	bus.SessionStarted, bus.SessionUpdated, bus.SessionLeft, bus.MessageRead, bus.EventReceived, bus.CsatSubmitted, bus.OperatorStatus,
}

// Hear takes one stored event. It does not block.
func (r *Relay) Hear(live bus.Live) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.listeners) == 0 || live.Project != r.Intake.Project || !slices.Contains(types, live.Type) {
		return
	}
	for l := range r.listeners {
		l.offer(item{live: live})
	}
}

// Reset says that events may have been missed: every listener looks for them.
func (r *Relay) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.listeners {
		l.behind()
	}
}

// Run hears who types until ctx ends.
func (r *Relay) Run(ctx context.Context) error {
	stop, err := r.Intake.Bus.OnSignal(feed.TypingNoun, func(p id.Project, s id.Session, payload []byte) {
		var signal struct {
			feed.Typing
			Platform string `json:"platform"`
		}
		if p != r.Intake.Project || json.Unmarshal(payload, &signal) != nil || signal.Sender != "operator" && signal.Sender != "ai" {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		for l := range r.listeners {
			l.offer(item{typing: &typing{s, signal.IsTyping, signal.Platform}})
		}
	})
	if err != nil {
		return fmt.Errorf("hear who types: %w", err)
	}
	defer stop()
	<-ctx.Done()
	return nil
}

// join lets a listener in, unless there are too many.
func (r *Relay) join(l *listener) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.listeners) >= maxListeners {
		return false
	}
	r.listeners[l] = true
	return true
}

func (r *Relay) leave(l *listener) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.listeners, l)
}

// item is a stored event, or that somebody types.
type item struct {
	live   bus.Live
	typing *typing
}

type typing struct {
	session  id.Session
	on       bool
	platform string
}

// listener is one stream's queue.
type listener struct {
	mu      sync.Mutex
	waiting []item
	lost    bool // something was left out: the stream must be read
	wake    chan struct{}
}

func newListener() *listener { return &listener{wake: make(chan struct{}, 1)} }

func (l *listener) offer(it item) {
	l.mu.Lock()
	switch {
	case len(l.waiting) < maxWaiting && !l.lost:
		l.waiting = append(l.waiting, it)
	case it.typing == nil:
		l.waiting, l.lost = nil, true
	}
	l.mu.Unlock()
	l.rouse()
}

func (l *listener) behind() {
	l.mu.Lock()
	l.waiting, l.lost = nil, true
	l.mu.Unlock()
	l.rouse()
}

func (l *listener) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (l *listener) take() (items []item, lost bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	items, lost = l.waiting, l.lost
	l.waiting, l.lost = nil, false
	return items, lost
}
