package sessionstest

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// tomb is what is left of a session: nothing of it is removed here.
func tomb(ev bus.Event, data *eventv1.Session) *sessionsv1.SessionRecord {
	return &sessionsv1.SessionRecord{Project: string(ev.Project), Seq: ev.Seq, Erasure: &sessionsv1.Erasure{
		Ids: []string{data.GetErasure()}, By: data.GetBy(), Reason: data.GetReason(), At: data.GetAt(), Seq: ev.Seq,
		Parts: map[string]*sessionsv1.ErasedPart{"data": {State: "pending"}},
	}}
}

// GetErasure answers what is left of a session.
func (s *Server) GetErasure(ctx context.Context, req *sessionsv1.GetErasureRequest) (*sessionsv1.SessionRecord, error) {
	found, err := s.fold(ctx, req.GetProject(), req.GetSessionId())
	if err == nil && found.record.GetErasure() == nil {
		err = status.Error(codes.NotFound, "not erased")
	}
	return found.record, err
}

// FindByVisitor answers a visitor's sessions.
func (s *Server) FindByVisitor(ctx context.Context, req *sessionsv1.FindByVisitorRequest) (*sessionsv1.FindByVisitorResponse, error) {
	records, err := s.each(ctx, req.GetProject(), bus.SessionStarted, func(found *state) bool {
		return found.record.GetSession().GetVisitorId() == req.GetVisitorId()
	})
	return &sessionsv1.FindByVisitorResponse{Records: records}, err
}

// FindErasure answers what is left of the sessions of an erasure.
func (s *Server) FindErasure(ctx context.Context, req *sessionsv1.FindErasureRequest) (*sessionsv1.FindErasureResponse, error) {
	records, err := s.each(ctx, req.GetProject(), bus.SessionErased, func(found *state) bool {
		return found.record.GetErasure().GetIds()[0] == req.GetErasureId()
	})
	if err == nil && len(records) == 0 {
		err = status.Error(codes.NotFound, "no such erasure")
	}
	return &sessionsv1.FindErasureResponse{Records: records}, err
}

// each answers the sessions that have an event of a type.
func (s *Server) each(ctx context.Context, project string, kind bus.Type, wanted func(*state) bool) (records []*sessionsv1.SessionRecord, err error) {
	var sessions []id.Session
	err = s.bus.Replay(ctx, 0, bus.Filter{Project: id.Project(project), Type: kind}, func(ev bus.Event) error {
		sessions = append(sessions, ev.Session)
		return nil
	})
	for _, session := range sessions {
		found, failed := s.fold(ctx, project, string(session))
		if failed != nil {
			return nil, failed
		}
		if wanted(found) {
			records = append(records, found.record)
		}
	}
	return records, err
}
