package server

import (
	"context"
	"fmt"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Get answers one session or visit.
func (s *Server) Get(ctx context.Context, req *sessionsv1.GetRequest) (*sessionsv1.SessionRecord, error) {
	key, err := keyOf(req)
	if err != nil {
		return nil, err
	}
	record, _, err := s.find(ctx, key, req.GetSeen())
	return record, err
}

// find reads a session, or else the visit of that id, whose day begins anew. The sequence is what the answer is complete up to.
func (s *Server) find(ctx context.Context, key store.Key, seen uint64) (*sessionsv1.SessionRecord, uint64, error) {
	seq, err := s.current(ctx, key, seen)
	if err != nil {
		return nil, 0, err
	}
	record, err := s.store.Session(ctx, key)
	switch {
	case isNotFound(err):
		record, err = s.store.Visit(ctx, key, visitTTL)
	case record.GetErasure() != nil:
		record, err = nil, store.ErrNotFound // nor is its visit, which may not be swept yet
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read session: %w", err)
	}
	return record, max(seq, record.GetSeq()), nil
}
