package bridge

import (
	"context"
	"math"
	"slices"
	"time"

	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// told answers the session that an event tells of, by an object or by its id alone; it begins if nobody knows it.
func (b *Bridge) told(ctx context.Context, r *report) (*session.Entry, *bellhopv1.Session, *intake.Refusal) {
	if r.Session == nil && r.SessionID != "" {
		r.Session = &given{ID: r.SessionID}
	}
	told, refusal := r.Session.session()
	if refusal != nil {
		return nil, nil, refusal
	}
	entry, refusal := b.open(ctx, told, true)
	return entry, told, refusal
}

// happened is a custom event. One with a timestamp is one event, however often it is told.
func (b *Bridge) happened(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	if r.Event == nil {
		return nil, intake.Invalid("missing_event", "event must be an object")
	}
	data, refusal := intake.CustomEvent(r.Event.Name, r.Event.Data)
	if refusal != nil {
		return nil, refusal
	}
	at, refusal := instant("event.timestamp", r.Event.Timestamp)
	if refusal != nil {
		return nil, refusal
	}
	if r.Session == nil && r.SessionID == "" {
		r.SessionID = r.Event.SessionID
	}
	entry, _, refusal := b.told(ctx, r)
	if refusal == nil {
		refusal = blocked(entry)
	}
	if refusal != nil {
		return nil, refusal
	}
	name := ""
	if r.Event.Timestamp != "" {
		name = "event:" + mark(r.Event.Name, r.Event.Timestamp, string(r.Event.Data))
	}
	return b.record(ctx, entry, fact.Reported(fact.Received(entry, r.Event.Name, data, at), name))
}

// identified says who the visitor is.
func (b *Bridge) identified(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	entry, told, refusal := b.told(ctx, r)
	if refusal != nil {
		return nil, refusal
	}
	if len(told.GetIdentity().GetFields()) == 0 && told.GetUserPhone() == "" {
		return nil, intake.Invalid("missing_identity", "session.identity or session.userPhone must be given")
	}
	return b.update(ctx, entry, told)
}

// assisted says that the assistant has taken over.
func (b *Bridge) assisted(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	if refusal := word("reason", r.Reason, maxWord); refusal != nil {
		return nil, refusal
	}
	entry, _, refusal := b.told(ctx, r)
	if refusal != nil {
		return nil, refusal
	}
	return b.record(ctx, entry, fact.Assisted(entry, r.Reason, fact.Now()))
}

// rated is the visitor's rating; the first one counts.
func (b *Bridge) rated(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	switch {
	case r.Score == nil || *r.Score < 1 || *r.Score > 5 || *r.Score != math.Trunc(*r.Score):
		return nil, intake.Invalid("invalid_score", "score must be a whole number from 1 to 5")
	case len([]rune(r.Comment)) > maxComment:
		return nil, intake.Invalid("invalid_comment", "comment must have at most 1000 characters")
	}
	at, refusal := instant("respondedAt", r.RespondedAt)
	if refusal != nil {
		return nil, refusal
	}
	entry, refusal := b.known(ctx, r)
	if refusal != nil {
		return nil, refusal
	}
	if b.Intake.Directory.Rated(entry.Key) {
		return &Taken{SessionID: entry.Shown(), AlreadyRated: true}, nil
	}
	return b.record(ctx, entry, fact.Reported(fact.Rated(entry, int32(*r.Score), r.Comment, entry.Rating(), at), ""))
}

// left says that the visitor has gone.
func (b *Bridge) left(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	const longest = 10 * 365 * 24 * 3600 // a visit of ten years is a mistake
	if r.Duration < 0 || r.Duration > longest {
		return nil, intake.Invalid("invalid_duration", "duration must be a number of seconds")
	}
	if refusal := word("reason", r.Reason, maxWord); refusal != nil {
		return nil, refusal
	}
	entry, refusal := b.known(ctx, r)
	if refusal != nil {
		return nil, refusal
	}
	was := time.Duration(r.Duration) * time.Second
	if refusal := b.Intake.Note(ctx, entry, fact.Reported(fact.Left(entry, was, r.Reason, fact.Now()), "")); refusal != nil {
		return nil, refusal
	}
	return &Taken{SessionID: entry.Shown()}, nil
}

// read says which of the team's messages the visitor has seen. What is not the team's, or not there, is left out.
func (b *Bridge) read(ctx context.Context, r *report) (*Taken, *intake.Refusal) {
	status, when, field := r.Status, r.ReadAt, "readAt"
	switch status {
	case "":
		status = "read"
	case "delivered":
		when, field = r.DeliveredAt, "deliveredAt"
	case "read":
	default:
		return nil, intake.Invalid("invalid_status", "status must be read or delivered")
	}
	at, refusal := instant(field, when)
	if refusal != nil {
		return nil, refusal
	}
	if n := len(r.MessageIDs); n == 0 || n > 100 {
		return nil, intake.Invalid("invalid_message_ids", "messageIds must be 1 to 100 ids")
	}
	entry, refusal := b.known(ctx, r)
	if refusal != nil {
		return nil, refusal
	}
	records, refusal := b.Intake.Messages(ctx, entry, r.MessageIDs...)
	if refusal != nil {
		return nil, refusal
	}
	var seen []string
	for _, record := range records {
		if m := record.GetMessage(); m.GetSender() != "visitor" && m.GetStatus() != "read" && m.GetStatus() != status {
			seen = append(seen, m.GetId())
		}
	}
	updated := len(seen)
	if updated > 0 {
		slices.Sort(seen)
		ev := fact.Reported(fact.Read(entry, seen, status, at), "read:"+status+":"+mark(seen...))
		if refusal := b.Intake.Note(ctx, entry, ev); refusal != nil {
			return nil, refusal
		}
	}
	return &Taken{SessionID: entry.Shown(), Updated: &updated}, nil
}
