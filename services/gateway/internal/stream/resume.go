package stream

import (
	"context"
	"errors"
	"fmt"

	"github.com/cenkalti/backoff/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

const (
	// maxMissed is how many events of a session, and how many broadcasts, a client is told that was away; with more, reading the
	// conversation anew is less.
	maxMissed = 500
	// maxMissedBytes bounds them likewise.
	maxMissedBytes = 4 << 20
)

// Reasons of a reset.
const (
	resetUnknown   = "unknown_position"
	resetStream    = "other_stream"
	resetNotStored = "not_stored"
	resetTooMany   = "too_many"
)

// Missed is everything that a client was not told, or the reason why it cannot be told.
type Missed struct {
	Frames []hub.Frame
	// Reset is why the client must read the conversation anew; empty when the frames are all that it missed.
	Reset string
	// Through is up to where the client knows everything afterwards.
	Through bus.Mark
}

// Missed reads what a client was not told that knows everything up to a mark. Whoever goes live afterwards must be in the hub already:
// the answer goes up to where the gateway has heard the bus at some moment after the call. Only the bus's or the sessions service's
// absence is an error.
func (s *Server) Missed(ctx context.Context, key session.Key, from bus.Mark) (Missed, error) {
	through := s.Place.Load()
	if from.Epoch == "" {
		return Missed{Reset: resetUnknown, Through: through}, nil
	}
	if from.Epoch == through.Epoch && from.Seq > through.Seq {
		through = from // another gateway has heard more
	}
	events, err := s.Intake.Bus.Missed(ctx, key.Project, key.Session, from, through, maxMissed)
	switch {
	case errors.Is(err, bus.ErrNewStream):
		return Missed{Reset: resetStream, Through: s.Place.Load()}, nil
	case errors.Is(err, bus.ErrNotStored):
		return Missed{Reset: resetNotStored, Through: through}, nil
	case errors.Is(err, bus.ErrTooMany):
		return Missed{Reset: resetTooMany, Through: through}, nil
	case err != nil:
		return Missed{}, err
	}
	frames, operators := s.Render.Missed(key, events, through.Epoch)
	bytes := 0
	for _, f := range frames {
		bytes += len(f.Data)
	}
	if bytes > maxMissedBytes {
		return Missed{Reset: resetTooMany, Through: through}, nil
	}
	if operators {
		presence, err := s.presence(ctx, key)
		if err != nil {
			return Missed{}, err
		}
		frames = append(frames, presence)
	}
	return Missed{Frames: frames, Through: through}, nil
}

// presence is whether somebody of the team is there now.
func (s *Server) presence(ctx context.Context, key session.Key) (hub.Frame, error) {
	online, err := s.Presence.Online(ctx, key.Project)
	if err != nil {
		return hub.Frame{}, err
	}
	return hub.Frame{Data: wire.Frame("presence", wire.Presence{Online: online})}, nil
}

// missed is what a client that speaks positions is sent before it goes live: all that it missed and "connected", or "reset".
func (c *conn) missed(ctx context.Context, from bus.Mark) (replay, error) {
	retry := backoff.NewExponentialBackOff()
	retry.MaxInterval = replayRetry
	missed, err := backoff.Retry(ctx, func() (Missed, error) {
		if err := c.server.turn(ctx); err != nil {
			return Missed{}, backoff.Permanent(err)
		}
		defer c.server.next()
		ctx, cancel := context.WithTimeout(ctx, replayPatience)
		defer cancel()
		if err := c.recall(ctx); err != nil {
			return Missed{}, err
		}
		return c.server.Missed(ctx, c.key, from)
	}, backoff.WithBackOff(retry), backoff.WithMaxElapsedTime(replayPatience))
	if err != nil {
		return replay{}, err
	}
	last := wire.Frame("connected", wire.Connected{Resumed: true, Missed: len(missed.Frames)})
	if missed.Reset != "" {
		c.server.metrics.resets.WithLabelValues(missed.Reset).Inc()
		last = wire.Frame("reset", wire.Reset{Reason: missed.Reset})
	}
	frames := append(missed.Frames, hub.Frame{Data: wire.Mark(last, missed.Through.String()), Seq: missed.Through.Seq})
	return replay{frames: append(frames, c.questions(ctx, missed.Through.Seq)...), through: missed.Through}, nil
}

// recall looks up what the team has read, once: what is reported as delivered after it takes no tick back. The frames that a client has missed do
// not tell, when it was read before its position.
func (c *conn) recall(ctx context.Context) error {
	directory := c.server.Intake.Directory
	if directory.KnowsRead(c.key) {
		return nil
	}
	answer, err := c.server.Intake.Sessions.History(ctx, &sessionsv1.HistoryRequest{
		Project: string(c.key.Project), SessionId: string(c.key.Session), Limit: replayLimit,
	})
	if err != nil && status.Code(err) != codes.NotFound {
		return fmt.Errorf("recall what was read: %w", err)
	}
	directory.Shown(c.key, answer.GetMessages())
	return nil
}

// turn waits until one of few may ask; next lets another one.
func (s *Server) turn(ctx context.Context) error {
	select {
	case s.replays <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Server) next() { <-s.replays }
