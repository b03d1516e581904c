package pusher

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/internal/id"
)

const (
	// hooksWaiting is how many events for webhooks may wait for the bus, and hooksBytes how much data they may have.
	hooksWaiting = 4096
	hooksBytes   = 16 << 20
	// hooksAtOnce is how much data go in one message.
	hooksAtOnce = 128 << 10
	// missEvery is for how long one cache_miss of a channel stands for all.
	missEvery = 5 * time.Second
	// missesKept is how many channels' are remembered before those that are over are forgotten.
	missesKept = 1000
)

// hooks hand to the bus what webhooks are told of what a gateway alone knows. No socket waits for it: what the bus does not take in time is
// lost, and counted.
type hooks struct {
	bus  *bus.Hooks
	app  bus.HookApp
	log  *zap.Logger
	lost prometheus.Counter
	wake chan struct{}
	// sender makes the ids of messages: no other gateway has it.
	sender string

	sending sync.Mutex // one sends at a time; guards sent
	sent    uint64

	mu      sync.Mutex
	waiting []waitingHook
	bytes   int
	missed  map[string]time.Time
}

type waitingHook struct {
	event hook.Event
	// id is the message's, of what several gateways may tell; it goes alone.
	id string
}

func (w waitingHook) size() int {
	if w.event.Data == nil {
		return 0
	}
	return len(*w.event.Data)
}

// newHooks are nil when the app has no webhooks: that takes everything, and does nothing.
func newHooks(s *Server) *hooks {
	if s.Hooks == nil {
		return nil
	}
	return &hooks{
		bus: s.Hooks, app: bus.HookApp{Project: s.Project, App: s.AppID}, log: s.Log, lost: s.metrics.hooksLost,
		wake: make(chan struct{}, 1), sender: string(id.NewMessage()), missed: map[string]time.Time{},
	}
}

// clientEvent tells of a client's event that was passed on.
func (h *hooks) clientEvent(channel string, e Event) {
	if h != nil {
		h.add(waitingHook{event: hook.Event{
			Name: hook.ClientEvent, Channel: channel, Event: e.Name, Data: hook.Text(e.Data), Socket: e.Socket, User: e.User,
		}})
	}
}

// cacheMiss tells that somebody has come into a cache channel with nothing to show: once for all who come at about that time, at whatever
// gateway.
func (h *hooks) cacheMiss(channel string, now time.Time) {
	if h == nil || !h.missedNow(channel, now) {
		return
	}
	moment := strconv.FormatInt(now.Unix()/int64(missEvery.Seconds()), 10)
	h.add(waitingHook{
		event: hook.Event{Name: hook.CacheMiss, Channel: channel},
		id:    "miss:" + id.Token(h.app.App) + ":" + id.Token(channel) + ":" + moment,
	})
}

// missedNow tells whether a miss is the first for a while.
func (h *hooks) missedNow(channel string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at, known := h.missed[channel]; known && now.Sub(at) < missEvery {
		return false
	}
	if len(h.missed) >= missesKept {
		for name, at := range h.missed {
			if now.Sub(at) >= missEvery {
				delete(h.missed, name)
			}
		}
	}
	h.missed[channel] = now
	return true
}

func (h *hooks) add(w waitingHook) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.waiting) >= hooksWaiting || h.bytes+w.size() > hooksBytes {
		h.lost.Inc()
		return
	}
	h.waiting, h.bytes = append(h.waiting, w), h.bytes+w.size()
	select {
	case h.wake <- struct{}{}:
	default: // it is awake
	}
}

// take takes what goes in one message, and its id if it has one of its own.
func (h *hooks) take() (events []hook.Event, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	size := 0
	for len(h.waiting) > 0 && len(events) < hook.Most {
		next := h.waiting[0]
		if len(events) > 0 && (next.id != "" || size+next.size() > hooksAtOnce) {
			break
		}
		h.waiting, h.bytes, size = h.waiting[1:], h.bytes-next.size(), size+next.size()
		if events = append(events, next.event); next.id != "" {
			return events, next.id
		}
	}
	return events, ""
}

// run sends until ctx ends.
func (h *hooks) run(ctx context.Context) {
	if h == nil {
		return
	}
	for ctx.Err() == nil {
		h.flush(ctx)
		select {
		case <-h.wake:
		case <-ctx.Done():
		}
	}
}

// flush sends what waits.
func (h *hooks) flush(ctx context.Context) {
	if h == nil {
		return
	}
	h.sending.Lock()
	defer h.sending.Unlock()
	for ctx.Err() == nil {
		events, id := h.take()
		if len(events) == 0 {
			return
		}
		if id == "" {
			h.sent++
			id = h.sender + ":" + strconv.FormatUint(h.sent, 10)
		}
		h.send(ctx, id, events)
	}
}

// send tries until the bus has a message. The same id makes sure that it has it once.
func (h *hooks) send(ctx context.Context, msgID string, events []hook.Event) {
	payload := hook.Encode(events)
	for {
		err := h.bus.Put(ctx, h.app, id.Everyone, msgID, payload) // nothing of a chat session's channel comes here
		if err == nil {
			return
		}
		if ctx.Err() != nil || errors.Is(err, bus.ErrTooLarge) {
			h.lost.Add(float64(len(events)))
			return
		}
		h.log.Warn("webhooks cannot be told", zap.Error(err))
		pause(ctx, reportRetry)
	}
}
