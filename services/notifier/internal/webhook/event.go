package webhook

import (
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// The senders of messages.
const (
	senderVisitor = "visitor"
	senderSystem  = "system"
)

// eventTypes are the events of the bus that have a counterpart for EVENTS_WEBHOOK_URL, or ask for another delivery.
var eventTypes = []bus.Type{
	bus.SessionStarted, bus.SessionUpdated, bus.SessionLeft, bus.SessionClosed, bus.MessageCreated, bus.MessageEdited,
	bus.MessageDeleted, bus.MessageRead, bus.EventReceived, bus.OperatorStatus, bus.CsatRequested, bus.CsatSubmitted,
	bus.AISwitched, bus.DeliveryRequested, bus.SessionErased,
}

// The shapes of an envelope's data. Several say a thing twice, because PocketPing's documents and its servers differ.
type (
	newSession struct {
		Session wire.Session `json:"session"`
		IsBot   bool         `json:"isBot,omitempty"`
	}
	visitorMessage struct {
		SessionID string       `json:"sessionId"`
		VisitorID string       `json:"visitorId"`
		Message   wire.Message `json:"message"`
		Session   wire.Session `json:"session"`
	}
	visitorEdited struct {
		SessionID string `json:"sessionId"`
		VisitorID string `json:"visitorId"`
		wire.Edited
	}
	visitorDeleted struct {
		SessionID string `json:"sessionId"`
		VisitorID string `json:"visitorId"`
		wire.Deleted
	}
	operatorEvent struct {
		SessionID string        `json:"sessionId"`
		VisitorID string        `json:"visitorId"`
		Message   *wire.Message `json:"message,omitempty"`
		Event     any           `json:"event"`
	}
	messageRead struct {
		SessionID string `json:"sessionId"`
		VisitorID string `json:"visitorId"`
		wire.Read
		Reader string `json:"reader,omitempty"`
	}
	identityUpdate struct {
		Session wire.Session `json:"session"`
	}
	visitorDisconnect struct {
		Session  wire.Session `json:"session"`
		Duration int64        `json:"duration"`
		Reason   string       `json:"reason"`
	}
	customEvent struct {
		Event   wire.Custom  `json:"event"`
		Session wire.Session `json:"session"`
	}
	aiTakeover struct {
		Session wire.Session `json:"session"`
		Reason  string       `json:"reason"`
	}
	operatorStatus struct {
		Online       bool   `json:"online"`
		OperatorID   string `json:"operatorId,omitempty"`
		OperatorName string `json:"operatorName,omitempty"`
	}
	sessionErased struct {
		SessionID string     `json:"sessionId"`
		ErasureID string     `json:"erasureId,omitempty"`
		Reason    string     `json:"reason,omitempty"`
		ErasedAt  *wire.Time `json:"erasedAt,omitempty"`
	}
	csatSubmitted struct {
		SessionID   string     `json:"sessionId"`
		VisitorID   string     `json:"visitorId"`
		Score       int32      `json:"score"`
		Comment     string     `json:"comment,omitempty"`
		RespondedAt *wire.Time `json:"respondedAt,omitempty"`
	}
)

// needsSession tells whether an event is shown with its session as it is now.
func needsSession(ev bus.Event) bool {
	switch data := ev.Data.(type) {
	case *eventv1.MessageCreated:
		return data.GetMessage().GetSender() == senderVisitor
	case *eventv1.Session:
		return ev.Type == bus.SessionLeft || ev.Type == bus.SessionUpdated && identifies(data)
	case *eventv1.Custom:
		return ev.Type == bus.EventReceived
	case *eventv1.Switch:
		return ev.Type == bus.AISwitched && data.GetOn()
	default:
		return false
	}
}

// identifies tells whether a change of a session says who the visitor is.
func identifies(data *eventv1.Session) bool {
	return len(data.GetSession().GetIdentity().GetFields()) > 0 || data.GetSession().GetUserPhone() != ""
}

// eventMessage is what EVENTS_WEBHOOK_URL is told of an event: its type and data. An empty type stands for nothing.
// session matters to those events only that needsSession names.
func eventMessage(ev bus.Event, session wire.Session) (kind string, data any) {
	switch data := ev.Data.(type) {
	case *eventv1.Session:
		return sessionMessage(ev, data, session)
	case *eventv1.MessageCreated:
		return createdMessage(data, session)
	case *eventv1.MessageEdited:
		edited := wire.Edited{MessageID: data.GetMessageId(), Content: data.GetContent(), EditedAt: wire.At(data.GetEditedAt())}
		if data.GetSender() == senderVisitor {
			return "visitor_message_edited", visitorEdited{data.GetSessionId(), data.GetVisitorId(), edited}
		}
		return "operator_message_edited", operatorEvent{SessionID: data.GetSessionId(), VisitorID: data.GetVisitorId(), Event: wire.OperatorEdit(data)}
	case *eventv1.MessageDeleted:
		deleted := wire.Deleted{MessageID: data.GetMessageId(), DeletedAt: wire.At(data.GetDeletedAt())}
		if data.GetSender() == senderVisitor {
			return "visitor_message_deleted", visitorDeleted{data.GetSessionId(), data.GetVisitorId(), deleted}
		}
		return "operator_message_deleted", operatorEvent{SessionID: data.GetSessionId(), VisitorID: data.GetVisitorId(), Event: wire.OperatorDeletion(data)}
	case *eventv1.MessageRead:
		return "message_read", messageRead{data.GetSessionId(), data.GetVisitorId(), wire.FromRead(data), data.GetReader()}
	case *eventv1.Custom:
		if ev.Type != bus.EventReceived {
			return "", nil
		}
		return "custom_event", customEvent{
			wire.Custom{Name: data.GetName(), Data: data.GetData(), Timestamp: wire.At(data.GetTimestamp()), SessionID: data.GetSessionId()}, session,
		}
	case *eventv1.OperatorStatus:
		return "operator_status", operatorStatus{data.GetOnline(), data.GetOperatorId(), data.GetOperatorName()}
	case *eventv1.Csat:
		return ratingMessage(ev, data)
	case *eventv1.Switch:
		if ev.Type != bus.AISwitched || !data.GetOn() {
			return "", nil
		}
		return "ai_takeover", aiTakeover{session, takeoverReason(data)}
	default:
		return "", nil
	}
}

func sessionMessage(ev bus.Event, data *eventv1.Session, session wire.Session) (string, any) {
	switch ev.Type {
	case bus.SessionStarted:
		isBot := data.GetSession().GetMetadata().GetFields()["isBot"].GetBoolValue()
		return "new_session", newSession{wire.FromSession(data.GetSession()), isBot}
	case bus.SessionUpdated:
		if identifies(data) {
			return "identity_update", identityUpdate{session}
		}
	case bus.SessionLeft:
		return "visitor_disconnect", visitorDisconnect{session, data.GetDuration(), data.GetReason()}
	case bus.SessionClosed:
		return wire.KindSessionClosed, wire.Closing(ev, data)
	case bus.SessionErased:
		return "session_erased", sessionErased{string(ev.Session), data.GetErasure(), data.GetReason(), wire.At(data.GetAt())}
	}
	return "", nil
}

func createdMessage(data *eventv1.MessageCreated, session wire.Session) (string, any) {
	message := data.GetMessage()
	shown := wire.FromMessage(message, message.GetQuote())
	switch message.GetSender() {
	case senderSystem, "":
		return "", nil
	case senderVisitor:
		return "visitor_message", visitorMessage{data.GetSessionId(), data.GetVisitorId(), shown, session}
	default:
		return wire.KindOperatorMessage, operatorEvent{data.GetSessionId(), data.GetVisitorId(), &shown, wire.OperatorSaid(data)}
	}
}

func ratingMessage(ev bus.Event, data *eventv1.Csat) (string, any) {
	if ev.Type == bus.CsatRequested {
		return wire.KindRatingRequest, wire.RatingRequest{SessionID: data.GetSessionId(), RequestedAt: wire.At(data.GetAt())}
	}
	return "csat_submitted", csatSubmitted{data.GetSessionId(), data.GetVisitorId(), data.GetScore(), data.GetComment(), wire.At(data.GetAt())}
}

// takeoverReason says who let the assistant answer.
func takeoverReason(data *eventv1.Switch) string {
	if data.GetBy() != "" {
		return "switched on by " + data.GetBy()
	}
	return "switched on"
}
