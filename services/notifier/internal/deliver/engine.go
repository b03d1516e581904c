package deliver

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

const (
	// callTimeout bounds one call of the platform. A call that was begun is finished even if the process is to stop.
	callTimeout = 10 * time.Second
	// askTimeout bounds one question to the sessions service, which itself waits no longer than 2 s for its projection.
	askTimeout = 5 * time.Second
	// page is how many deliveries are asked for at once.
	page = 100
	// asking is how many questions may be on their way: after an outage every session asks at once.
	asking = 32
	// remembered is how many sessions are kept in memory; one takes about 400 bytes.
	remembered = 10_000
)

// Config is what an Engine works with.
type Config struct {
	Platform Platform
	// Project is whose conversations are shown; empty for whoever's there are.
	Project  id.Project
	Sessions sessionsv1.SessionsClient
	// Pacer shares out what the platform allows; it outlives the engines.
	Pacer *pace.Pacer
	// OnConnect opens the thread when a session starts instead of at its first message.
	OnConnect bool
	Log       *zap.Logger
	Metrics   *Metrics
	// Tell is told what is wrong with the bot, and "" when it works. It must not wait.
	Tell func(problem string)

	// Publish stores events on the bus, Bury puts a stored event among the dead letters, and Since is when the platform began to
	// be heard: they are the consumer's.
	Publish func(ctx context.Context, events ...bus.Event) (uint64, error)
	Bury    func(ctx context.Context, seq uint64, attempts int, why error) error
	Since   time.Time
}

// Engine works off what is pending on one platform. One engine works for one holding of the bot's lease.
type Engine struct {
	Config
	lanes   *lanes
	circuit *circuit
	asks    chan struct{}
}

// New makes an engine.
func New(cfg Config) *Engine {
	e := &Engine{Config: cfg, lanes: newLanes(remembered), asks: make(chan struct{}, asking)}
	e.circuit = &circuit{
		changed: func(open bool, why error) {
			e.Metrics.circuit(open)
			if open {
				e.tell(why.Error())
				e.Log.Error("the platform refuses the bot: nothing is sent until it answers again", zap.Error(why))
			} else {
				e.tell("")
				e.Log.Info("the platform takes the bot again")
			}
		},
		probe: func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, callTimeout)
			defer cancel()
			return e.Platform.Probe(ctx)
		},
	}
	e.Metrics.circuit(false)
	return e
}

func (e *Engine) tell(problem string) {
	if e.Tell != nil {
		e.Tell(problem)
	}
}

// Inherit takes over what the engine of an earlier holding has done and could not report: the lease and the bus often go
// away together, and without the report the same would be done again. It belongs before the first Handle, after the last
// one of the earlier engine.
func (e *Engine) Inherit(earlier *Engine) {
	for k, owed := range earlier.lanes.debts() {
		e.lanes.all[k] = &lane{owed: owed}
	}
}

// Handle brings a session's thread up to date, whatever the event says. Events of one session must come one after another.
// When ctx ends nothing new is begun; what was begun is finished and reported. The error is for the bus to settle.
func (e *Engine) Handle(ctx context.Context, ev bus.Event) error {
	if ev.Session == id.Everyone {
		return nil
	}
	key := laneKey{ev.Project, ev.Session}
	w := &work{Engine: e, key: key, event: ev, lane: e.lanes.enter(key, ev.Time)}
	err := w.handle(ctx)
	e.lanes.leave(w.lane, w.place, err == nil)
	return err
}

// Delays between tries: they double, from the first to the cap.
const (
	firstDelay = time.Second
	maxDelay   = time.Minute
	// ownDelay is the cap where the trouble is ours, the bus's or the sessions service's: both are back soon.
	ownDelay = 10 * time.Second
	// openDelay is how long after an opening without an answer the next is tried.
	openDelay = 3 * time.Second
)

// again asks for the event after a delay that grows with the failures in a row. Until then the session is left alone.
func (w *work) again(err error, least, most time.Duration) error {
	l := w.lane
	delay := max(least, min(firstDelay<<min(l.failures, 10), most))
	l.failures++
	l.lastErr, l.notBefore = err, time.Now().Add(delay)
	return bus.RetryAfter(err, delay)
}

// worked forgets the failures.
func (w *work) worked() { w.lane.failures, w.lane.lastErr, w.lane.notBefore = 0, nil, time.Time{} }

func isStop(err error) bool { return errors.Is(err, context.Canceled) }
