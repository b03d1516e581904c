package office

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// Kind is what an operator did.
type Kind int

const (
	// Said: wrote a message, which may be a command or a note.
	Said Kind = iota
	// Edited: changed the text of a message.
	Edited
	// Deleted: deleted a message.
	Deleted
	// Reacted: put emoji on a message.
	Reacted
	// Pressed: pressed a button.
	Pressed
	// ThreadClosed and ThreadReopened: closed or opened the thread itself.
	ThreadClosed
	ThreadReopened
)

// kinds are in the order of the constants.
var kinds = [...]string{"said", "edited", "deleted", "reacted", "pressed", "thread_closed", "thread_reopened"}

// String is the kind in a word.
func (k Kind) String() string { return kinds[k] }

// Gesture is one thing that an operator did, in our terms.
type Gesture struct {
	Kind Kind
	// EventID is the platform's id of it, the same whenever it comes again: "telegram:700010", "slack:Ev0001".
	EventID string
	// Chat and Thread say where. Thread may be empty for Edited, Deleted and Reacted: then the message says it.
	Chat, Thread string
	// MessageID is the platform's id of the message that was written, changed, deleted or reacted to. Also are those of further
	// messages that belong to it: of an album each file is one.
	MessageID string
	Also      []string
	By        receive.Operator
	// Content is what was written, with the platform's own marks turned into plain text.
	Content string
	// Bot is the name by which commands may be addressed ("@bot close"); empty where it is unknown.
	Bot string
	// ReplyTo is the platform's id of the message that this one answers; empty for none.
	ReplyTo string
	// Emoji of a Reacted.
	Emoji []string
	// Button of a Pressed: the word of a command. Key is the short id of the conversation that the button was made for; empty if it
	// does not say.
	Button, Key string
	// Files of a Said, in order.
	Files []File
}

// File is a file that stands on a platform.
type File struct {
	// ID is the platform's own; Name and MIME are what it claims; Size is in bytes, 0 for unknown.
	ID, Name, MIME string
	Size           int64
	// Open begins to fetch it. An error that is ErrNoFile will not go away.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// ErrNoFile is wrapped by errors of File.Open that are final: the platform does not hand out the file. The text after it is for
// the operator.
var ErrNoFile = errors.New("the platform does not hand out the file")

// Result is what became of a gesture, as a metric's label.
type Result string

// The results.
const (
	ResultStored      Result = "stored"
	ResultCommand     Result = "command"
	ResultAnswered    Result = "answered"
	ResultNoted       Result = "noted"
	ResultIgnored     Result = "ignored"
	ResultUnconnected Result = "unconnected"
	ResultDuplicate   Result = "duplicate"
	ResultFailed      Result = "failed"
	ResultPoison      Result = "poison"
)

// Mark is a sign on a message, for what needs no words or gets none.
type Mark int

// The marks.
const (
	// NoMark: nothing is to be shown.
	NoMark Mark = iota
	// Done: it was done.
	Done
	// Refused: it was not.
	Refused
	// Noted: it stays with the team.
	Noted
)

// Answer is what an operator is told.
type Answer struct {
	// Text may be empty: then the mark alone is shown.
	Text string
	// Mark is shown where the text can't be, and for an empty text.
	Mark Mark
	// Asked: the text is what was asked for. Where it can't be shown now, it should be later.
	Asked bool
}

// Empty tells that there is nothing to be told.
func (a Answer) Empty() bool { return a.Text == "" && a.Mark == NoMark }

// Outcome is what became of a gesture.
type Outcome struct {
	Result Result
	Answer Answer
}

const (
	// recentGestures is how many are remembered, so that one that comes again is not answered twice.
	recentGestures = 4096
	// recentThreads is how many threads without a conversation are remembered, with the time of the last notice.
	recentThreads = 1024
	// noticeEvery is how often a thread without a conversation is told so.
	noticeEvery = time.Minute
)
