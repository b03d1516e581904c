package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"google.golang.org/protobuf/types/known/timestamppb"

	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// blocked is the refusal of what the team wants nothing more of.
func blocked(e *session.Entry) *intake.Refusal {
	if !e.Blocked() {
		return nil
	}
	return &intake.Refusal{Status: http.StatusForbidden, Code: "blocked", Text: "this conversation takes no more from this visitor"}
}

// started begins a session. Of one that is known, what is told now replaces what was told before; the same told twice is one fact.
func (b *Bridge) started(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	told, refusal := r.Session.session()
	if refusal != nil {
		return nil, refusal
	}
	entry, refusal := b.open(ctx, told, false)
	if refusal != nil {
		return nil, refusal
	}
	if entry.Visit() {
		start := fact.Opening(entry, fact.Updated(entry, &bellhopv1.Session{}, fact.Now()))
		if refusal := b.Intake.Store(ctx, entry, start...); refusal != nil {
			return nil, refusal
		}
		return &Taken{SessionID: entry.Shown()}, nil
	}
	return b.update(ctx, entry, told)
}

// update tells what is new of a session that has begun.
func (b *Bridge) update(ctx context.Context, e *session.Entry, told *bellhopv1.Session) (*Taken, *intake.Refusal) {
	if len(told.GetMetadata().GetFields())+len(told.GetIdentity().GetFields()) == 0 && told.GetUserPhone() == "" {
		return &Taken{SessionID: e.Shown()}, nil // there is nothing to store
	}
	changed := &bellhopv1.Session{Metadata: told.Metadata, Identity: told.Identity, UserPhone: told.UserPhone, UserPhoneCountry: told.UserPhoneCountry}
	ev := fact.Reported(fact.Updated(e, changed, fact.Now()), "")
	return b.record(ctx, e, ev)
}

// said is a message of the visitor. The id that the backend gives makes it one message, however often it is told.
func (b *Bridge) said(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	if r.Message == nil {
		return nil, intake.Invalid("missing_message", "message must be an object")
	}
	if refusal := messageID("message.id", r.Message.ID); refusal != nil {
		return nil, refusal
	}
	if r.Message.Sender != "" && r.Message.Sender != "visitor" {
		return nil, intake.Invalid("invalid_sender", "message.sender must be visitor: the team answers on its platforms, or by /api/v1/sessions/{id}/reply")
	}
	text, refusal := r.Message.text()
	if refusal != nil {
		return nil, refusal
	}
	at, refusal := instant("message.timestamp", r.Message.Timestamp)
	if refusal != nil {
		return nil, refusal
	}
	answers, refusal := r.Message.reply()
	if refusal != nil {
		return nil, refusal
	}
	if r.Session == nil && r.Message.SessionID != "" {
		r.Session = &given{ID: r.Message.SessionID}
	}
	told, refusal := r.Session.session()
	if refusal != nil {
		return nil, refusal
	}
	entry, refusal := b.open(ctx, told, false)
	if refusal == nil {
		refusal = blocked(entry)
	}
	if refusal != nil {
		return nil, refusal
	}
	quote, refusal := b.Intake.Quote(ctx, entry, answers)
	if refusal != nil {
		return nil, refusal
	}
	m := &bellhopv1.Message{
		Id: r.Message.ID, Content: text, Sender: "visitor", Timestamp: timestamppb.New(at), ReplyTo: quote.GetId(), Quote: quote,
	}
	ev := fact.Reported(fact.Created(entry, m, "api"), "message:"+m.GetId())
	ev.Time = fact.Now()
	taken, refusal := b.record(ctx, entry, ev)
	if refusal != nil {
		return nil, refusal
	}
	taken.MessageID = m.GetId()
	return taken, nil
}

// own finds the visitor's message that a report is about. gone tells that it was deleted.
func (b *Bridge) own(ctx context.Context, r *report) (e *session.Entry, gone bool, refusal *intake.Refusal) {
	if refusal = messageID("messageId", r.MessageID); refusal != nil {
		return nil, false, refusal
	}
	if e, refusal = b.known(ctx, r); refusal != nil {
		return nil, false, refusal
	}
	records, refusal := b.Intake.Messages(ctx, e, r.MessageID)
	switch {
	case refusal != nil:
		return nil, false, refusal
	case len(records) == 0:
		return nil, false, &intake.Refusal{Status: http.StatusNotFound, Code: "unknown_message", Text: "messageId names no message of the session"}
	case records[0].GetMessage().GetSender() != "visitor":
		return nil, false, &intake.Refusal{Status: http.StatusForbidden, Code: "not_the_visitors", Text: "messageId names a message that is not the visitor's"}
	}
	return e, records[0].GetMessage().GetDeletedAt() != nil, nil
}

func (b *Bridge) edited(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	at, refusal := instant("editedAt", r.EditedAt)
	if refusal == nil {
		refusal = intake.Content(r.Content)
	}
	if refusal != nil {
		return nil, refusal
	}
	entry, gone, refusal := b.own(ctx, r)
	if refusal != nil {
		return nil, refusal
	}
	if gone {
		return nil, &intake.Refusal{Status: http.StatusGone, Code: "deleted", Text: "this message was deleted"}
	}
	name := ""
	if r.EditedAt != "" {
		name = "edited:" + r.MessageID + ":" + mark(at.String(), r.Content)
	}
	taken, refusal := b.record(ctx, entry, fact.Reported(fact.Edited(entry, r.MessageID, r.Content, at), name))
	if refusal != nil {
		return nil, refusal
	}
	taken.MessageID = r.MessageID
	return taken, nil
}

func (b *Bridge) deleted(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	at, refusal := instant("deletedAt", r.DeletedAt)
	if refusal != nil {
		return nil, refusal
	}
	entry, gone, refusal := b.own(ctx, r)
	if refusal != nil {
		return nil, refusal
	}
	if !gone {
		if refusal := b.Intake.Note(ctx, entry, fact.Reported(fact.Deleted(entry, r.MessageID, at), "deleted:"+r.MessageID)); refusal != nil {
			return nil, refusal
		}
	}
	return &Taken{SessionID: entry.Shown(), MessageID: r.MessageID}, nil
}

// mark tells one content from another within an event's id.
func mark(parts ...string) string {
	raw, _ := json.Marshal(parts) // strings always marshal
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}
