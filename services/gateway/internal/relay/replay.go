package relay

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

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
