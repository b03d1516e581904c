package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
		"/api/v1/projects/{id}":          a.project,
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

type project struct {
	ID           id.Project `json:"id"`
	Name         id.Project `json:"name"`
	Domain       string     `json:"domain"`
	SessionCount int64      `json:"sessionCount"`
}

func (a *Routes) describe(ctx context.Context) (project, *intake.Refusal) {
	now := time.Now()
	counted, err := a.count(ctx, now.Add(-time.Second), now)
	p := a.in().Project
	return project{p, p, a.Domain, counted.GetSessions()}, a.away(err)
}

func (a *Routes) projects(ctx context.Context, _ *http.Request) (any, *intake.Refusal) {
	seen := []*Routes{a}
	if len(a.All) > 0 && access.HolderOf(ctx).Key.Project == "" {
		seen = a.All
	}
	all := make([]project, 0, len(seen))
	for _, of := range seen {
		p, refusal := of.describe(ctx)
		if refusal != nil {
			return nil, refusal
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b project) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return struct {
		Projects []project `json:"projects"`
	}{all}, nil
}

func (a *Routes) project(ctx context.Context, r *http.Request) (any, *intake.Refusal) {
	if r.PathValue("id") != string(a.in().Project) {
		return nil, unknownProject()
	}
	p, refusal := a.describe(ctx)
	if refusal != nil {
		return nil, refusal
	}
	return struct {
		Project project `json:"project"`
	}{p}, nil
}

// rating is a rating as a list has it: at is when it was given.
type rating struct {
	wire.Csat
	At *wire.Time `json:"at,omitempty"`
}

// listed is a session of a list.
type listed struct {
	wire.Session
	Unanswered   bool    `json:"unanswered"`
	MessageCount int64   `json:"messageCount"`
	Csat         *rating `json:"csat,omitempty"`
}

func show(record *sessionsv1.SessionRecord, online bool) listed {
	out := listed{Session: wire.FromRecord(record, online), MessageCount: record.GetSummary().GetMessages()}
	out.Unanswered = out.Status != "closed" && record.GetSummary().GetLastSender() == "visitor"
	if given := out.Session.Csat; given != nil {
		out.Csat = &rating{*given, given.RespondedAt}
	}
	return out
}

// maxSearch is the longest text that is searched for, in bytes.
const maxSearch = 200

func (a *Routes) list(ctx context.Context, r *http.Request) (any, *intake.Refusal) {
	query := r.URL.Query()
	limit, refusal := limited(query, 25)
	if refusal != nil {
		return nil, refusal
	}
	req := &sessionsv1.ListRequest{
		Project: string(a.in().Project), Status: query.Get("status"), Limit: limit, PageToken: query.Get("pageToken"),
		Unanswered: query.Get("unanswered") == "true", Query: query.Get("q"),
	}
	switch {
	case !slices.Contains([]string{"", "active", "closed", "archived"}, req.Status):
		return nil, intake.Invalid("invalid_status", "status must be active, closed or archived")
	case !slices.Contains([]string{"", "true", "false"}, query.Get("unanswered")):
		return nil, intake.Invalid("invalid_unanswered", "unanswered must be true or false")
	case len(req.Query) > maxSearch || !utf8.ValidString(req.Query):
		return nil, intake.Invalid("invalid_q", "q must have at most 200 bytes")
	case len(req.PageToken) > 300 || !utf8.ValidString(req.PageToken):
		return nil, intake.Invalid("invalid_page_token", "pageToken must be the nextPageToken of a page before")
	}
	answer := new(sessionsv1.ListResponse)
	if req.Status != "archived" { // no session is: closed ones stay until their time is over
		var err error
		if answer, err = a.in().Sessions.List(ctx, req); err != nil {
			return nil, a.away(err)
		}
	}
	operators, err := a.in().Sessions.Operators(ctx, &sessionsv1.OperatorsRequest{Project: req.Project})
	if err != nil {
		return nil, a.away(err)
	}
	sessions := make([]listed, 0, len(answer.GetRecords()))
	for _, record := range answer.GetRecords() {
		sessions = append(sessions, show(record, operators.GetOnline()))
	}
	return struct {
		Sessions      []listed `json:"sessions"`
		NextPageToken string   `json:"nextPageToken,omitempty"`
	}{sessions, answer.GetPageToken()}, nil
}

// limited reads how many of something are wanted.
func limited(query url.Values, otherwise int32) (int32, *intake.Refusal) {
	text := query.Get("limit")
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 || n > 100 {
		return 0, intake.Invalid("invalid_limit", "limit must be 1 to 100")
	}
	return int32(n), nil
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
