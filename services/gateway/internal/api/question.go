package api

import (
	"context"
	"net/http"

	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/apikey"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/access"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// questions are the routes that only look.
func (a *Routes) questions() map[string]question {
	return map[string]question{
		"/api/v1/me":                     a.me,
		"/api/v1/projects":               a.projects,
		oneProject:                       a.project,
		"/api/v1/sessions":               a.list,
		"/api/v1/sessions/{id}":          a.transcript,
		"/api/v1/sessions/{id}/messages": a.messages,
		"/api/v1/operators":              a.operators,
		"/api/v1/stats":                  a.stats,
		"/stats":                         a.stats,
	}
}

func (a *Routes) in() *intake.Intake { return a.Commands.Intake }

// away is the refusal when the sessions service does not answer, or says that the request is wrong.
func (a *Routes) away(err error) *intake.Refusal {
	switch status.Code(err) {
	case codes.OK:
		return nil
	case codes.NotFound:
		return &intake.Refusal{Status: http.StatusNotFound, Code: "unknown_session", Text: "there is no such session"}
	case codes.InvalidArgument:
		return intake.Invalid("invalid_request", status.Convert(err).Message())
	default:
		a.in().Log.Warn("sessions service cannot be asked", zap.Error(err))
		return intake.Unavailable("this cannot be answered now; try again")
	}
}

type organization struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type keyShown struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Scopes  []apikey.Scope `json:"scopes"`
	Project id.Project     `json:"project,omitempty"`
}

func (a *Routes) me(ctx context.Context, _ *http.Request) (any, *intake.Refusal) {
	key := access.HolderOf(ctx).Key
	return struct {
		Organization organization `json:"organization"`
		Key          keyShown     `json:"key"`
	}{organization{"bellhop", "Bellhop"}, keyShown{key.ID, key.Name, key.Scopes, key.Project}}, nil
}

type operator struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	Online bool       `json:"online"`
	At     *wire.Time `json:"at,omitempty"`
}

func (a *Routes) operators(ctx context.Context, _ *http.Request) (any, *intake.Refusal) {
	answer, err := a.in().Sessions.Operators(ctx, &sessionsv1.OperatorsRequest{Project: string(a.in().Project)})
	if err != nil {
		return nil, a.away(err)
	}
	all := make([]operator, 0, len(answer.GetOperators()))
	for _, o := range answer.GetOperators() {
		all = append(all, operator{o.GetId(), o.GetName(), o.GetOnline(), wire.At(o.GetAt())})
	}
	return struct {
		Online    bool       `json:"online"`
		Operators []operator `json:"operators"`
	}{answer.GetOnline(), all}, nil
}
