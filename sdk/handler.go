package bellhop

import (
	"context"
	"slices"
	"sync"
)

// Any stands for every name of OnEvent and for every type of On.
const Any = "*"

// Handlers say what is to be done with events; the zero value does nothing with them. Handlers of one event are called in the order in
// which they were set. Every On… answers how to take its handler away again. It is safe for concurrent use; what it is told applies
// from the next event on.
type Handlers struct {
	mu    sync.RWMutex
	set   []*handler
	reset []*resetter
}

// handler does something with those events that it wants.
type handler struct {
	wants func(*Event) bool
	do    func(context.Context, *Event) error
}

type resetter struct {
	do func(context.Context, Reset) error
}

// Reset says that events may have been missed, and why. It is not about any one session: look at what matters to you by Sessions.
type Reset struct {
	// Reason is said to people.
	Reason string
}

// On handles all events of a type, or with Any of all types.
func (h *Handlers) On(kind Type, do func(context.Context, *Event) error) (off func()) {
	return h.add(&handler{func(e *Event) bool { return kind == Any || e.Type == kind }, do})
}

// OnEvent handles custom events of visitors' pages that have a name, or with Any all of them.
func (h *Handlers) OnEvent(name string, do func(context.Context, CustomEvent, *Event) error) (off func()) {
	return h.add(&handler{
		func(e *Event) bool { return e.Type == CustomEventSent && (name == Any || e.Custom.Name == name) },
		func(ctx context.Context, e *Event) error { return do(ctx, *e.Custom, e) },
	})
}

// OnNewSession handles that somebody has begun a conversation.
func (h *Handlers) OnNewSession(do func(context.Context, Session, *Event) error) (off func()) {
	return h.On(NewSession, func(ctx context.Context, e *Event) error { return do(ctx, *e.Session, e) })
}

// OnMessage handles what visitors say. What the team says is for OnOperatorMessage: a handler that answers must not hear itself.
func (h *Handlers) OnMessage(do func(context.Context, Message, *Event) error) (off func()) {
	return h.On(VisitorMessage, func(ctx context.Context, e *Event) error { return do(ctx, *e.Message, e) })
}

// OnOperatorMessage handles what the team and the assistant say; also what was sent by SendMessage, under the id that it told.
func (h *Handlers) OnOperatorMessage(do func(context.Context, Message, *Event) error) (off func()) {
	return h.On(OperatorMessage, func(ctx context.Context, e *Event) error { return do(ctx, *e.Message, e) })
}

// OnReset handles that Listen may have missed events: it was away for longer than Bellhop keeps them, Bellhop has begun a new
// stream, or the first connection was cut before anything had come over it.
func (h *Handlers) OnReset(do func(context.Context, Reset) error) (off func()) {
	r := &resetter{do}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reset = append(h.reset, r)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.reset = without(h.reset, r)
	}
}

func (h *Handlers) add(one *handler) (off func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.set = append(h.set, one)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.set = without(h.set, one)
	}
}

// without is a new list: those that were handed out stay as they are.
func without[T comparable](list []T, gone T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(t T) bool { return t == gone })
}

// step is one thing that is to be done for an event.
type step func(context.Context) error

// steps are the handlers that want an event.
func (h *Handlers) steps(e *Event) (all []step) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, one := range h.set {
		if one.wants(e) {
			all = append(all, func(ctx context.Context) error { return one.do(ctx, e) })
		}
	}
	return all
}

func (h *Handlers) resetSteps(r Reset) (all []step) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, one := range h.reset {
		all = append(all, func(ctx context.Context) error { return one.do(ctx, r) })
	}
	return all
}
