package wire

import (
	"encoding/json"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// Edited is the data of message_edited.
type Edited struct {
	MessageID string `json:"messageId"`
	Content   string `json:"content"`
	EditedAt  *Time  `json:"editedAt,omitempty"`
}

// Deleted is the data of message_deleted.
type Deleted struct {
	MessageID string `json:"messageId"`
	DeletedAt *Time  `json:"deletedAt,omitempty"`
}

// Read is the data of read: ticks.
type Read struct {
	MessageIDs  []string `json:"messageIds"`
	Status      string   `json:"status"`
	ReadAt      *Time    `json:"readAt,omitempty"`
	DeliveredAt *Time    `json:"deliveredAt,omitempty"`
}

// Closed is the data of session_closed. Widgets up to 2.6 ignore it.
type Closed struct {
	SessionID string `json:"sessionId"`
	ClosedAt  *Time  `json:"closedAt,omitempty"`
}

// Reopened is the data of session_reopened. Widgets up to 2.6 ignore it.
type Reopened struct {
	SessionID  string `json:"sessionId"`
	ReopenedAt *Time  `json:"reopenedAt,omitempty"`
}

// Erased is the data of session_erased: nothing of the session is left, and its connection ends. Widgets up to 2.6 ignore it.
type Erased struct {
	SessionID string `json:"sessionId"`
	ErasedAt  *Time  `json:"erasedAt,omitempty"`
}

// Custom is the data of event.
type Custom struct {
	Name      string          `json:"name"`
	Data      *structpb.Value `json:"data,omitempty"`
	Timestamp *Time           `json:"timestamp"`
	SessionID string          `json:"sessionId,omitempty"`
}

// VersionWarning is the data of version_warning: a widget is older than its server would like.
type VersionWarning struct {
	Severity       string `json:"severity"`
	Message        string `json:"message"`
	CurrentVersion string `json:"currentVersion"`
	MinVersion     string `json:"minVersion,omitempty"`
	LatestVersion  string `json:"latestVersion,omitempty"`
	CanContinue    bool   `json:"canContinue"`
	UpgradeURL     string `json:"upgradeUrl,omitempty"`
}

// CsatRequest is the data of csat_request: the rating card is to be shown.
type CsatRequest struct {
	RequestedAt *Time `json:"requestedAt,omitempty"`
}

// ScreenshotRequest is the data of screenshot_request, and an entry of the list that a polling page asks for.
type ScreenshotRequest struct {
	RequestID     string `json:"requestId"`
	RequestedBy   string `json:"requestedBy,omitempty"`
	RequestedFrom string `json:"requestedFrom,omitempty"`
	Silent        bool   `json:"silent,omitempty"`
}

// Presence is the data of presence.
type Presence struct {
	Online     bool   `json:"online"`
	OperatorID string `json:"operatorId,omitempty"`
}

// FromEvent renders what a stored event means to the visitor's sockets; nil when it means nothing to them.
func FromEvent(ev bus.Event) []byte {
	switch data := ev.Data.(type) {
	case *eventv1.MessageCreated:
		if data.GetMessage().GetId() == "" {
			return nil
		}
		return Frame("message", FromMessage(data.GetMessage(), data.GetMessage().GetQuote()))
	case *eventv1.MessageEdited:
		return Frame("message_edited", Edited{data.GetMessageId(), data.GetContent(), At(data.GetEditedAt())})
	case *eventv1.MessageDeleted:
		return Frame("message_deleted", Deleted{data.GetMessageId(), At(data.GetDeletedAt())})
	case *eventv1.MessageDelivered:
		if len(data.GetMessageIds()) == 0 {
			return nil
		}
		return Frame("read", Read{MessageIDs: data.GetMessageIds(), Status: "delivered", DeliveredAt: At(data.GetDeliveredAt())})
	case *eventv1.MessageRead:
		if len(data.GetMessageIds()) == 0 {
			return nil
		}
		return Frame("read", FromRead(data))
	case *eventv1.Custom:
		if ev.Type != bus.EventEmitted {
			return nil // what the visitor's own page has sent
		}
		return Frame("event", Custom{data.GetName(), data.GetData(), At(data.GetTimestamp()), data.GetSessionId()})
	case *eventv1.Session:
		switch ev.Type {
		case bus.SessionClosed:
			return Frame("session_closed", Closed{string(ev.Session), At(data.GetAt())})
		case bus.SessionReopened:
			return Frame("session_reopened", Reopened{string(ev.Session), At(data.GetAt())})
		case bus.SessionErased:
			return Frame("session_erased", Erased{string(ev.Session), At(data.GetAt())})
		}
		return nil
	case *eventv1.Csat:
		if ev.Type != bus.CsatRequested {
			return nil
		}
		return Frame("csat_request", CsatRequest{At(data.GetAt())})
	case *eventv1.Screenshot:
		return Frame("screenshot_request", FromScreenshot(data))
	default:
		return nil
	}
}

// FromRead renders what was read, or only delivered.
func FromRead(data *eventv1.MessageRead) Read {
	if data.GetStatus() == "delivered" {
		return Read{MessageIDs: data.GetMessageIds(), Status: "delivered", DeliveredAt: At(data.GetReadAt())}
	}
	return Read{MessageIDs: data.GetMessageIds(), Status: data.GetStatus(), ReadAt: At(data.GetReadAt())}
}

// FromScreenshot renders a request for a picture of the page.
func FromScreenshot(data *eventv1.Screenshot) ScreenshotRequest {
	return ScreenshotRequest{data.GetRequestId(), data.GetBy(), data.GetPlatform(), data.GetSilent()}
}

// Mark puts a position behind a frame's data, for clients that resume from one: {"type","data","position"}. Others ignore it. A position is
// letters, digits and a dash.
func Mark(frame []byte, position string) []byte {
	marked := make([]byte, 0, len(frame)+len(position)+len(`,"position":""`))
	marked = append(marked, frame[:len(frame)-1]...)
	marked = append(marked, `,"position":"`...)
	marked = append(marked, position...)
	return append(marked, `"}`...)
}

// ConfigUpdate is the data of config_update: these are the tracked elements now, all of them.
type ConfigUpdate struct {
	TrackedElements json.RawMessage `json:"trackedElements"`
}

// Connected is the data of connected, for clients that resume: whether nothing was missed in between, and how many frames came after.
type Connected struct {
	Resumed bool `json:"resumed"`
	Missed  int  `json:"missed"`
}

// Reset is the data of reset: what a client shows may have holes, and it must read the conversation anew.
type Reset struct {
	Reason string `json:"reason"`
}
