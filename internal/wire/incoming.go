package wire

import (
	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// Incoming is what a customer's backend is told of an event when it wants to know what visitors do too, and who of the team is
// there. Every object has a type and, but for operator_status, a sessionId. An empty kind stands for nothing.
func Incoming(ev bus.Event) (kind string, data any) {
	switch data := ev.Data.(type) {
	case *eventv1.Session:
		return visitorSession(ev, data)
	case *eventv1.MessageCreated:
		if data.GetMessage().GetSender() != visitor {
			return "", nil
		}
		return told("visitor_message", ev, data.GetVisitorId(), map[string]any{"message": FromMessage(data.GetMessage(), data.GetMessage().GetQuote())})
	case *eventv1.MessageEdited:
		if data.GetSender() != visitor {
			return "", nil
		}
		return told("visitor_message_edited", ev, data.GetVisitorId(), map[string]any{
			"messageId": data.GetMessageId(), "content": data.GetContent(), "editedAt": At(data.GetEditedAt()),
		})
	case *eventv1.MessageDeleted:
		if data.GetSender() != visitor {
			return "", nil
		}
		return told("visitor_message_deleted", ev, data.GetVisitorId(), map[string]any{"messageId": data.GetMessageId(), "deletedAt": At(data.GetDeletedAt())})
	case *eventv1.MessageRead:
		return told("message_read", ev, data.GetVisitorId(), map[string]any{
			"messageIds": data.GetMessageIds(), "status": data.GetStatus(), "readAt": At(data.GetReadAt()), "reader": data.GetReader(),
		})
	case *eventv1.Custom:
		if ev.Type != bus.EventReceived {
			return "", nil
		}
		return told("custom_event", ev, data.GetVisitorId(), map[string]any{
			"event": Custom{Name: data.GetName(), Data: data.GetData(), Timestamp: At(data.GetTimestamp()), SessionID: data.GetSessionId()},
		})
	case *eventv1.Csat:
		if ev.Type != bus.CsatSubmitted {
			return "", nil
		}
		return told("csat_submitted", ev, data.GetVisitorId(), map[string]any{
			"score": data.GetScore(), "comment": data.GetComment(), "respondedAt": At(data.GetAt()),
		})
	case *eventv1.OperatorStatus:
		return "operator_status", map[string]any{
			"type": "operator_status", "online": data.GetOnline(), "operatorId": data.GetOperatorId(), "operatorName": data.GetOperatorName(),
		}
	default:
		return "", nil
	}
}

// visitorSession is what starts a session, says who the visitor is, or that he left.
func visitorSession(ev bus.Event, data *eventv1.Session) (string, any) {
	session := data.GetSession()
	switch ev.Type {
	case bus.SessionStarted:
		return told("new_session", ev, session.GetVisitorId(), map[string]any{"session": FromSession(session)})
	case bus.SessionUpdated:
		if len(session.GetIdentity().GetFields()) > 0 || session.GetUserPhone() != "" {
			return told("identity_update", ev, session.GetVisitorId(), map[string]any{"session": FromSession(session)})
		}
	case bus.SessionLeft:
		return told("visitor_disconnect", ev, session.GetVisitorId(), map[string]any{
			"session": FromSession(session), "duration": data.GetDuration(), "reason": data.GetReason(),
		})
	}
	return "", nil
}

func told(kind string, ev bus.Event, visitorID string, more map[string]any) (string, any) {
	more["type"], more["sessionId"], more["visitorId"] = kind, string(ev.Session), visitorID
	return kind, more
}
