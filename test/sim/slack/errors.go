package slack

import (
	"errors"

	"github.com/bellhop-chat/bellhop/test/sim/watch"
)

// What the operators' side of the simulator refuses.
var (
	ErrNoMessage   = errors.New("slack simulator: no such message")
	ErrNoThread    = errors.New("slack simulator: no such thread")
	ErrNoChannel   = errors.New("slack simulator: no such channel")
	ErrNoButton    = errors.New("slack simulator: the message has no such button")
	ErrNoView      = errors.New("slack simulator: no such open view")
	ErrNotAuthor   = errors.New("slack simulator: only the author can edit a message")
	ErrEmptyText   = errors.New("slack simulator: a message needs a text or a file")
	ErrArchived    = errors.New("slack simulator: the channel is archived")
	ErrLocked      = errors.New("slack simulator: the thread is locked")
	ErrEmoji       = errors.New("slack simulator: no such emoji")
	ErrNoCommand   = errors.New("slack simulator: not a valid command")
	ErrNoHook      = errors.New("slack simulator: this app is not configured to handle interactive responses")
	ErrNothingYet  = errors.New("slack simulator: nothing was delivered there yet")
	ErrChallenge   = errors.New("slack simulator: your URL didn't respond with the value of the challenge parameter")
	ErrNotLoopback = errors.New("slack simulator: listens on and delivers to loopback only")
	ErrClosed      = watch.ErrClosed
)

// SlashInThreadError is what a person reads who types a slash command in a thread; nothing is sent to the app.
type SlashInThreadError struct{ Command string }

func (e SlashInThreadError) Error() string {
	return e.Command + " is not supported in threads. Sorry!"
}
