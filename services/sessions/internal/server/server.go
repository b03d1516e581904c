package server

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

const (
	// patience bounds the wait for the projection: longer than a busy projection takes, shorter than a visitor waits.
	patience = 2 * time.Second
	// searchPatience bounds the wait before a thread or a copy is said to be nobody's.
	searchPatience = time.Second
	// visitTTL is how long a page view is remembered.
	visitTTL = 24 * time.Hour
)

// Server implements the Sessions service.
type Server struct {
	sessionsv1.UnimplementedSessionsServer

	store     store.Store
	bus       *bus.Bus
	projector *projection.Projector
	log       *zap.Logger
	now       func() time.Time
}

// New makes the service. The projector must be running, here or in another replica.
func New(s store.Store, b *bus.Bus, p *projection.Projector, log *zap.Logger) *Server {
	return &Server{store: s, bus: b, projector: p, log: log, now: time.Now}
}

// current waits until the store holds what the bus has of a session, and the event that the asker has seen (0: none); it answers the
// sequence of the newest, 0 for nothing.
func (s *Server) current(ctx context.Context, key store.Key, seen uint64) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	seq, err := s.bus.LastSeq(ctx, key.Project, key.Session)
	if err != nil {
		return 0, fmt.Errorf("ask for the newest event: %w", err)
	}
	// A consumer's server may hand out an event before the stream's leader, which says what is the newest, has it.
	seq = max(seq, seen)
	return seq, s.projector.Wait(ctx, key.Session.Part(), seq)
}

// search looks something up that is found by a platform's id. What is not there may have been published a moment ago, so
// the second look comes after everything that is on the bus now.
func (s *Server) search(ctx context.Context, look func() error) error {
	err := look()
	if !isNotFound(err) {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, searchPatience)
	defer cancel()
	behind := s.projector.WaitAll(waiting)
	if err = look(); isNotFound(err) && behind != nil {
		return fmt.Errorf("not found so far: %w", behind)
	}
	return err
}
