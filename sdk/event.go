package bellhop

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Type says what happened.
type Type string

// The types of events. Others may be added.
const (
	NewSession             Type = "new_session"
	IdentityUpdate         Type = "identity_update"
	VisitorMessage         Type = "visitor_message"
	VisitorMessageEdited   Type = "visitor_message_edited"
	VisitorMessageDeleted  Type = "visitor_message_deleted"
	VisitorDisconnect      Type = "visitor_disconnect"
	OperatorMessage        Type = "operator_message" // the team's, the assistant's, and what SendMessage has sent
	OperatorMessageEdited  Type = "operator_message_edited"
	OperatorMessageDeleted Type = "operator_message_deleted"
	OperatorTyping         Type = "operator_typing" // told once and never again: it has no ID
	OperatorStatus         Type = "operator_status"
	MessageRead            Type = "message_read"
	SessionClosed          Type = "session_closed"
	CustomEventSent        Type = "custom_event" // by the visitor's page
	RatingRequested        Type = "csat_request"
	RatingSubmitted        Type = "csat_submitted"
	AITakeover             Type = "ai_takeover"    // webhooks only
	SessionErased          Type = "session_erased" // webhooks only: forget it too; nothing more of it comes
	Test                   Type = "test"           // webhooks only: `bellhop webhook test`
)

// known are the types whose shape is known here.
var known = map[Type]bool{
	NewSession: true, IdentityUpdate: true, VisitorMessage: true, VisitorMessageEdited: true, VisitorMessageDeleted: true, VisitorDisconnect: true,
	OperatorMessage: true, OperatorMessageEdited: true, OperatorMessageDeleted: true, OperatorTyping: true, MessageRead: true,
	SessionClosed: true, CustomEventSent: true, RatingRequested: true, RatingSubmitted: true, AITakeover: true,
}

// Event is something that happened. Which fields are set depends on its type, and Session also on the way it came.
type Event struct {
	// ID is the same each time that the event comes: its place in the stream, or its webhook-id. "" for a signal that is never repeated.
	ID        string
	Type      Type
	SessionID string
	VisitorID string
	// Session is as much as is known of the session with the event; nil for none.
	Session *Session
	// Message is the message of visitor_message and operator_message. Of an edit or a deletion it has what was told: ID and SessionID,
	// and Content and EditedAt or DeletedAt.
	Message *Message
	// Custom is the event of custom_event.
	Custom *CustomEvent
	// Rating is what csat_submitted tells.
	Rating *Rating
	// Source is where something of the team's was done: telegram, discord, slack, api, nats; "" for the assistant.
	Source string
	// Data is the whole of it as it came, JSON, for what has no field here.
	Data json.RawMessage
}

// Decode reads what came with the event into what v points to.
func (e *Event) Decode(v any) error { return json.Unmarshal(e.Data, v) }

// errShape is wrapped by what is no event.
var errShape = errors.New("bellhop: not an event")

// told is an event as any of the ways tells it, flat.
type told struct {
	SessionID string          `json:"sessionId"`
	VisitorID string          `json:"visitorId"`
	Session   *Session        `json:"session"`
	Message   json.RawMessage `json:"message"`
	Event     json.RawMessage `json:"event"`

	MessageID    string       `json:"messageId"`
	Content      string       `json:"content"`
	OperatorName string       `json:"operatorName"`
	SourceBridge string       `json:"sourceBridge"`
	ReplyTo      *Quote       `json:"replyTo"`
	Attachments  []Attachment `json:"attachments"`
	EditedAt     time.Time    `json:"editedAt"`
	DeletedAt    time.Time    `json:"deletedAt"`
	Score        int          `json:"score"`
	Comment      string       `json:"comment"`
	RespondedAt  time.Time    `json:"respondedAt"`
}

// parse reads an event: an object of the stream or of BACKEND_WEBHOOK_URL, or an envelope of EVENTS_WEBHOOK_URL. Of a type that is not known
// here nothing is expected.
func parse(raw []byte) (*Event, error) {
	var head struct {
		Type   Type            `json:"type"`
		Data   json.RawMessage `json:"data"`
		SentAt json.RawMessage `json:"sentAt"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("%w: %w", errShape, err)
	}
	if head.Type == "" {
		return nil, fmt.Errorf("%w: it has no type", errShape)
	}
	if head.SentAt != nil && head.Data != nil { // an envelope
		raw = head.Data
	}
	e := &Event{Type: head.Type, Data: raw}
	var t told
	err := json.Unmarshal(raw, &t)
	if !known[e.Type] {
		e.SessionID, e.VisitorID = t.SessionID, t.VisitorID
		return e, nil
	}
	if err == nil {
		e.Session, e.SessionID, e.VisitorID = t.Session, t.SessionID, t.VisitorID
		err = e.fill(&t)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errShape, e.Type, err)
	}
	e.Source = t.SourceBridge
	e.place()
	return e, nil
}

// place finds whose event it is in what came with it.
func (e *Event) place() {
	if e.Session != nil {
		e.SessionID, e.VisitorID = cmp.Or(e.SessionID, e.Session.ID), cmp.Or(e.VisitorID, e.Session.VisitorID)
	}
	if e.Message != nil {
		e.SessionID = cmp.Or(e.SessionID, e.Message.SessionID)
		e.Message.SessionID = e.SessionID
	}
	if e.Custom != nil {
		e.SessionID = cmp.Or(e.SessionID, e.Custom.SessionID)
	}
}

// fill reads what is particular to a type.
func (e *Event) fill(t *told) error {
	switch e.Type {
	case VisitorMessage:
		return needed(t.Message, &e.Message, "message")
	case OperatorMessage, OperatorMessageEdited, OperatorMessageDeleted:
		return e.fillOperator(t)
	case VisitorMessageEdited, VisitorMessageDeleted:
		e.Message = t.message(Visitor)
	case CustomEventSent:
		return needed(t.Event, &e.Custom, "event")
	case RatingSubmitted:
		e.Rating = &Rating{Score: t.Score, Comment: t.Comment, RespondedAt: t.RespondedAt}
	case NewSession, IdentityUpdate:
		if e.Session == nil {
			return errors.New("it has no session")
		}
	}
	return nil
}

// fillOperator reads what the team did. Within an envelope the object is told as event, and a message also as one.
func (e *Event) fillOperator(t *told) error {
	if inner := t.Event; inner != nil {
		t.Event = nil // what is read into must not be what is read
		if err := json.Unmarshal(inner, t); err != nil {
			return err
		}
	}
	e.Message = t.message(Operator)
	if t.Message == nil {
		return nil
	}
	return needed(t.Message, &e.Message, "message")
}

// message is one as a flat object tells it.
func (t *told) message(sender string) *Message {
	return &Message{
		ID: t.MessageID, SessionID: t.SessionID, Content: t.Content, Sender: sender, OperatorName: t.OperatorName,
		ReplyTo: t.ReplyTo, Attachments: t.Attachments, EditedAt: t.EditedAt, DeletedAt: t.DeletedAt,
	}
}

// needed reads a part that an event can't be without.
func needed[T any](raw json.RawMessage, into **T, name string) error {
	*into = new(T)
	if len(raw) == 0 || string(raw) == "null" {
		return errors.New("it has no " + name)
	}
	return json.Unmarshal(raw, *into)
}
