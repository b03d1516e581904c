package slack

import (
	"errors"
	"net"
)

// Kind is what an error means for whoever made the call.
type Kind int

const (
	// KindUnknown: it may have been done or not: a time-out, a broken connection, a 5xx, a page instead of JSON.
	KindUnknown Kind = iota
	// KindNone is the kind of nil.
	KindNone
	// KindDone: it is so already; count it as success.
	KindDone
	// KindThreadGone: the thread's first message was deleted or never was; open another.
	KindThreadGone
	// KindThreadClosed: an administrator has locked the thread. Nobody but he can unlock it.
	KindThreadClosed
	// KindRateLimited: the method must not be called for RetryAfter.
	KindRateLimited
	// KindNotInChannel: the bot is no member. A public channel can be joined.
	KindNotInChannel
	// KindNoRights: the app or the channel is not as Bellhop needs it: a scope is missing, posting is restricted, the channel
	// is archived. A person must change that.
	KindNoRights
	// KindGone: the token was revoked, the app was removed, the channel is not there. A person must change that.
	KindGone
	// KindMessageGone: the message to edit, delete or react to is not there.
	KindMessageGone
	// KindNotEditable: the message stays as it is; a correction can be posted.
	KindNotEditable
	// KindTextRefused: Slack does not take the text or its blocks; without blocks it may.
	KindTextRefused
	// KindFileRefused: the workspace does not take this file, or its file is not to be had.
	KindFileRefused
	// KindBadRequest: this call will never succeed.
	KindBadRequest
	// KindUnreachable: nothing was sent: no connection could be made. Trying again is safe.
	KindUnreachable
)

var kindNames = [...]string{
	"unknown", "none", "done", "thread_gone", "thread_closed", "rate_limited", "not_in_channel", "no_rights", "gone",
	"message_gone", "not_editable", "text_refused", "file_refused", "bad_request", "unreachable",
}

// String is the kind in snake case, for a metric's label.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// KindOf classifies any error of a Client. It is the only place that reads Slack's codes.
func KindOf(err error) Kind {
	if err == nil {
		return KindNone
	}
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return KindUnknown
	case e.Code == "":
		return kindOfTransport(e)
	}
	return kindOfCode(e)
}

func kindOfCode(e *Error) Kind {
	kind, known := codes[e.Code]
	switch {
	case !known:
		return kindOfStranger(e)
	case kind == KindMessageGone && e.threaded:
		return KindThreadGone // what it did not find is the message that it was to answer
	}
	return kind
}

// kindOfTransport tells what surely was not sent from what may have been.
func kindOfTransport(e *Error) Kind {
	if errors.Is(e.cause, errForbidden) {
		return KindBadRequest
	}
	op, ok := errors.AsType[*net.OpError](e.cause)
	if e.HTTPStatus == 0 && ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		return KindUnreachable
	}
	return KindUnknown
}
