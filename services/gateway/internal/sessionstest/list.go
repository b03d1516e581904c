package sessionstest

import (
	"context"
	"slices"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// all reads every session of a project, the latest to begin first.
func (s *Server) all(ctx context.Context, project string) (records []*sessionsv1.SessionRecord, err error) {
	var ids []string
	err = s.bus.Replay(ctx, 0, bus.Filter{Project: id.Project(project), Type: bus.SessionStarted}, func(ev bus.Event) error {
		ids = append(ids, string(ev.Session))
		return nil
	})
	for _, sessionID := range slices.Backward(ids) {
		st, foldErr := s.fold(ctx, project, sessionID)
		if foldErr != nil {
			return nil, foldErr
		}
		st.record.Summary = &sessionsv1.Summary{Messages: int64(len(st.messages))}
		if n := len(st.messages); n > 0 {
			st.record.Summary.LastSender = st.messages[n-1].GetMessage().GetSender()
		}
		records = append(records, st.record)
	}
	return records, err
}

// List answers one page of sessions. It knows unanswered, and no query.
func (s *Server) List(ctx context.Context, req *sessionsv1.ListRequest) (*sessionsv1.ListResponse, error) {
	records, err := s.all(ctx, req.GetProject())
	records = slices.DeleteFunc(records, func(r *sessionsv1.SessionRecord) bool {
		status := r.GetSession().GetStatus()
		return req.GetStatus() != "" && status != req.GetStatus() || req.GetUnanswered() && r.GetSummary().GetLastSender() != "visitor"
	})
	return &sessionsv1.ListResponse{Records: records[:min(len(records), int(req.GetLimit()))]}, err
}

// Stats counts sessions and nothing else.
func (s *Server) Stats(ctx context.Context, req *sessionsv1.StatsRequest) (*sessionsv1.StatsResponse, error) {
	records, err := s.all(ctx, req.GetProject())
	n := int64(len(records))
	return &sessionsv1.StatsResponse{Conversations: []int64{n}, Sessions: n}, err
}
