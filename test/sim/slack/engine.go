package slack

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

// When Slack gives a subscription up: under 5 % of an hour's deliveries succeeded. Apps with fewer are spared.
const (
	healthWindow = time.Hour
	healthEvents = 1000
	healthShare  = 0.05
)

// outgoing is one event on its way to the app.
type outgoing struct {
	ID, Kind, Lane string
	Body           []byte
	Delay          time.Duration
}

// engine delivers events. Server.mu guards it.
type engine struct {
	client  *http.Client
	lanes   map[string][]*outgoing // what waits; a lane that is there is being delivered
	pending int                    // events that are neither accepted nor lost
	era     context.Context        // ends with Reset and Restore, and what was on its way with it
	end     context.CancelFunc
	hourly  quota.Window
	told    time.Time // the minute in which the app was last told of its rate
	all     quota.Window
	good    quota.Window
	latest  map[string]*parcel // the latest genuine request by its destination
	skew    time.Duration      // of the timestamps that Slack signs
}

func newEngine(ctx context.Context) engine {
	e := engine{client: newClient()}
	e.begin(ctx)
	return e
}

func (e *engine) begin(ctx context.Context) {
	if e.end != nil {
		e.end()
	}
	e.era, e.end = context.WithCancel(ctx)
	e.lanes, e.pending, e.latest = map[string][]*outgoing{}, 0, map[string]*parcel{}
	e.all = quota.Window{Limit: math.MaxInt, Per: healthWindow}
	e.good = e.all
}

// dispatch applies the hourly limit and disturbances, and queues what is left. The caller holds mu.
func (s *Server) dispatch(e *outgoing) {
	if s.world.Hooks.Events == "" && !s.world.SocketSeen || s.ctx.Err() != nil {
		return // the app was never set up
	}
	if !s.underHourlyLimit() {
		return
	}
	copies := 1
	for _, f := range s.faults.MatchDelivery(e.Kind, onTheWay) {
		copies += f.Duplicate
		e.Delay += f.Delay
		if f.Lose {
			return
		}
	}
	for range copies {
		s.queue(e)
	}
}

// onTheWay picks the disturbances of an event before its first attempt.
func onTheWay(f DeliveryFault) bool { return !f.DropAck && f.Forge == "" }

// atTheDoor picks the disturbances of one attempt.
func atTheDoor(f DeliveryFault) bool { return f.DropAck || f.Forge != "" }

func (s *Server) underHourlyLimit() bool {
	now, limits := s.clock.Now(), s.limits.budget
	w := &s.engine.hourly
	w.Limit, w.Per = limits.EventLimit, limits.EventWindow
	if w.Wait(now, 1) == 0 || limits.Off {
		w.Take(now, 1)
		return true
	}
	if minute := now.Truncate(time.Minute); !s.engine.told.Equal(minute) {
		s.engine.told = minute
		body, err := json.Marshal(fields{
			"token": verificationToken, "type": "app_rate_limited", "team_id": TeamID, "api_app_id": AppID,
			"minute_rate_limited": minute.Unix(),
		})
		if err == nil {
			s.queue(&outgoing{ID: newID(s.rng, "Ev"), Kind: "app_rate_limited", Lane: "app_rate_limited", Body: body})
		}
	}
	return false
}

// queue starts a delivery: in its lane, or on its own if it may overtake others. The caller holds mu.
func (s *Server) queue(e *outgoing) {
	s.engine.pending++
	era := s.engine.era
	wait := e.Delay
	if s.opts.Disorder > 0 {
		wait += time.Duration(s.rng.Int63n(int64(s.opts.Disorder)))
	}
	if wait > 0 {
		s.spawn(func() {
			if s.clock.Sleep(era, wait) == nil {
				s.persist(era, e, s.attempt(era, e, 1, ""))
			}
		})
		return
	}
	_, running := s.engine.lanes[e.Lane]
	s.engine.lanes[e.Lane] = append(s.engine.lanes[e.Lane], e)
	if !running {
		s.spawn(func() { s.runLane(era, e.Lane) })
	}
}

// runLane makes the first attempts of a lane one after another. Retries go beside it, so that later events overtake.
func (s *Server) runLane(era context.Context, lane string) {
	for era.Err() == nil {
		e := s.next(lane)
		if e == nil {
			return
		}
		out := s.attempt(era, e, 1, "")
		if out.ok || out.noRetry {
			s.settle(era, e, out)
			continue
		}
		s.mu.Lock()
		s.spawn(func() { s.persist(era, e, out) })
		s.mu.Unlock()
	}
}

func (s *Server) next(lane string) *outgoing {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting := s.engine.lanes[lane]
	if len(waiting) == 0 {
		delete(s.engine.lanes, lane)
		return nil
	}
	s.engine.lanes[lane] = waiting[1:]
	return waiting[0]
}

// persist goes on after a first attempt until the event is accepted or Slack's patience ends.
func (s *Server) persist(era context.Context, e *outgoing, out outcome) {
	for i, wait := range s.opts.Retries {
		if out.ok || out.noRetry {
			break
		}
		if s.clock.Sleep(era, wait) != nil {
			return
		}
		out = s.attempt(era, e, i+2, out.reason)
	}
	s.settle(era, e, out)
}

// settle ends an event's life.
func (s *Server) settle(era context.Context, e *outgoing, out outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if era.Err() != nil {
		return
	}
	s.engine.pending--
	if !out.ok {
		s.posts.markLost(e.ID)
	}
	s.touch()
}
