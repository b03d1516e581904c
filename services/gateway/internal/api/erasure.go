package api

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// The states of an erasure and of its parts. A part is pending, done or refused; an erasure in which one was refused is
// incomplete at its end.
const (
	erasurePending    = "pending"
	erasureDone       = "done"
	erasureIncomplete = "incomplete"
	partRefused       = "refused"
)

// Erasure is what GET /api/v1/erasures/{id} answers.
type Erasure struct {
	ID          string          `json:"id"`
	State       string          `json:"state"`
	RequestedAt *wire.Time      `json:"requestedAt,omitempty"`
	EndedAt     *wire.Time      `json:"endedAt,omitempty"`
	Sessions    []ErasedSession `json:"sessions"`
}

// ErasedSession is what became of one session.
type ErasedSession struct {
	SessionID string                `json:"sessionId"`
	State     string                `json:"state"`
	Reason    string                `json:"reason,omitempty"`
	ErasedAt  *wire.Time            `json:"erasedAt,omitempty"`
	EndedAt   *wire.Time            `json:"endedAt,omitempty"`
	Parts     map[string]ErasedPart `json:"parts"`
}

// ErasedPart is what became of it in one place: data is Bellhop's own stream, store, files and dead letters; every other part is
// a platform.
type ErasedPart struct {
	State   string `json:"state"`
	Removed int32  `json:"removed"`
	Left    int32  `json:"left"`
	Why     string `json:"why,omitempty"`
}

// erasure tells how far an erasure is.
func (c *Commands) erasure(ctx context.Context, erasureID string) (any, *intake.Refusal) {
	answer, err := c.Intake.Sessions.FindErasure(ctx, &sessionsv1.FindErasureRequest{Project: string(c.Intake.Project), ErasureId: erasureID})
	switch status.Code(err) {
	case codes.OK:
		return erasureOf(erasureID, answer.GetRecords()), nil
	case codes.NotFound:
		return nil, notFound("unknown_erasure", "there is no such erasure, or it ended more than 30 days ago")
	default:
		return nil, c.away("erasure", err)
	}
}

func erasureOf(erasureID string, records []*sessionsv1.SessionRecord) Erasure {
	out := Erasure{ID: erasureID, State: erasureDone}
	var begun, ended *timestamppb.Timestamp
	for _, r := range records {
		s, e := erasedSession(r), r.GetErasure()
		out.Sessions = append(out.Sessions, s)
		if out.State != erasurePending && s.State != erasureDone {
			out.State = s.State
		}
		if begun == nil || e.GetAt().AsTime().Before(begun.AsTime()) {
			begun = e.GetAt()
		}
		if ended == nil || e.GetEndedAt().AsTime().After(ended.AsTime()) {
			ended = e.GetEndedAt()
		}
	}
	out.RequestedAt = wire.At(begun)
	if out.State != erasurePending {
		out.EndedAt = wire.At(ended)
	}
	return out
}

func erasedSession(r *sessionsv1.SessionRecord) ErasedSession {
	e := r.GetErasure()
	s := ErasedSession{
		SessionID: r.GetSession().GetId(), State: erasureDone, Reason: e.GetReason(), ErasedAt: wire.At(e.GetAt()), EndedAt: wire.At(e.GetEndedAt()),
		Parts: map[string]ErasedPart{},
	}
	for name, p := range e.GetParts() {
		s.Parts[name] = ErasedPart{State: p.GetState(), Removed: p.GetRemoved(), Left: p.GetLeft(), Why: p.GetWhy()}
		switch {
		case p.GetState() == erasurePending:
			s.State = erasurePending
		case p.GetState() == partRefused && s.State != erasurePending:
			s.State = erasureIncomplete
		}
	}
	return s
}
