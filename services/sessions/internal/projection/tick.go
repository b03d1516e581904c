package projection

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// The states of a message, in the order in which it goes through them. It never goes back.
const (
	statusSent      = "sent"
	statusDelivered = "delivered"
	statusRead      = "read"
)

var statusRank = map[string]int{statusSent: 1, statusDelivered: 2, statusRead: 3}

// tick moves a message's status forward.
func (s *session) tick(record *sessionsv1.MessageRecord, status string, at *timestamppb.Timestamp, ev bus.Event) {
	m := record.Message
	if statusRank[status] <= statusRank[m.Status] {
		return
	}
	m.Status = status
	if status == statusRead {
		m.ReadAt = at
	} else {
		m.DeliveredAt = at
	}
	s.shows(record, ev)
}

// read applies message.read: a reader's ticks go to what the other side wrote.
func (s *session) read(ev bus.Event, data *eventv1.MessageRead) {
	status := data.GetStatus()
	if status != statusRead && status != statusDelivered {
		return
	}
	for _, messageID := range data.GetMessageIds() {
		if record := s.messages[messageID]; record != nil && incoming(record, data.GetReader()) {
			s.tick(record, status, stamp(data.GetReadAt(), ev), ev)
		}
	}
}

// incoming tells whether a message was written for this reader.
func incoming(record *sessionsv1.MessageRecord, reader string) bool {
	fromVisitor := record.Message.Sender == senderVisitor
	switch reader {
	case "operator":
		return fromVisitor
	case senderVisitor:
		return !fromVisitor
	default:
		return false
	}
}
