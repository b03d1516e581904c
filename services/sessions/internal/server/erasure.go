package server

import (
	"context"
	"fmt"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// FindByVisitor answers a visitor's sessions and visits. It is complete up to what the bus has stored when the question came.
func (s *Server) FindByVisitor(ctx context.Context, req *sessionsv1.FindByVisitorRequest) (*sessionsv1.FindByVisitorResponse, error) {
	project, err := projectOf(req)
	if err != nil {
		return nil, err
	}
	if err := present("visitor_id", req.GetVisitorId()); err != nil {
		return nil, err
	}
	if err := s.whole(ctx); err != nil {
		return nil, err
	}
	keys, err := s.store.ByVisitor(ctx, project, req.GetVisitorId())
	if err != nil {
		return nil, fmt.Errorf("find a visitor's sessions: %w", err)
	}
	answer := &sessionsv1.FindByVisitorResponse{}
	for _, key := range keys {
		record, err := s.store.Session(ctx, key)
		if isNotFound(err) {
			record, err = s.store.Visit(ctx, key, visitTTL)
		}
		switch {
		case isNotFound(err): // the index was written first, or the visit has ended
		case err != nil:
			return nil, fmt.Errorf("read session: %w", err)
		case record.GetErasure() == nil && record.GetSession().GetVisitorId() == req.GetVisitorId():
			answer.Records = append(answer.Records, record)
		}
	}
	slices.SortFunc(answer.Records, func(a, b *sessionsv1.SessionRecord) int {
		return a.GetSession().GetCreatedAt().AsTime().Compare(b.GetSession().GetCreatedAt().AsTime())
	})
	return answer, nil
}

// whole waits until the store holds everything that is on the bus now.
func (s *Server) whole(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.projector.WaitAll(ctx)
}

// GetErasure answers what is left of one erased session.
func (s *Server) GetErasure(ctx context.Context, req *sessionsv1.GetErasureRequest) (*sessionsv1.SessionRecord, error) {
	key, err := keyOf(req)
	if err != nil {
		return nil, err
	}
	if _, err := s.current(ctx, key, 0); err != nil {
		return nil, err
	}
	return s.tomb(ctx, key)
}

func (s *Server) tomb(ctx context.Context, key store.Key) (*sessionsv1.SessionRecord, error) {
	record, err := s.store.Session(ctx, key)
	if err == nil && record.GetErasure() == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read erasure: %w", err)
	}
	return record, nil
}

// FindErasure answers what is left of all sessions of one erasure.
func (s *Server) FindErasure(ctx context.Context, req *sessionsv1.FindErasureRequest) (*sessionsv1.FindErasureResponse, error) {
	project, err := projectOf(req)
	if err != nil {
		return nil, err
	}
	if err := present("erasure_id", req.GetErasureId()); err != nil {
		return nil, err
	}
	if err := s.whole(ctx); err != nil {
		return nil, err
	}
	keys, err := s.store.ErasedBy(ctx, project, req.GetErasureId())
	if err != nil {
		return nil, fmt.Errorf("find erasure: %w", err)
	}
	answer := &sessionsv1.FindErasureResponse{}
	for _, key := range keys {
		record, err := s.tomb(ctx, key)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		answer.Records = append(answer.Records, record)
	}
	if len(answer.Records) == 0 {
		return nil, fmt.Errorf("find erasure: %w", store.ErrNotFound)
	}
	return answer, nil
}
