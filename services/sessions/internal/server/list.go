package server

import (
	"context"
	"errors"
	"fmt"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// defaultSessions is the size of a page of sessions.
const defaultSessions = 25

// List pages through a project's sessions. It waits for nothing: it is about no session in particular.
func (s *Server) List(ctx context.Context, req *sessionsv1.ListRequest) (*sessionsv1.ListResponse, error) {
	project, err := projectOf(req)
	if err != nil {
		return nil, err
	}
	limit, err := limitOf(req, defaultSessions)
	if err != nil {
		return nil, err
	}
	switch req.GetStatus() {
	case "", "active", "closed":
	default:
		return nil, invalid("status", "%q is neither active nor closed nor empty", req.GetStatus())
	}
	records, token, err := s.store.Sessions(ctx, project, req.GetStatus(), limit, req.GetPageToken())
	switch {
	case errors.Is(err, store.ErrToken):
		return nil, invalid("page_token", "%w", err)
	case err != nil:
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return &sessionsv1.ListResponse{Records: records, PageToken: token}, nil
}
