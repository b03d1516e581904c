package deliver

import (
	"context"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Platform is what a platform's own package does: it writes texts and makes one call per method. An error is a *Failure; any
// other error counts as Unknown. It is used from many goroutines.
type Platform interface {
	// Name is the platform's name on the bus: telegram, discord or slack.
	Name() string
	// Chat is where a session's thread is opened.
	Chat(record *sessionsv1.SessionRecord) string
	// Current is what a chat is called now; a platform may move one.
	Current(chat string) string
	// Account names what the limits of calls in a place are counted by: a Telegram group, a Slack channel, a Discord thread. The
	// place's Thread is empty for opening one.
	Account(at Place) string
	// Open opens a thread in a chat. carded says that opening it has shown the visitor's card already.
	Open(ctx context.Context, chat string, record *sessionsv1.SessionRecord) (at Place, carded bool, err error)
	// Plan lists the calls that make a post of what stands already, the platform's ids in shown; all of it for none. It asks
	// nobody, and answers the same for the same post.
	Plan(post Post, shown []string) []Call
	// Send makes one part of a post and answers the platform's ids of it.
	Send(ctx context.Context, at Place, post Post, part int) (ids []string, err error)
	// Edit makes the one message of at show one part of a post.
	Edit(ctx context.Context, at *bellhopv1.PlatformMessage, post Post, part int) error
	// Delete removes the one message of at.
	Delete(ctx context.Context, at *bellhopv1.PlatformMessage) error
	// Stands lists what must be removed of a thread one by one before the thread can be, known being what is known to stand there;
	// others is how much in it is not the bot's to remove. A platform that removes a thread whole answers nothing.
	Stands(ctx context.Context, at Place, known []string) (ids []string, others int, err error)
	// Remove removes a thread, and whatever stands in it then. One that is not there is a success, or ThreadGone.
	Remove(ctx context.Context, at Place) error
	// SayClosed posts the line that says who closed the conversation.
	SayClosed(ctx context.Context, at Place, by string) error
	// Close closes a thread. One that is closed is a success.
	Close(ctx context.Context, at Place, record *sessionsv1.SessionRecord) error
	// Reopen opens a closed thread. One that is open is a success.
	Reopen(ctx context.Context, at Place, record *sessionsv1.SessionRecord) error
	// Typing shows in a thread that the visitor is typing. It is not counted against the budget.
	Typing(ctx context.Context, at Place) error
	// TypingLasts is how long that is seen.
	TypingLasts() time.Duration
	// Probe tells whether the bot works: after Forbidden nothing else is called until it does.
	Probe(ctx context.Context) error
}

// Place is a thread.
type Place struct{ Chat, Thread string }

// Post is what is shown together: one call's worth, or several parts that belong to each other.
type Post struct {
	Record *sessionsv1.SessionRecord
	// Card: the visitor's card stands before everything else. Such a post has one part, or the card goes alone.
	Card bool
	// Notices for the team, in order; never together with Messages.
	Notices []*sessionsv1.Notice
	// Messages in order; none for the card or notices alone, several when they were joined.
	Messages []*sessionsv1.MessageRecord
	// ReplyTo is the post that this one answers, and Quoted the message that it shows; nil for none.
	ReplyTo *bellhopv1.PlatformMessage
	Quoted  *sessionsv1.MessageRecord
	// Plain: without formatting, because the platform refused it.
	Plain bool
}

// Action is what a Call does.
type Action int

// The actions.
const (
	// Send posts a part that is not there.
	Send Action = iota
	// Edit changes the message ID into a part.
	Edit
	// Remove deletes the message ID, which no part needs any more.
	Remove
)

// Call is one call on the way to a post. What stands afterwards is in the order of the calls.
type Call struct {
	Do Action
	// Part of the post that Send and Edit show, from 0.
	Part int
	// ID is what Edit and Remove change.
	ID string
	// Units of the budget that it costs; 0 means 1. An album costs one an item.
	Units int
	// Within is how long it may take where that is longer than the usual: files take their time.
	Within time.Duration
}

// Texts plans a post of n texts and nothing else: what stands is edited, what is missing is sent, what is left over removed.
func Texts(n int, shown []string) []Call {
	calls := make([]Call, 0, max(n, len(shown)))
	for i := range max(n, len(shown)) {
		switch {
		case i >= len(shown):
			calls = append(calls, Call{Do: Send, Part: i})
		case i >= n:
			calls = append(calls, Call{Do: Remove, ID: shown[i]})
		default:
			calls = append(calls, Call{Do: Edit, Part: i, ID: shown[i]})
		}
	}
	return calls
}

// MaxJoined is how long joined texts may be together, in code points: less than a post holds, so that later edits fit.
const MaxJoined = 3500
