package receive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// askTimeout bounds a question to the sessions service, its wait for the projection included.
const askTimeout = 5 * time.Second

// Desk is where receivers of all platforms hand in what they received.
type Desk struct {
	Bus      *bus.Bus
	Sessions sessionsv1.SessionsClient
}

// Thread is a place on a platform that may be a conversation's.
type Thread struct {
	Project                id.Project
	Platform, Chat, Thread string
}

// Conversation is the session of a thread, as it was when it was asked for.
type Conversation struct {
	Thread
	Session id.Session
	Record  *sessionsv1.SessionRecord
	// Unread are the visitor's messages that no operator has read.
	Unread []string
}

// Find returns the conversation of a thread; ErrNobodys if it is none.
func (d *Desk) Find(ctx context.Context, at Thread) (*Conversation, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	found, err := d.Sessions.FindByThread(ctx, &sessionsv1.FindByThreadRequest{
		Project: string(at.Project), Platform: at.Platform, Chat: at.Chat, Thread: at.Thread,
	})
	if err != nil {
		return nil, asked("find the thread's session", err)
	}
	session, err := id.ParseSession(found.GetRecord().GetSession().GetId())
	if err != nil {
		return nil, fmt.Errorf("find the thread's session: %w", err)
	}
	return &Conversation{Thread: at, Session: session, Record: found.GetRecord(), Unread: found.GetUnread()}, nil
}

// Copy is the message that a platform's message shows, and the session that it belongs to.
type Copy struct {
	Session *sessionsv1.SessionRecord
	Message *sessionsv1.MessageRecord
}

// FindCopy returns what the platform's message with this id shows; ErrNobodys if it is none of ours. Of a thread's newest messages
// it is sure only after Find of that thread: until then the answer may be older than the question.
func (d *Desk) FindCopy(ctx context.Context, project id.Project, platform, chat, messageID string) (Copy, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	found, err := d.Sessions.FindByCopy(ctx, &sessionsv1.FindByCopyRequest{
		Project: string(project), Platform: platform, Chat: chat, Id: messageID,
	})
	if err != nil {
		return Copy{}, asked("find the message of a copy", err)
	}
	return Copy{Session: found.GetRecord(), Message: found.GetMessage()}, nil
}

// Shown is FindCopy for a message of this conversation; nil if it shows none of its messages.
func (d *Desk) Shown(ctx context.Context, in *Conversation, messageID string) (*sessionsv1.MessageRecord, error) {
	found, err := d.FindCopy(ctx, in.Project, in.Platform, in.Chat, messageID)
	if errors.Is(err, ErrNobodys) || err == nil && found.Session.GetSession().GetId() != string(in.Session) {
		return nil, nil
	}
	return found.Message, err
}

// Store returns when the bus has stored all events.
func (d *Desk) Store(ctx context.Context, events ...bus.Event) error {
	if len(events) == 0 {
		return nil
	}
	if _, err := d.Bus.Publish(ctx, events...); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// asked turns a gRPC error into this package's. What the service calls a wrong question stays wrong.
func asked(what string, err error) error {
	switch status.Code(err) {
	case codes.NotFound:
		return fmt.Errorf("%s: %w", what, ErrNobodys)
	case codes.InvalidArgument:
		return fmt.Errorf("%s: %w", what, err)
	}
	return fmt.Errorf("%s: %w: %w", what, ErrUnavailable, err)
}
