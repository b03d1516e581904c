package deliver

import (
	"errors"
	"time"
)

// Kind is what a failed call means for what comes next.
type Kind int

const (
	// Unknown: it may have been done or not. It is done again, with growing delays: twice is better than never.
	Unknown Kind = iota
	// RateLimited: nothing may be sent to the chat for After.
	RateLimited
	// ThreadGone: the thread was deleted; another is opened.
	ThreadGone
	// ThreadClosed: the thread is closed; it is reopened.
	ThreadClosed
	// MessageGone: what was to be edited or deleted is not there.
	MessageGone
	// ReplyGone: what was to be answered is not there; the message is sent without.
	ReplyGone
	// TextRefused: the message is sent once more without formatting.
	TextRefused
	// Moved: the chat has another name now, which Current knows; the call is made again.
	Moved
	// Refused: this call will never succeed. It goes to the dead letters, the rest goes on.
	Refused
	// Forbidden: the bot or its rights are gone. Nothing is called until a probe succeeds.
	Forbidden
)

var kindNames = [...]string{
	"unknown", "rate_limited", "thread_gone", "thread_closed", "message_gone", "reply_gone", "text_refused", "moved", "refused", "forbidden",
}

// String is the kind in snake case, for a metric's label.
func (k Kind) String() string { return kindNames[k] }

// Failure is a call that did not succeed. Its text holds neither secrets nor what people wrote.
type Failure struct {
	Kind Kind
	// After is how long to wait with RateLimited; Everywhere if no account of the bot may send meanwhile.
	After      time.Duration
	Everywhere bool
	Err        error
}

func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap is the platform's own error.
func (f *Failure) Unwrap() error { return f.Err }

// failureOf is err as a Failure; nil for nil.
func failureOf(err error) *Failure {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Kind: Unknown, Err: err}
}

var (
	// errTooManyThreads: the thread of a session was deleted again and again.
	errTooManyThreads = errors.New("the thread was deleted too often")
	// errCircuitOpen: the platform has refused the bot.
	errCircuitOpen = errors.New("the platform refuses the bot")
	// errNoProgress: the platform's answers lead in a circle.
	errNoProgress = errors.New("no progress after many tries")
)
