package deliver

import (
	"context"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Platform is what a platform's own package does: it writes texts and makes one call per method. An error is a *Failure; any
// other error counts as Unknown. It is used from many goroutines.
type Platform interface {
	// Name is the platform's name on the bus: telegram, discord or slack.
	Name() string
	// Chat is where new threads are opened, and what the limits of calls are counted by.
	Chat() string
	// Current is what a chat is called now; a platform may move one.
	Current(chat string) string
	// Open opens a thread for a session.
	Open(ctx context.Context, record *sessionsv1.SessionRecord) (Place, error)
	// Fits tells whether a post can be made in one call.
	Fits(post Post) bool
	// Post makes a post and answers the platform's ids of it.
	Post(ctx context.Context, at Place, post Post) (ids []string, err error)
	// Edit makes a present post show another text.
	Edit(ctx context.Context, at *bellhopv1.PlatformMessage, post Post) error
	// Delete removes a post.
	Delete(ctx context.Context, at *bellhopv1.PlatformMessage) error
	// SayClosed posts the line that says who closed the conversation.
	SayClosed(ctx context.Context, at Place, by string) error
	// Close closes a thread. One that is closed is a success.
	Close(ctx context.Context, at Place) error
	// Reopen opens a closed thread. One that is open is a success.
	Reopen(ctx context.Context, at Place) error
	// Typing shows in a thread that the visitor is typing. It is not counted against the budget.
	Typing(ctx context.Context, at Place) error
	// Probe tells whether the bot works: after Forbidden nothing else is called until it does.
	Probe(ctx context.Context) error
}

// Place is a thread.
type Place struct{ Chat, Thread string }

// Post is what one post shows.
type Post struct {
	Record *sessionsv1.SessionRecord
	// Card: the visitor's card stands before the messages.
	Card bool
	// Messages in order; none for the card alone, several when they were joined.
	Messages []*sessionsv1.MessageRecord
	// ReplyTo is the post that this one answers; nil for none.
	ReplyTo *bellhopv1.PlatformMessage
	// Plain: without formatting, because the platform refused it.
	Plain bool
}

// MaxJoined is how long joined texts may be together, in code points: less than a post holds, so that later edits fit.
const MaxJoined = 3500
