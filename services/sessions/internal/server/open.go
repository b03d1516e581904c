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
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Open resumes a session or visit whose id and visitor are both known, else makes a visit under an id of its own: a session
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
	if req.GetSessionId() != "" {
		if answer.Record, err = s.resume(ctx, req); err != nil {
			return nil, err
		}
		answer.Resumed = answer.Record != nil
	}
	if answer.Record == nil {
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

// resume finds the session or visit that the request names; nil when there is none, or when it is another visitor's.
func (s *Server) resume(ctx context.Context, req *sessionsv1.OpenRequest) (*sessionsv1.SessionRecord, error) {
	key, err := keyOf(req)
	if err != nil {
		return nil, err
	}
	record, _, err := s.find(ctx, key)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil || record.GetSession().GetVisitorId() != req.GetVisitorId() {
		return nil, err
	}
	if record.Visit {
		given := req.GetVisit()
		record.Session.Metadata = newer(record.Session.Metadata, given.GetMetadata())
		record.Session.Identity = newer(record.Session.Identity, given.GetIdentity())
		record.Session.LastActivity = instant(s.now())
	}
	return record, nil
}

func newVisit(project id.Project, req *sessionsv1.OpenRequest, now time.Time) *sessionsv1.SessionRecord {
	return &sessionsv1.SessionRecord{Project: string(project), Visit: true, Session: &bellhopv1.Session{
		Id: string(id.NewSession()), VisitorId: req.GetVisitorId(), Status: "active",
		CreatedAt: instant(now), LastActivity: instant(now),
		Metadata: req.GetVisit().GetMetadata(), Identity: req.GetVisit().GetIdentity(),
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
