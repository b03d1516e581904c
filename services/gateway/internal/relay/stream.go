package relay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

const (
	// heartbeat is how often a quiet stream says that it is there; proxies close what is silent for 30 or 60 s.
	heartbeat = 15 * time.Second
	// look is how often it is looked whether the key still opens.
	look = 500 * time.Millisecond
	// writeTimeout bounds one write: a reader that takes nothing for so long has gone.
	writeTimeout = 20 * time.Second
	// pause is between two tries to read what cannot be read now.
	pause = time.Second
)

// errEnd says that a stream is over: its key is gone, its client, or this gateway.
var errEnd = errors.New("stream is over")

// stream is one answer that does not end.
type stream struct {
	relay    *Relay
	w        http.ResponseWriter
	flush    *http.ResponseController
	visitors bool
	queue    *listener
	at       place
	silent   time.Time // since when nothing was written
	looked   time.Time // when it was looked whether the key still opens
}

// ServeHTTP streams until somebody ends it.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	from, visitors, refusal := asked(req)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	s := &stream{relay: r, w: w, flush: http.NewResponseController(w), visitors: visitors, queue: newListener()}
	if !r.join(s.queue) {
		filter.TooMany(w, pause)
		return
	}
	defer r.leave(s.queue)
	hole, refusal := s.begin(req.Context(), from)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache, no-transform")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	if err := s.run(req.Context(), hole); err != nil && !errors.Is(err, errEnd) && req.Context().Err() == nil {
		r.Log.Info("a backend's stream ended", zap.Error(err))
	}
}

// begin finds the place to begin at; hole tells that what was asked for is not there any more.
func (s *stream) begin(ctx context.Context, from *place) (hole bool, refusal *intake.Refusal) {
	first, last, epoch, err := s.relay.Intake.Bus.Bounds(ctx)
	if err != nil {
		s.relay.Log.Warn("a backend's stream cannot begin", zap.Error(err))
		return false, intake.Unavailable("the events cannot be read now; try again")
	}
	s.at = place{last, short(epoch)}
	switch {
	case from == nil:
	case from.epoch != "" && from.epoch != s.at.epoch, from.seq > last: // of another stream: all of this one is news
		s.at.seq, hole = first-1, true
		s.queue.behind()
	default:
		hole = from.seq > 0 && from.seq+1 < first
		s.at.seq = max(from.seq, first-1)
		s.queue.behind()
	}
	return hole, nil
}

func (s *stream) run(ctx context.Context, hole bool) error {
	// An id comes at once: who is cut off before the first event knows what to ask for then. Behind a hole it comes with the reset, or
	// who is cut off between them would never hear of the hole.
	begin := ": connected\nid: " + s.at.String() + "\n\n"
	if hole {
		begin = ": connected\n\nevent: reset\nid: " + s.at.String() + "\ndata: {\"type\":\"reset\"}\n\n"
	}
	if err := s.write(begin); err != nil {
		return err
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return errEnd
		case <-s.relay.Draining:
			return errEnd
		case <-tick.C:
			if err := s.tend(ctx); err != nil {
				return err
			}
		case <-s.queue.wake:
			if err := s.catchUp(ctx); err != nil {
				return err
			}
		}
	}
}

// tend ends the stream of a key that is gone, and says that the stream is there.
func (s *stream) tend(ctx context.Context) error {
	s.looked = time.Now()
	if s.relay.Revoked != nil && s.relay.Revoked(ctx) {
		return errEnd
	}
	if time.Since(s.silent) < heartbeat {
		return nil
	}
	return s.write(": heartbeat\n\n")
}

// write sends a piece at once.
func (s *stream) write(text string) error {
	if err := s.flush.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("bound a write: %w", err)
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return errEnd // the client has gone
	}
	if err := s.flush.Flush(); err != nil {
		return errEnd
	}
	s.silent = time.Now()
	return nil
}
