package telegram

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// maxPoll is the longest that getUpdates waits, whatever its timeout says.
const maxPoll = 50 * time.Second

// poller is the one getUpdates that may wait. Server.mu guards it.
type poller struct {
	stop chan *apiError // tells the waiting one why it must end
	wake chan struct{}  // closed when there may be something new
}

// pollRequest is a decoded getUpdates.
type pollRequest struct {
	offset, limit int64
	timeout       time.Duration
}

func readPoll(p *params) (pollRequest, *apiError) {
	offset, err := p.int("offset")
	if err != nil {
		return pollRequest{}, err
	}
	limit, err := p.int("limit")
	if err != nil {
		return pollRequest{}, err
	}
	timeout, err := p.int("timeout")
	if err != nil {
		return pollRequest{}, err
	}
	if limit <= 0 || limit > 100 {
		limit = 100
	}
	wait := time.Duration(min(max(timeout, 0), int64(maxPoll/time.Second))) * time.Second
	return pollRequest{offset: offset, limit: limit, timeout: wait}, nil
}

// longPoll serves getUpdates: it confirms by offset, then waits for something to return.
func (s *Server) longPoll(ctx context.Context, p *params) (any, *apiError) {
	req, err := readPoll(p)
	if err != nil {
		return nil, err
	}
	stop, err := s.takePoll(p, req)
	if err != nil {
		return nil, err
	}
	defer s.leavePoll(stop)
	end := s.clock.Now().Add(req.timeout)
	for {
		batch, wake, held := s.batch(req)
		left := end.Sub(s.clock.Now())
		if len(batch) > 0 || left <= 0 {
			return batch, nil
		}
		if held > 0 {
			left = min(left, held)
		}
		if why, gone := s.idle(ctx, stop, wake, left); gone {
			return []json.RawMessage{}, why
		}
	}
}

// idle waits until it is worth looking again; gone says that this poll must end, with why or with nothing.
func (s *Server) idle(ctx context.Context, stop chan *apiError, wake <-chan struct{}, d time.Duration) (why *apiError, gone bool) {
	timer := s.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil, false
	case <-wake:
		return nil, false
	case why = <-stop:
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
	return why, true
}

// takePoll ends the poller before this one, confirms, and registers this one.
func (s *Server) takePoll(p *params, req pollRequest) (chan *apiError, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.world.Hook.URL != "" {
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	s.endPoll("terminated by other getUpdates request; make sure that only one bot instance is running")
	if err := s.allowUpdates(p); err != nil {
		return nil, err
	}
	s.confirm(req.offset)
	s.poll.stop = make(chan *apiError, 1)
	s.touch()
	return s.poll.stop, nil
}

// endPoll tells the waiting getUpdates that it is over. The caller holds mu.
func (s *Server) endPoll(why string) {
	if s.poll.stop != nil {
		s.poll.stop <- conflict(why)
		s.poll.stop = nil
	}
}

func (s *Server) leavePoll(stop chan *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.poll.stop == stop {
		s.poll.stop = nil
	}
}

// confirm forgets everything below a positive offset; a negative one keeps only the last -offset updates.
func (s *Server) confirm(offset int64) {
	s.expire()
	before := len(s.world.Pending)
	if offset < 0 {
		from := max(0, before+int(max(offset, -int64(before))))
		s.world.Pending = slices.Clone(s.world.Pending[from:])
	} else {
		s.world.Pending = slices.DeleteFunc(s.world.Pending, func(u *pendingUpdate) bool { return u.ID < offset })
	}
	if len(s.world.Pending) != before {
		s.touch()
	}
}

// batch returns what can be delivered now, a channel for more, and how long the first update is held back (0: it is not).
func (s *Server) batch(req pollRequest) ([]json.RawMessage, <-chan struct{}, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	now := s.clock.Now()
	batch, later := []json.RawMessage{}, time.Duration(0)
	for _, u := range s.world.Pending {
		if int64(len(batch)) == req.limit {
			break
		}
		// What is held back holds back the rest: confirming by offset would lose it.
		if u.NotYet.After(now) {
			later = u.NotYet.Sub(now)
			break
		}
		batch = append(batch, u.Body)
	}
	if s.poll.wake == nil {
		s.poll.wake = make(chan struct{})
	}
	return batch, s.poll.wake, later
}

// wakePoller lets a waiting getUpdates look again. The caller holds mu.
func (s *Server) wakePoller() {
	if s.poll.wake != nil {
		close(s.poll.wake)
		s.poll.wake = nil
	}
}
