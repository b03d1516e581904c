package wire

import (
	"strings"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// The types of outgoing objects.
const (
	KindOperatorMessage = "operator_message"
	KindSessionClosed   = "session_closed"
	KindRatingRequest   = "csat_request"
	KindOperatorTyping  = "operator_typing"
)

// The senders of messages that are not the team.
const (
	visitor = "visitor"
	system  = "system"
)

// The outgoing objects of the bridge API. Type is the object's own where there is no envelope.
type (
	// OperatorMessage is what somebody of the team wrote, or the assistant.
	OperatorMessage struct {
		Type                   string       `json:"type"`
		SessionID              string       `json:"sessionId"`
		MessageID              string       `json:"messageId"`
		Content                string       `json:"content"`
		SourceBridge           string       `json:"sourceBridge"`
		OperatorName           string       `json:"operatorName,omitempty"`
		Attachments            []Attachment `json:"attachments,omitempty"`
		ReplyTo                string       `json:"replyTo,omitempty"`
		ReplyToBridgeMessageID string       `json:"replyToBridgeMessageId,omitempty"`
	}
	// OperatorEdited is the new text of such a message.
	OperatorEdited struct {
		Type      string `json:"type"`
		SessionID string `json:"sessionId"`
		MessageID string `json:"messageId"`
		Content   string `json:"content"`
		EditedAt  *Time  `json:"editedAt,omitempty"`
	}
	// OperatorDeleted says that such a message was taken back.
	OperatorDeleted struct {
		Type      string `json:"type"`
		SessionID string `json:"sessionId"`
		MessageID string `json:"messageId"`
		DeletedAt *Time  `json:"deletedAt,omitempty"`
	}
	// OperatorTyping says that somebody of the team types.
	OperatorTyping struct {
		Type         string `json:"type"`
		SessionID    string `json:"sessionId"`
		IsTyping     bool   `json:"isTyping"`
		SourceBridge string `json:"sourceBridge,omitempty"`
	}
	// SessionClosed says that the team closed a conversation.
	SessionClosed struct {
		Type         string `json:"type,omitempty"`
		SessionID    string `json:"sessionId"`
		SourceBridge string `json:"sourceBridge"`
		OperatorName string `json:"operatorName,omitempty"`
		ClosedAt     *Time  `json:"closedAt,omitempty"`
	}
	// RatingRequest says that the visitor is to be asked for a rating.
	RatingRequest struct {
		Type        string `json:"type,omitempty"`
		SessionID   string `json:"sessionId"`
		RequestedAt *Time  `json:"requestedAt,omitempty"`
	}
)

// Outgoing is what the bridge API tells a customer's backend of an event: what the team does. An empty kind stands for nothing.
func Outgoing(ev bus.Event) (kind string, data any) {
	switch data := ev.Data.(type) {
	case *eventv1.MessageCreated:
		switch data.GetMessage().GetSender() {
		case visitor, system, "":
			return "", nil
		}
		return KindOperatorMessage, OperatorSaid(data)
	case *eventv1.MessageEdited:
		if data.GetSender() == visitor {
			return "", nil
		}
		return "operator_message_edited", OperatorEdit(data)
	case *eventv1.MessageDeleted:
		if data.GetSender() == visitor {
			return "", nil
		}
		return "operator_message_deleted", OperatorDeletion(data)
	case *eventv1.Session:
		if ev.Type != bus.SessionClosed {
			return "", nil
		}
		closed := Closing(ev, data)
		closed.Type = KindSessionClosed
		return KindSessionClosed, closed
	case *eventv1.Csat:
		if ev.Type != bus.CsatRequested {
			return "", nil
		}
		return KindRatingRequest, RatingRequest{KindRatingRequest, data.GetSessionId(), At(data.GetAt())}
	default:
		return "", nil
	}
}

// OperatorSaid renders a message that is not the visitor's.
func OperatorSaid(data *eventv1.MessageCreated) OperatorMessage {
	message := data.GetMessage()
	out := OperatorMessage{
		Type: KindOperatorMessage, SessionID: data.GetSessionId(), MessageID: message.GetId(), Content: message.GetContent(),
		SourceBridge: data.GetPlatform(), OperatorName: message.GetOperatorName(), ReplyTo: message.GetReplyTo(),
		Attachments: FromMessage(message, nil).Attachments,
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

// OperatorEdit renders the new text of one.
func OperatorEdit(data *eventv1.MessageEdited) OperatorEdited {
	return OperatorEdited{"operator_message_edited", data.GetSessionId(), data.GetMessageId(), data.GetContent(), At(data.GetEditedAt())}
}

// OperatorDeletion renders that one was taken back.
func OperatorDeletion(data *eventv1.MessageDeleted) OperatorDeleted {
	return OperatorDeleted{"operator_message_deleted", data.GetSessionId(), data.GetMessageId(), At(data.GetDeletedAt())}
}

// Closing renders that a conversation was closed.
func Closing(ev bus.Event, data *eventv1.Session) SessionClosed {
	return SessionClosed{SessionID: string(ev.Session), SourceBridge: data.GetPlatform(), OperatorName: data.GetBy(), ClosedAt: At(data.GetAt())}
}
