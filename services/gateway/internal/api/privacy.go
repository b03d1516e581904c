package api

import (
	"context"
	"net/http"
	"strings"

	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// privacy are the routes by which data leave: erasing, what became of it, and the export of one visitor.
func (c *Commands) privacy() map[string]http.HandlerFunc {
	route := func(parameter string, code int, do func(context.Context, string) (any, *intake.Refusal)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), commandTimeout)
			defer cancel()
			result, refusal := do(ctx, r.PathValue(parameter))
			if refusal != nil {
				refusal.Write(w)
				return
			}
			httpserver.JSON(w, code, result)
		}
	}
	return map[string]http.HandlerFunc{
		eraseOne:                                  route("id", http.StatusAccepted, c.eraseSession),
		"DELETE /api/v1/visitors/{visitorId}":     route("visitorId", http.StatusAccepted, c.eraseVisitor),
		"GET /api/v1/erasures/{erasureId}":        route("erasureId", http.StatusOK, c.erasure),
		"GET /api/v1/visitors/{visitorId}/export": c.export,
	}
}

// eraseOne is the route by which one session is erased.
const eraseOne = "DELETE /api/v1/sessions/{id}"

// eraseResponse says that the erasing has begun: the bus has it, and it goes on whatever happens.
type eraseResponse struct {
	OK        bool   `json:"ok"`
	ErasureID string `json:"erasureId"`
	Sessions  int    `json:"sessions"`
}

// eraseSession has one session forgotten. Of one that was erased before, the erasure is answered.
func (c *Commands) eraseSession(ctx context.Context, sessionID string) (any, *intake.Refusal) {
	parsed, err := id.ParseSession(sessionID)
	if err != nil {
		return nil, intake.Invalid("invalid_session_id", "the session id is malformed")
	}
	key := session.Key{Project: c.Intake.Project, Session: parsed}
	before, err := c.Intake.Sessions.GetErasure(ctx, &sessionsv1.GetErasureRequest{Project: string(key.Project), SessionId: sessionID})
	switch ids := before.GetErasure().GetIds(); {
	case err == nil && len(ids) > 0:
		return eraseResponse{OK: true, ErasureID: ids[0], Sessions: 1}, nil
	case err == nil: // its time was over, and nobody has asked for that by a name
		return c.eraseAll(ctx, key)
	case status.Code(err) != codes.NotFound:
		return nil, c.away("erasure", err)
	}
	_, err = c.Intake.Sessions.Get(ctx, &sessionsv1.GetRequest{Project: string(key.Project), SessionId: sessionID})
	switch status.Code(err) {
	case codes.OK:
		return c.eraseAll(ctx, key)
	case codes.NotFound:
		return nil, notFound("unknown_session", "there is no such session")
	default:
		return nil, c.away("session", err)
	}
}

// eraseVisitor has all sessions of a visitor forgotten.
func (c *Commands) eraseVisitor(ctx context.Context, visitorID string) (any, *intake.Refusal) {
	records, refusal := c.sessionsOf(ctx, visitorID)
	if refusal != nil {
		return nil, refusal
	}
	keys := make([]session.Key, len(records))
	for i, r := range records {
		keys[i] = session.Key{Project: c.Intake.Project, Session: id.Session(r.GetSession().GetId())}
	}
	return c.eraseAll(ctx, keys...)
}

// eraseAll publishes the facts from which everything else follows.
func (c *Commands) eraseAll(ctx context.Context, keys ...session.Key) (any, *intake.Refusal) {
	erasure, now := "era_"+strings.ReplaceAll(string(id.NewMessage()), "-", ""), fact.Now()
	for _, key := range keys {
		if refusal := c.Intake.Announce(ctx, fact.Erased(key, erasure, "api", now)); refusal != nil {
			return nil, refusal
		}
		c.Intake.Directory.Bury(key)
	}
	return eraseResponse{OK: true, ErasureID: erasure, Sessions: len(keys)}, nil
}

// sessionsOf finds a visitor's sessions: 404 when there is none.
func (c *Commands) sessionsOf(ctx context.Context, visitorID string) ([]*sessionsv1.SessionRecord, *intake.Refusal) {
	answer, err := c.Intake.Sessions.FindByVisitor(ctx, &sessionsv1.FindByVisitorRequest{Project: string(c.Intake.Project), VisitorId: visitorID})
	switch {
	case err != nil:
		return nil, c.away("visitor", err)
	case len(answer.GetRecords()) == 0:
		return nil, notFound("unknown_visitor", "there is no session of this visitor")
	}
	return answer.GetRecords(), nil
}

func notFound(code, text string) *intake.Refusal {
	return &intake.Refusal{Status: http.StatusNotFound, Code: code, Text: text}
}

func (c *Commands) away(what string, err error) *intake.Refusal {
	c.Intake.Log.Warn(what+" cannot be looked up", zap.Error(err))
	return intake.Unavailable("this cannot be looked up now; try again")
}
