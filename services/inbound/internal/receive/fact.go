package receive

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/quote"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Source is the service that the events of this one name.
const Source = "inbound"

// Words of the contract.
const (
	SenderOperator  = "operator"
	SenderAssistant = "ai"
	StatusActive    = "active"
	StatusClosed    = "closed"
	statusRead      = "read"
)

// Operator is who did something. ID begins with the platform, "telegram:555"; Name is how people call them.
type Operator struct{ ID, Name string }

// Occasion is what the facts of one update have in common.
type Occasion struct {
	// EventID is the platform's id of the update, the same whenever the update comes again.
	EventID string
	// At is when it was accepted.
	At time.Time
	By Operator
}

// event is one fact. suffix tells apart the facts of one occasion.
func (c *Conversation) event(o Occasion, t bus.Type, suffix string, data proto.Message) bus.Event {
	return bus.Event{ID: o.EventID + suffix, Type: t, Project: c.Project, Session: c.Session, Source: Source, Time: o.At, Data: data}
}

// VisitorID is whose conversation it is.
func (c *Conversation) VisitorID() string { return c.Record.GetSession().GetVisitorId() }

// Closed tells whether the conversation was closed.
func (c *Conversation) Closed() bool { return c.Record.GetSession().GetStatus() == StatusClosed }

// Words is what an operator wrote.
type Words struct {
	// MessageID is what the message is called everywhere, "telegram:431".
	MessageID string
	Content   string
	// Quoted is our message that it answers; nil for none.
	Quoted *bellhopv1.Message
	// PlatformIDs are the platform's own ids of the message: one, or one for each file of an album.
	PlatformIDs []string
	// Attachments are its files, which are in the store already.
	Attachments []*bellhopv1.Attachment
}

// Said is message.created, and message.read for what the visitor wrote before.
func (c *Conversation) Said(o Occasion, w Words) []bus.Event {
	at := timestamppb.New(o.At)
	said := c.event(o, bus.MessageCreated, "", &eventv1.MessageCreated{
		SessionId: string(c.Session), VisitorId: c.VisitorID(), Platform: c.Platform,
		Message: &bellhopv1.Message{
			Id: w.MessageID, SessionId: string(c.Session), Content: w.Content, Sender: SenderOperator, OperatorName: o.By.Name,
			ReplyTo: w.Quoted.GetId(), Quote: quote.Of(w.Quoted), Timestamp: at, Status: "sent", Attachments: w.Attachments,
		},
		Origin: &bellhopv1.PlatformMessage{Platform: c.Platform, Chat: c.Chat, Thread: c.Thread.Thread, Ids: w.PlatformIDs},
	})
	events := make([]bus.Event, 0, len(w.Attachments)+2)
	for i, a := range w.Attachments {
		events = append(events, c.event(o, bus.AttachmentStored, ":file:"+strconv.Itoa(i), &eventv1.AttachmentStored{
			SessionId: string(c.Session), VisitorId: c.VisitorID(), Attachment: a,
		}))
	}
	return append(append(events, said), c.Read(o, c.Unread)...)
}

// Edited is message.edited of an operator's message.
func (c *Conversation) Edited(o Occasion, messageID, content string) []bus.Event {
	return []bus.Event{c.event(o, bus.MessageEdited, "", &eventv1.MessageEdited{
		SessionId: string(c.Session), VisitorId: c.VisitorID(), MessageId: messageID, Content: content,
		EditedAt: timestamppb.New(o.At), Sender: SenderOperator, Platform: c.Platform,
	})}
}

// Deleted is message.deleted.
func (c *Conversation) Deleted(o Occasion, messageID string) []bus.Event {
	return []bus.Event{c.event(o, bus.MessageDeleted, "", &eventv1.MessageDeleted{
		SessionId: string(c.Session), VisitorId: c.VisitorID(), MessageId: messageID, DeletedAt: timestamppb.New(o.At),
		Sender: SenderOperator, Platform: c.Platform, By: o.By.Name,
	})}
}

// Read is message.read by an operator; nothing if there are no ids.
func (c *Conversation) Read(o Occasion, ids []string) []bus.Event {
	if len(ids) == 0 {
		return nil
	}
	return []bus.Event{c.event(o, bus.MessageRead, ":read", &eventv1.MessageRead{
		SessionId: string(c.Session), VisitorId: c.VisitorID(), MessageIds: ids, Status: statusRead,
		ReadAt: timestamppb.New(o.At), Reader: SenderOperator, By: o.By.Name, Platform: c.Platform,
	})}
}

// Close is session.closed.
func (c *Conversation) Close(o Occasion) []bus.Event {
	return []bus.Event{c.event(o, bus.SessionClosed, "", c.turned(o, StatusClosed))}
}

// Reopen is session.reopened.
func (c *Conversation) Reopen(o Occasion) []bus.Event {
	return []bus.Event{c.event(o, bus.SessionReopened, "", c.turned(o, StatusActive))}
}

// ThreadClosed is session.closed by closing the thread itself.
func (c *Conversation) ThreadClosed(o Occasion) []bus.Event {
	data := c.turned(o, StatusClosed)
	data.ThreadStatus = StatusClosed
	return []bus.Event{c.event(o, bus.SessionClosed, "", data)}
}

// ThreadReopened is session.reopened by opening the thread itself.
func (c *Conversation) ThreadReopened(o Occasion) []bus.Event {
	data := c.turned(o, StatusActive)
	data.ThreadStatus = StatusActive
	return []bus.Event{c.event(o, bus.SessionReopened, "", data)}
}

func (c *Conversation) turned(o Occasion, status string) *eventv1.Session {
	at := timestamppb.New(o.At)
	session := &bellhopv1.Session{Id: string(c.Session), VisitorId: c.VisitorID(), Status: status}
	if status == StatusClosed {
		session.ClosedAt = at
	}
	return &eventv1.Session{Session: session, By: o.By.Name, Platform: c.Platform, At: at}
}

// Rate is csat.requested: the visitor is asked for a rating.
func (c *Conversation) Rate(o Occasion) []bus.Event {
	return []bus.Event{c.event(o, bus.CsatRequested, "", &eventv1.Csat{
		SessionId: string(c.Session), VisitorId: c.VisitorID(), At: timestamppb.New(o.At), By: o.By.Name, Platform: c.Platform,
	})}
}

// Switch is session.blocked or ai.switched.
func (c *Conversation) Switch(o Occasion, what bus.Type, on bool) []bus.Event {
	return []bus.Event{c.event(o, what, "", &eventv1.Switch{
		SessionId: string(c.Session), VisitorId: c.VisitorID(), On: on, By: o.By.Name, Platform: c.Platform, At: timestamppb.New(o.At),
	})}
}

// Screenshot is screenshot.requested.
func (c *Conversation) Screenshot(o Occasion, silent bool) []bus.Event {
	return []bus.Event{c.event(o, bus.ScreenshotRequested, "", &eventv1.Screenshot{
		SessionId: string(c.Session), VisitorId: c.VisitorID(), RequestId: o.EventID, Silent: silent, By: o.By.Name, Platform: c.Platform,
		At: timestamppb.New(o.At),
	})}
}

// Presence is operator.status, of the whole project.
func Presence(project id.Project, o Occasion, online bool) bus.Event {
	return bus.Event{
		ID: o.EventID, Type: bus.OperatorStatus, Project: project, Session: id.Everyone, Source: Source, Time: o.At,
		Data: &eventv1.OperatorStatus{Online: online, OperatorId: o.By.ID, OperatorName: o.By.Name, At: timestamppb.New(o.At)},
	}
}
