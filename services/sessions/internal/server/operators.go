package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Operators answers a project's operator presence, current as an answer about a session is.
func (s *Server) Operators(ctx context.Context, req *sessionsv1.OperatorsRequest) (*sessionsv1.OperatorsResponse, error) {
	project, err := projectOf(req)
	if err != nil {
		return nil, err
	}
	if _, err := s.current(ctx, store.Key{Project: project, Session: id.Everyone}, 0); err != nil {
		return nil, err
	}
	operators, err := s.store.Operators(ctx, project)
	if err != nil {
		return nil, fmt.Errorf("read operators: %w", err)
	}
	return &sessionsv1.OperatorsResponse{Operators: operators, Online: slices.ContainsFunc(operators, (*sessionsv1.Operator).GetOnline)}, nil
}

// online tells whether any operator is there, as far as the store knows: a page view is not worth a question to the bus.
func (s *Server) online(ctx context.Context, project id.Project) (bool, error) {
	operators, err := s.store.Operators(ctx, project)
	if err != nil {
		return false, fmt.Errorf("read operators: %w", err)
	}
	return slices.ContainsFunc(operators, (*sessionsv1.Operator).GetOnline), nil
}
