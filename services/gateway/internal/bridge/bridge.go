package bridge

import (
	"context"
	"errors"
	"net/http"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/foreign"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// Bridge takes reports in.
type Bridge struct {
	Intake *intake.Intake
	Names  *foreign.Names
	// Status takes operator_status in: its body is that of the route of its own.
	Status func(ctx context.Context, body []byte) (any, *intake.Refusal)
}

// Taken is what a report is answered.
type Taken struct {
	OK bool `json:"ok"`
	// SessionID is the session's, as the backend calls it.
	SessionID string `json:"sessionId,omitempty"`
	MessageID string `json:"messageId,omitempty"`
	// Updated counts the messages that were marked as read.
	Updated *int `json:"updated,omitempty"`
	// AlreadyRated tells that an earlier rating counts.
	AlreadyRated bool `json:"alreadyRated,omitempty"`
}

// kinds are the incoming types.
var kinds = map[string]func(*Bridge, context.Context, *report) (*Taken, *intake.Refusal){
	"new_session":             (*Bridge).started,
	"visitor_message":         (*Bridge).said,
	"visitor_message_edited":  (*Bridge).edited,
	"visitor_message_deleted": (*Bridge).deleted,
	"message_read":            (*Bridge).read,
	"custom_event":            (*Bridge).happened,
	"identity_update":         (*Bridge).identified,
	"ai_takeover":             (*Bridge).assisted,
	"csat_submitted":          (*Bridge).rated,
	"visitor_disconnect":      (*Bridge).left,
}

// Event takes in a typed event.
func (b *Bridge) Event(ctx context.Context, body []byte) (any, *intake.Refusal) {
	var head struct {
		Type string `json:"type"`
	}
	if refusal := intake.Parse(body, &head); refusal != nil {
		return nil, refusal
	}
	if head.Type == "operator_status" {
		return b.Status(ctx, body)
	}
	return b.take(ctx, head.Type, body)
}

// Typed takes in a body that comes without its type, because the route says it.
func (b *Bridge) Typed(kind string) func(context.Context, []byte) (any, *intake.Refusal) {
	return func(ctx context.Context, body []byte) (any, *intake.Refusal) { return b.take(ctx, kind, body) }
}

// Session takes in a bare session.
func (b *Bridge) Session(ctx context.Context, body []byte) (any, *intake.Refusal) {
	var r report
	r.Session = new(given)
	if refusal := intake.Parse(body, r.Session); refusal != nil {
		return nil, refusal
	}
	return answered(b.started(ctx, &r))
}

func (b *Bridge) take(ctx context.Context, kind string, body []byte) (any, *intake.Refusal) {
	handle, ok := kinds[kind]
	if !ok {
		return nil, intake.Invalid("unknown_type", "type is not one that this server knows")
	}
	var r report
	if refusal := intake.Parse(body, &r); refusal != nil {
		return nil, refusal
	}
	return answered(handle(b, ctx, &r))
}

// answered keeps a nil answer nil.
func answered(taken *Taken, refusal *intake.Refusal) (any, *intake.Refusal) {
	if refusal != nil {
		return nil, refusal
	}
	taken.OK = true
	return taken, nil
}

// widgets is the refusal of what only a visitor's page may say.
func widgets() *intake.Refusal {
	return &intake.Refusal{Status: http.StatusConflict, Code: "widget_session", Text: "session.id is a widget's session: what its visitor says comes from his page"}
}

// open answers the session that a backend tells of, which begins if nobody knows it. own tells whether it may be a widget's too.
func (b *Bridge) open(ctx context.Context, told *bellhopv1.Session, own bool) (*session.Entry, *intake.Refusal) {
	external := id.Session(told.GetExternalId())
	if external.Own() {
		entry, refusal := b.Intake.Find(ctx, string(external))
		switch {
		case refusal == nil && !own:
			return nil, widgets()
		case refusal == nil, refusal.Status != http.StatusNotFound:
			return entry, refusal
		}
	}
	ours, err := b.Names.Session(ctx, b.Intake.Project, external)
	if err != nil {
		return nil, b.unavailable(err)
	}
	key := session.Key{Project: b.Intake.Project, Session: ours}
	entry, err := b.Intake.Directory.Find(ctx, key)
	if errors.Is(err, session.ErrUnknown) {
		told.Id = string(ours)
		entry, err = b.Intake.Directory.Begin(key, told)
	}
	if err != nil {
		return nil, b.unavailable(err)
	}
	return entry, nil
}

func (b *Bridge) unavailable(err error) *intake.Refusal {
	b.Intake.Log.Warn("a backend's session cannot be looked up", zap.Error(err))
	return intake.Unavailable("the session cannot be looked up now; try again")
}

// known answers the backend's session that a report is about, which must exist.
func (b *Bridge) known(ctx context.Context, r *report) (*session.Entry, *intake.Refusal) {
	field, named := "sessionId", r.SessionID
	if r.Session != nil {
		field, named = "session.id", r.Session.ID
	}
	if named == "" && r.Session == nil {
		return nil, intake.Invalid("missing_session", "sessionId or session must name a session")
	}
	entry, refusal := b.Names.Find(ctx, b.Intake, field, named)
	switch {
	case refusal != nil:
		return nil, refusal
	case entry.External == "":
		return nil, widgets()
	case entry.Visit(): // remembered from a report that could not be stored
		return nil, &intake.Refusal{Status: http.StatusNotFound, Code: "unknown_session", Text: field + " names no session"}
	}
	return entry, nil
}

// record stores a fact of a session, after its start.
func (b *Bridge) record(ctx context.Context, e *session.Entry, facts ...bus.Event) (*Taken, *intake.Refusal) {
	if refusal := b.Intake.Record(ctx, e, facts...); refusal != nil {
		return nil, refusal
	}
	return &Taken{SessionID: e.Shown()}, nil
}
