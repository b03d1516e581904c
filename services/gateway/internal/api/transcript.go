package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// maxTranscript is how many messages a transcript has; what is longer is paged through by /messages.
const maxTranscript = 1000

// transcript is a session with its conversation, oldest message first. truncated tells that there is more.
func (a *Routes) transcript(ctx context.Context, r *http.Request) (any, *intake.Refusal) {
	entry, refusal := a.Names.Find(ctx, a.in(), "the session's id", r.PathValue("id"))
	if refusal != nil {
		return nil, refusal
	}
	record, err := a.in().Sessions.Get(ctx, &sessionsv1.GetRequest{Project: string(entry.Project), SessionId: string(entry.Session)})
	if err != nil {
		return nil, a.away(err)
	}
	operators, err := a.in().Sessions.Operators(ctx, &sessionsv1.OperatorsRequest{Project: string(entry.Project)})
	if err != nil {
		return nil, a.away(err)
	}
	messages, more, refusal := a.conversation(ctx, entry)
	if refusal != nil {
		return nil, refusal
	}
	return struct {
		Session   listed         `json:"session"`
		Messages  []wire.Message `json:"messages"`
		Truncated bool           `json:"truncated"`
	}{show(record, operators.GetOnline()), messages, more}, nil
}

// conversation reads from the first message on: the newest page, and if there is more, all of it from the start.
func (a *Routes) conversation(ctx context.Context, e *session.Entry) ([]wire.Message, bool, *intake.Refusal) {
	page, refusal := a.history(ctx, e, &sessionsv1.HistoryRequest{Limit: 100})
	if refusal != nil || !page.GetHasMore() {
		return a.rendered(e, page), false, refusal
	}
	all, more := []wire.Message{}, true
	next := &sessionsv1.HistoryRequest{Limit: 100, Oldest: true}
	for more && len(all) < maxTranscript {
		if page, refusal = a.history(ctx, e, next); refusal != nil {
			return nil, false, refusal
		}
		records := page.GetMessages()
		if all, more = append(all, a.rendered(e, page)...), page.GetHasMore() && len(records) > 0; more {
			last := records[len(records)-1].GetMessage().GetId()
			next = &sessionsv1.HistoryRequest{Limit: 100, After: &sessionsv1.HistoryRequest_MessageId{MessageId: last}}
		}
	}
	return all, more, nil
}

func (a *Routes) history(ctx context.Context, e *session.Entry, req *sessionsv1.HistoryRequest) (*sessionsv1.HistoryResponse, *intake.Refusal) {
	req.Project, req.SessionId = string(e.Project), string(e.Session)
	answer, err := a.in().Sessions.History(ctx, req)
	return answer, a.away(err)
}

// rendered is a page as the backend reads it: with addresses of files that work, and its own id of the session.
func (a *Routes) rendered(e *session.Entry, page *sessionsv1.HistoryResponse) []wire.Message {
	a.Links.ShowRecords(page.GetMessages())
	out := wire.FromRecords(page.GetMessages(), page.GetQuoted())
	for i := range out {
		out[i].SessionID = e.Shown()
	}
	return slices.Clip(out)
}

// messages is a page of a conversation: after a message, oldest first, or the newest ones.
func (a *Routes) messages(ctx context.Context, r *http.Request) (any, *intake.Refusal) {
	query := r.URL.Query()
	limit, refusal := limited(query, 50)
	if refusal != nil {
		return nil, refusal
	}
	req := &sessionsv1.HistoryRequest{Limit: limit}
	if after := query.Get("after"); after != "" {
		if _, err := id.ParseMessage(after); err != nil {
			return nil, intake.Invalid("invalid_after", "after must be a message's id")
		}
		req.After = &sessionsv1.HistoryRequest_MessageId{MessageId: after}
	}
	entry, refusal := a.Names.Find(ctx, a.in(), "the session's id", r.PathValue("id"))
	if refusal != nil {
		return nil, refusal
	}
	page, refusal := a.history(ctx, entry, req)
	if refusal != nil {
		return nil, refusal
	}
	return struct {
		Messages []wire.Message `json:"messages"`
		HasMore  bool           `json:"hasMore"`
	}{a.rendered(entry, page), page.GetHasMore()}, nil
}
