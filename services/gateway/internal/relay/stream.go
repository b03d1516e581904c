package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
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
	if err := s.write(": connected\n\n"); err != nil {
		return err
	}
	if hole {
		if err := s.write("event: reset\nid: " + s.at.String() + "\ndata: {\"type\":\"reset\"}\n\n"); err != nil {
			return err
		}
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

// catchUp tells what waits, and reads what was left out.
func (s *stream) catchUp(ctx context.Context) error {
	items, lost := s.queue.take()
	if lost {
		err := s.replay(ctx)
		if err == nil || !errors.Is(err, bus.ErrUnavailable) {
			return err
		}
		s.relay.Log.Warn("missed events cannot be read", zap.Error(err))
		if err := s.rest(ctx); err != nil {
			return err
		}
		s.queue.behind()
		return nil
	}
	for _, it := range items {
		if err := s.tell(ctx, it); err != nil {
			return err
		}
	}
	return nil
}

// rest waits before another try.
func (s *stream) rest(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return errEnd
	case <-s.relay.Draining:
		return errEnd
	case <-time.After(pause):
		return s.tend(ctx)
	}
}

// replay reads the stream from the place on to where it ends now.
func (s *stream) replay(ctx context.Context) error {
	select {
	case s.relay.replays <- struct{}{}:
		defer func() { <-s.relay.replays }()
	case <-ctx.Done():
		return errEnd
	case <-s.relay.Draining:
		return errEnd
	}
	return s.relay.Intake.Bus.Replay(ctx, s.at.seq+1, bus.Filter{Project: s.relay.Intake.Project}, func(ev bus.Event) error {
		select {
		case <-s.relay.Draining:
			return errEnd
		default:
		}
		if time.Since(s.looked) >= look { // most of what is read may mean nothing to the listener
			if err := s.tend(ctx); err != nil {
				return err
			}
		}
		return s.event(ctx, ev)
	})
}

func (s *stream) tell(ctx context.Context, it item) error {
	if it.typing != nil {
		return s.typing(ctx, it.typing)
	}
	if it.live.Seq <= s.at.seq {
		return nil // read already
	}
	ev, err := it.live.Event()
	if err != nil {
		s.relay.Log.Warn("live event cannot be read", zap.Uint64("seq", it.live.Seq), zap.Error(err))
		return nil
	}
	return s.event(ctx, ev)
}

// event tells of one event, if it means anything to the listener. After it the listener is there.
func (s *stream) event(ctx context.Context, ev bus.Event) error {
	if kind, _ := s.render(ev); kind == "" {
		s.at.seq = max(s.at.seq, ev.Seq)
		return nil
	}
	shown, err := s.shown(ctx, ev.Session)
	if err != nil {
		return err
	}
	if m, ok := ev.Data.(*eventv1.MessageCreated); ok {
		s.relay.Links.Show(m.GetMessage().GetAttachments()...)
	}
	_, data := s.render(wire.As(ev, shown))
	body, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode %s: %w", ev.Type, err)
	}
	s.at.seq = max(s.at.seq, ev.Seq)
	return s.write("id: " + s.at.String() + "\ndata: " + string(body) + "\n\n")
}

func (s *stream) render(ev bus.Event) (string, any) {
	if kind, data := wire.Outgoing(ev); kind != "" || !s.visitors {
		return kind, data
	}
	return wire.Incoming(ev)
}

// shown is the id by which the backend knows a session. While nobody can say, the stream waits: another id would be a lie.
func (s *stream) shown(ctx context.Context, which id.Session) (string, error) {
	if which == id.Everyone {
		return "", nil
	}
	for {
		entry, err := s.relay.Intake.Directory.Find(ctx, session.Key{Project: s.relay.Intake.Project, Session: which})
		switch {
		case err == nil:
			return entry.Shown(), nil
		case errors.Is(err, session.ErrUnknown):
			return string(which), nil
		}
		if err := s.rest(ctx); err != nil {
			return "", err
		}
	}
}

func (s *stream) typing(ctx context.Context, t *typing) error {
	shown, err := s.shown(ctx, t.session)
	if err != nil {
		return err
	}
	body, err := json.Marshal(wire.OperatorTyping{Type: wire.KindOperatorTyping, SessionID: shown, IsTyping: t.on, SourceBridge: t.platform})
	if err != nil {
		return fmt.Errorf("encode typing: %w", err)
	}
	return s.write("data: " + string(body) + "\n\n")
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
