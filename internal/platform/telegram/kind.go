package telegram

import (
	"errors"
	"net"
	"net/http"
)

// Kind is what an error means for whoever made the call.
type Kind int

const (
	// KindUnknown: it may have been done or not: a time-out, a broken connection, a 5xx, a page instead of JSON.
	KindUnknown Kind = iota
	// KindNone is the kind of nil.
	KindNone
	// KindDone: it is so already, or it is too late to matter; count it as success.
	KindDone
	// KindThreadGone: the topic was deleted or never was; open another.
	KindThreadGone
	// KindThreadClosed: the topic is closed; reopen it first.
	KindThreadClosed
	// KindRateLimited: nothing may be sent to this chat for RetryAfter.
	KindRateLimited
	// KindMigrated: the chat has a new id, MigrateTo; call again with that.
	KindMigrated
	// KindNoRights: the group is not as Bellhop needs it: a right is missing, or topics are off. A person must change that.
	KindNoRights
	// KindGone: the bot's token was revoked, the bot was removed, the chat is not there. A person must change that.
	KindGone
	// KindMessageGone: the message to edit, delete, answer or react to is not there.
	KindMessageGone
	// KindBadRequest: this call will never succeed: too long, empty, not editable, a reaction that is not allowed.
	KindBadRequest
	// KindConflict: somebody else fetches this bot's updates, or a webhook is set.
	KindConflict
	// KindUnreachable: nothing was sent: no connection could be made. Trying again is safe.
	KindUnreachable
	// KindImmutable: this message can't be changed or deleted any more, or never could; a correction must be a new message.
	KindImmutable
	// KindMediaForbidden: files of this sort may not be sent to the group, while texts may.
	KindMediaForbidden
	// KindMediaRefused: Telegram can't show the file as a picture; it may pass as a document.
	KindMediaRefused
	// KindFileTooBig: the file is larger than Telegram lets a bot send or fetch.
	KindFileTooBig
	// KindFileGone: Telegram does not know the file, or does not have it just now. With a link that has ended, ask GetFile anew.
	KindFileGone
	// KindReactionRefused: this emoji may not be put on this message.
	KindReactionRefused
	// KindSource: the file to be sent could not be read on this side; nothing was posted, trying again is safe.
	KindSource
)

var kindNames = [...]string{
	"unknown", "none", "done", "thread_gone", "thread_closed", "rate_limited", "migrated", "no_rights", "gone",
	"message_gone", "bad_request", "conflict", "unreachable", "immutable", "media_forbidden", "media_refused", "file_too_big",
	"file_gone", "reaction_refused", "source",
}

// String is the kind in snake case, for a metric's label.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// KindOf classifies any error of a Client. It is the only place that reads Telegram's descriptions.
func KindOf(err error) Kind {
	if err == nil {
		return KindNone
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return KindUnknown
	}
	if e.MigrateTo != 0 {
		return KindMigrated
	}
	switch e.Code {
	case http.StatusTooManyRequests:
		return KindRateLimited
	case http.StatusBadRequest, http.StatusForbidden:
		return kindOfText(e)
	case http.StatusUnauthorized, http.StatusNotFound:
		return KindGone
	case http.StatusConflict:
		return KindConflict
	case http.StatusRequestEntityTooLarge:
		return KindFileTooBig
	case 0:
		return kindOfCause(e)
	}
	return KindUnknown
}

// kindOfCause tells what surely was not done from what may have been.
func kindOfCause(e *Error) Kind {
	_, tooBig := errors.AsType[*sizeError](e.cause)
	op, ok := errors.AsType[*net.OpError](e.cause)
	switch {
	case tooBig:
		return KindFileTooBig
	case errors.Is(e.cause, errAlbum), errors.Is(e.cause, errPath):
		return KindBadRequest
	case errors.Is(e.cause, errSource):
		return KindSource
	case errors.Is(e.cause, errNoFile) && e.HTTPStatus == http.StatusNotFound:
		return KindFileGone
	case e.HTTPStatus == http.StatusRequestEntityTooLarge:
		return KindFileTooBig
	case e.HTTPStatus == 0 && ok && (op.Op == "dial" || op.Op == "proxyconnect"):
		return KindUnreachable
	}
	return KindUnknown
}
