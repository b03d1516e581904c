package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

const (
	// defaultSessions is the size of a page of sessions.
	defaultSessions = 25
	// maxSearched is how many sessions one call that filters looks at: with a query each costs the reading of its messages.
	maxSearched = 1000
	// maxQuery is the longest text that is searched for, in bytes.
	maxQuery = 200
)

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
	if len(req.GetQuery()) > maxQuery {
		return nil, invalid("query", "%d bytes, at most %d", len(req.GetQuery()), maxQuery)
	}
	if req.GetUnanswered() || req.GetQuery() != "" {
		return s.searchList(ctx, project, req, limit)
	}
	records, token, err := s.page(ctx, project, req.GetStatus(), limit, req.GetPageToken())
	return &sessionsv1.ListResponse{Records: records, PageToken: token}, err
}

func (s *Server) page(ctx context.Context, project id.Project, status string, limit int, token string) ([]*sessionsv1.SessionRecord, string, error) {
	records, next, err := s.store.Sessions(ctx, project, status, limit, token)
	switch {
	case errors.Is(err, store.ErrToken):
		return nil, "", invalid("page_token", "%w", err)
	case err != nil:
		return nil, "", fmt.Errorf("list sessions: %w", err)
	}
	return records, next, nil
}

// searchList looks at one session after another until the page is full or enough were looked at. Its pages end at a session, so
// it never reads more of them than it may answer.
func (s *Server) searchList(ctx context.Context, project id.Project, req *sessionsv1.ListRequest, limit int) (*sessionsv1.ListResponse, error) {
	status := req.GetStatus()
	if req.GetUnanswered() {
		if status == "closed" {
			return &sessionsv1.ListResponse{}, nil
		}
		status = "active"
	}
	answer := &sessionsv1.ListResponse{PageToken: req.GetPageToken()}
	find := newSearch(req.GetQuery())
	for looked := 0; looked < maxSearched && len(answer.Records) < limit; {
		records, next, err := s.page(ctx, project, status, limit-len(answer.Records), answer.PageToken)
		if err != nil {
			return nil, err
		}
		looked += len(records)
		for _, record := range records {
			if req.GetUnanswered() && !waiting(record) {
				continue
			}
			found, err := s.matches(ctx, record, find)
			if err != nil {
				return nil, err
			}
			if found {
				answer.Records = append(answer.Records, record)
			}
		}
		if answer.PageToken = next; next == "" {
			break
		}
	}
	return answer, nil
}

// waiting tells an open conversation in which the visitor had the last word.
func waiting(record *sessionsv1.SessionRecord) bool {
	return record.GetSession().GetStatus() != "closed" && record.GetSummary().GetLastSender() == "visitor"
}
