package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

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
