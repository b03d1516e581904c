package webhook

import (
	"strings"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// The types that both destinations know.
const (
	kindOperatorMessage = "operator_message"
	kindSessionClosed   = "session_closed"
	kindCsatRequest     = "csat_request"
	kindOperatorTyping  = "operator_typing"
)

// backendTypes are the events of the bus that have a counterpart for BACKEND_WEBHOOK_URL, or ask for another delivery.
var backendTypes = []bus.Type{
	bus.MessageCreated, bus.MessageEdited, bus.MessageDeleted, bus.SessionClosed, bus.CsatRequested, bus.DeliveryRequested,
}

// The outgoing objects of the bridge API. Type is the object's own for BACKEND_WEBHOOK_URL, which has no envelope.
type (
	operatorMessage struct {
		Type                   string            `json:"type"`
		SessionID              string            `json:"sessionId"`
		MessageID              string            `json:"messageId"`
		Content                string            `json:"content"`
		SourceBridge           string            `json:"sourceBridge"`
		OperatorName           string            `json:"operatorName,omitempty"`
		Attachments            []wire.Attachment `json:"attachments,omitempty"`
		ReplyTo                string            `json:"replyTo,omitempty"`
		ReplyToBridgeMessageID string            `json:"replyToBridgeMessageId,omitempty"`
	}
	operatorMessageEdited struct {
		Type      string     `json:"type"`
		SessionID string     `json:"sessionId"`
		MessageID string     `json:"messageId"`
		Content   string     `json:"content"`
		EditedAt  *wire.Time `json:"editedAt,omitempty"`
	}
	operatorMessageDeleted struct {
		Type      string     `json:"type"`
		SessionID string     `json:"sessionId"`
		MessageID string     `json:"messageId"`
		DeletedAt *wire.Time `json:"deletedAt,omitempty"`
	}
	operatorTyping struct {
		Type         string `json:"type"`
		SessionID    string `json:"sessionId"`
		IsTyping     bool   `json:"isTyping"`
		SourceBridge string `json:"sourceBridge,omitempty"`
	}
	sessionClosed struct {
		Type         string     `json:"type,omitempty"`
		SessionID    string     `json:"sessionId"`
		SourceBridge string     `json:"sourceBridge"`
		OperatorName string     `json:"operatorName,omitempty"`
		ClosedAt     *wire.Time `json:"closedAt,omitempty"`
	}
	csatRequest struct {
		Type        string     `json:"type,omitempty"`
		SessionID   string     `json:"sessionId"`
		RequestedAt *wire.Time `json:"requestedAt,omitempty"`
	}
)

// backendMessage is what BACKEND_WEBHOOK_URL is told of an event; an empty type stands for nothing.
func backendMessage(ev bus.Event, _ wire.Session) (kind string, data any) {
	switch data := ev.Data.(type) {
	case *eventv1.MessageCreated:
		switch data.GetMessage().GetSender() {
		case senderVisitor, senderSystem, "":
			return "", nil
		}
		return kindOperatorMessage, operatorSaid(data)
	case *eventv1.MessageEdited:
		if data.GetSender() == senderVisitor {
			return "", nil
		}
		return "operator_message_edited", operatorEdit(data)
	case *eventv1.MessageDeleted:
		if data.GetSender() == senderVisitor {
			return "", nil
		}
		return "operator_message_deleted", operatorDeletion(data)
	case *eventv1.Session:
		if ev.Type != bus.SessionClosed {
			return "", nil
		}
		closed := closing(ev, data)
		closed.Type = kindSessionClosed
		return kindSessionClosed, closed
	case *eventv1.Csat:
		if ev.Type != bus.CsatRequested {
			return "", nil
		}
		return kindCsatRequest, csatRequest{kindCsatRequest, data.GetSessionId(), wire.At(data.GetAt())}
	default:
		return "", nil
	}
}

func operatorSaid(data *eventv1.MessageCreated) operatorMessage {
	message := data.GetMessage()
	out := operatorMessage{
		Type: kindOperatorMessage, SessionID: data.GetSessionId(), MessageID: message.GetId(), Content: message.GetContent(),
		SourceBridge: data.GetPlatform(), OperatorName: message.GetOperatorName(), ReplyTo: message.GetReplyTo(),
		Attachments: wire.FromMessage(message, nil).Attachments,
	}
	if message.GetSender() == "ai" && out.OperatorName == "" {
		out.OperatorName = "AI"
	}
	// A message that was written on the platform is named after its id there.
	if answered, ok := strings.CutPrefix(message.GetReplyTo(), data.GetPlatform()+":"); ok {
		out.ReplyToBridgeMessageID = answered
	}
	return out
}

func operatorEdit(data *eventv1.MessageEdited) operatorMessageEdited {
	return operatorMessageEdited{"operator_message_edited", data.GetSessionId(), data.GetMessageId(), data.GetContent(), wire.At(data.GetEditedAt())}
}

func operatorDeletion(data *eventv1.MessageDeleted) operatorMessageDeleted {
	return operatorMessageDeleted{"operator_message_deleted", data.GetSessionId(), data.GetMessageId(), wire.At(data.GetDeletedAt())}
}

func closing(ev bus.Event, data *eventv1.Session) sessionClosed {
	return sessionClosed{SessionID: string(ev.Session), SourceBridge: data.GetPlatform(), OperatorName: data.GetBy(), ClosedAt: wire.At(data.GetAt())}
}
