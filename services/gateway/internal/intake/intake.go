package intake

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/span"
	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// Intake takes things in for one project.
type Intake struct {
	Project   id.Project
	Bus       *bus.Bus
	Directory *session.Directory
	Sessions  sessionsv1.SessionsClient
	Log       *zap.Logger
}

// Find answers the session that a request names.
func (in *Intake) Find(ctx context.Context, sessionID string) (*session.Entry, *Refusal) {
	parsed, err := id.ParseSession(sessionID)
	if err != nil {
		return nil, Invalid("invalid_session_id", "sessionId is missing or malformed")
	}
	entry, err := in.Directory.Find(ctx, session.Key{Project: in.Project, Session: parsed})
	switch {
	case errors.Is(err, session.ErrUnknown):
		return nil, unknown()
	case err != nil:
		in.Log.Warn("session cannot be looked up", zap.Error(err), span.Field(ctx))
		return nil, Unavailable("the session cannot be looked up now; try again")
	}
	return entry, nil
}

func unknown() *Refusal {
	return &Refusal{Status: http.StatusNotFound, Code: "unknown_session", Text: "sessionId names no session"}
}

// Speaker answers the session that a visitor's request names, who may say something: 403 while the team refuses him.
func (in *Intake) Speaker(ctx context.Context, sessionID string) (*session.Entry, *Refusal) {
	entry, refusal := in.Visitor(ctx, sessionID)
	if refusal == nil && entry.Blocked() {
		return nil, &Refusal{Status: http.StatusForbidden, Code: "blocked", Text: "this conversation takes no more from this visitor"}
	}
	return entry, refusal
}

// Visitor answers the session that a visitor's request names, and notes that he is there.
func (in *Intake) Visitor(ctx context.Context, sessionID string) (*session.Entry, *Refusal) {
	entry, refusal := in.Find(ctx, sessionID)
	if refusal == nil {
		entry.Saw()
	}
	return entry, refusal
}

// Record stores facts of a session, after what must come before them: its start, or its reopening for a message, which is the
// last of them. When it answers nil the bus has acknowledged all.
func (in *Intake) Record(ctx context.Context, e *session.Entry, facts ...bus.Event) *Refusal {
	return in.store(ctx, e, append(fact.Opening(e, facts[len(facts)-1]), facts...)...)
}

// Begin makes a conversation of a visit, if the bus takes it now: the first word would do so too, and no page may stay without a
// chat because nobody could be told of it.
func (in *Intake) Begin(ctx context.Context, e *session.Entry) {
	if start := fact.Opening(e, bus.Event{Time: fact.Now()}); len(start) > 0 {
		_ = in.store(ctx, e, start...) // logged
	}
}

// Note stores a fact of a session that opens nothing: the team closing it, a page view, what is only sent to its page.
func (in *Intake) Note(ctx context.Context, e *session.Entry, ev bus.Event) *Refusal {
	return in.store(ctx, e, ev)
}

func (in *Intake) store(ctx context.Context, e *session.Entry, facts ...bus.Event) *Refusal {
	if e.Erased() { // since the request found it
		return unknown()
	}
	seq, err := in.Bus.Publish(ctx, facts...)
	if err != nil {
		in.Log.Warn("fact not stored", zap.String("type", string(facts[len(facts)-1].Type)), zap.Error(err), span.Field(ctx))
		return refused(err)
	}
	e.Recorded(facts, seq)
	return nil
}

// Announce stores a fact of the whole project.
func (in *Intake) Announce(ctx context.Context, ev bus.Event) *Refusal {
	if _, err := in.Bus.Publish(ctx, ev); err != nil {
		in.Log.Warn("fact not stored", zap.String("type", string(ev.Type)), zap.Error(err), span.Field(ctx))
		return refused(err)
	}
	return nil
}

// Messages reads messages of a session by their ids; those that it does not have are left out.
func (in *Intake) Messages(ctx context.Context, e *session.Entry, ids ...string) ([]*sessionsv1.MessageRecord, *Refusal) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(s string) bool { _, err := id.ParseMessage(s); return err != nil })
	slices.Sort(ids)
	if ids = slices.Compact(ids); e.Visit() || len(ids) == 0 {
		return nil, nil
	}
	answer, err := in.Sessions.History(ctx, &sessionsv1.HistoryRequest{
		Project: string(e.Project), SessionId: string(e.Session), Ids: ids, Limit: int32(min(len(ids), 100)),
	})
	switch status.Code(err) {
	case codes.OK:
		return answer.GetMessages(), nil
	case codes.NotFound:
		return nil, nil
	default:
		in.Log.Warn("messages cannot be looked up", zap.Error(err), span.Field(ctx))
		return nil, Unavailable("the conversation cannot be read now; try again")
	}
}

// Quote answers what a reply quotes; nil when the session has no such message, and then the reply is none.
func (in *Intake) Quote(ctx context.Context, e *session.Entry, replyTo string) (*bellhopv1.Quote, *Refusal) {
	if replyTo == "" {
		return nil, nil
	}
	records, refusal := in.Messages(ctx, e, replyTo)
	if refusal != nil || len(records) == 0 {
		return nil, refusal
	}
	return wire.QuoteOf(records[0].GetMessage()), nil
}

// Store stores facts of a session as they are, and answers nil for none.
func (in *Intake) Store(ctx context.Context, e *session.Entry, facts ...bus.Event) *Refusal {
	if len(facts) == 0 {
		return nil
	}
	return in.store(ctx, e, facts...)
}
