package projection

import (
	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// senderVisitor is the one sender that is not the team: what others write counts as incoming in the widget.
const senderVisitor = "visitor"

// created adds a message. The bus drops a repeated event id within its window; an id that is here already covers the rest.
func (s *session) created(ev bus.Event, data *eventv1.MessageCreated) {
	messageID := data.GetMessage().GetId()
	if _, known := s.messages[messageID]; known || messageID == "" {
		return
	}
	m := copyOf(data.GetMessage())
	m.SessionId = string(s.key.Session)
	m.Quote = nil // what it quotes may be edited or deleted; history renders it from the quoted message itself
	m.Timestamp = stamp(m.GetTimestamp(), ev)
	m.Status, m.DeliveredAt, m.ReadAt, m.EditedAt, m.DeletedAt = statusSent, nil, nil, nil, nil
	if _, known := s.messages[m.ReplyTo]; !known {
		m.ReplyTo = ""
	}
	record := &sessionsv1.MessageRecord{Message: m, CreatedSeq: ev.Seq, ContentSeq: ev.Seq, Platform: data.GetPlatform()}
	if at := data.GetOrigin(); at != nil && data.GetPlatform() != "" {
		record.Copies = map[string]*eventv1.Copy{data.GetPlatform(): {MessageId: messageID, At: copyOf(at), Version: ev.Seq}}
	}
	s.messages[messageID] = record
	s.summarize(m)
	s.shows(record, ev)
	s.acted(ev)
	if m.Sender == senderVisitor && s.record.Session.Status == statusClosed {
		s.reopen(ev)
	}
}

// edited replaces the text, if it is the sender's own message, still there, and no later edit is known.
func (s *session) edited(ev bus.Event, data *eventv1.MessageEdited) {
	record := s.messages[data.GetMessageId()]
	if record == nil {
		return
	}
	m, at := record.Message, stamp(data.GetEditedAt(), ev)
	older := m.EditedAt != nil && at.AsTime().Before(m.EditedAt.AsTime())
	if m.Sender != data.GetSender() || m.DeletedAt != nil || older || m.Content == data.GetContent() {
		return
	}
	m.Content, m.EditedAt = data.GetContent(), at
	record.ContentSeq = ev.Seq
	if own := record.Copies[record.Platform]; own != nil && data.GetPlatform() == record.Platform {
		own.Version = ev.Seq // it was edited where it stands
	}
	s.shows(record, ev)
	s.acted(ev)
}

// deleted empties a message for good. A visitor's deletion reaches the visitor's own messages only.
func (s *session) deleted(ev bus.Event, data *eventv1.MessageDeleted) {
	record := s.messages[data.GetMessageId()]
	if record == nil || record.Message.DeletedAt != nil {
		return
	}
	if data.GetSender() == senderVisitor && record.Message.Sender != senderVisitor {
		return
	}
	record.Message.Content, record.Message.Attachments = "", nil
	record.Message.DeletedAt = stamp(data.GetDeletedAt(), ev)
	record.ContentSeq = ev.Seq
	s.shows(record, ev)
	s.acted(ev)
}
