package server

import (
	"context"
	"fmt"
	"maps"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Open resumes a session or visit whose id and visitor are both known, or a proven identity's conversation, else makes a visit under an id of its own: a session
// id that the caller has chosen is never taken over.
func (s *Server) Open(ctx context.Context, req *sessionsv1.OpenRequest) (*sessionsv1.OpenResponse, error) {
	project, err := projectOf(req)
	if err != nil {
		return nil, err
	}
	if err := present("visitor_id", req.GetVisitorId()); err != nil {
		return nil, err
	}
	if n := req.GetMessages(); n < 0 || n > maxPage {
		return nil, invalid("messages", "%d is not 0 to %d", n, maxPage)
	}
	answer := &sessionsv1.OpenResponse{}
	if answer.Record, err = s.resume(ctx, project, req); err != nil {
		return nil, err
	}
	if answer.Resumed = answer.Record != nil; !answer.Resumed {
		answer.Record = newVisit(project, req, s.now())
	}
	if answer.Record.Visit {
		if err := s.store.PutVisit(ctx, answer.Record, visitTTL); err != nil {
			return nil, fmt.Errorf("keep visit: %w", err)
		}
	} else if n := int(req.GetMessages()); n > 0 {
		key := store.Key{Project: project, Session: id.Session(answer.Record.Session.Id)}
		if answer.Messages, _, err = s.store.Messages(ctx, key, store.Query{Limit: n}); err != nil {
			return nil, fmt.Errorf("read messages: %w", err)
		}
		if answer.Quoted, err = s.quoted(ctx, key, answer.Messages); err != nil {
			return nil, err
		}
	}
	answer.OperatorOnline, err = s.online(ctx, project)
	return answer, err
}

// resume finds the session or visit to go on with: what the request names, or a proven identity's; nil when there is none.
func (s *Server) resume(ctx context.Context, project id.Project, req *sessionsv1.OpenRequest) (*sessionsv1.SessionRecord, error) {
	record, err := s.named(ctx, req)
	if err == nil && req.GetIdentity() != "" {
		record, err = s.proven(ctx, project, req.GetIdentity(), record)
	}
	if err != nil || !record.GetVisit() {
		return record, err
	}
	given := req.GetVisit()
	record.Session.Metadata = newer(record.Session.Metadata, given.GetMetadata())
	projection.Identify(record.Session, given)
	record.Session.LastActivity = instant(s.now())
	return record, nil
}

// named finds the session or visit that the request's ids name; nil when there is none, or when it is another visitor's.
func (s *Server) named(ctx context.Context, req *sessionsv1.OpenRequest) (*sessionsv1.SessionRecord, error) {
	if req.GetSessionId() == "" {
		return nil, nil
	}
	key, err := keyOf(req)
	if err != nil {
		return nil, err
	}
	record, _, err := s.find(ctx, key, 0)
	if isNotFound(err) || err == nil && record.GetSession().GetVisitorId() != req.GetVisitorId() {
		return nil, nil
	}
	return record, err
}

func newVisit(project id.Project, req *sessionsv1.OpenRequest, now time.Time) *sessionsv1.SessionRecord {
	return &sessionsv1.SessionRecord{Project: string(project), Visit: true, Session: &bellhopv1.Session{
		Id: string(id.NewSession()), VisitorId: req.GetVisitorId(), Status: "active",
		CreatedAt: instant(now), LastActivity: instant(now),
		Metadata: req.GetVisit().GetMetadata(), Identity: req.GetVisit().GetIdentity(), IdentityVerified: req.GetVisit().GetIdentityVerified(),
	}}
}

// newer lets what a page says now replace, key by key, what it said before.
func newer(before, now *structpb.Struct) *structpb.Struct {
	if before == nil || before.Fields == nil {
		return now
	}
	maps.Copy(before.Fields, now.GetFields())
	return before
}

// instant is a timestamp at the millisecond precision of the wire.
func instant(t time.Time) *timestamppb.Timestamp {
	return timestamppb.New(t.Truncate(time.Millisecond))
}
