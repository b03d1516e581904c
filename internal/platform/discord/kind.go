package discord

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
	// KindThreadGone: the thread or channel was deleted.
	KindThreadGone
	// KindThreadClosed: the thread is archived or locked; open it first.
	KindThreadClosed
	// KindThreadExists: the message has a thread already, whose id is the message's.
	KindThreadExists
	// KindThreadLimit: the server has as many active threads as it may have; archive one.
	KindThreadLimit
	// KindTagRequired: the forum takes no post without a tag.
	KindTagRequired
	// KindForum: the webhook's channel is a forum: name a thread, or a new one.
	KindForum
	// KindNotForum: the webhook's channel is no forum: no new thread can be named.
	KindNotForum
	// KindRateLimited: nothing may be sent for RetryAfter, where Rate says.
	KindRateLimited
	// KindNoRights: the channel is not as Bellhop needs it: a permission is missing, or it is of another type. A person must change that.
	KindNoRights
	// KindGone: the token was revoked, the bot was removed, the webhook was deleted. A person must change that.
	KindGone
	// KindMessageGone: the message to edit, delete or react to is not there.
	KindMessageGone
	// KindReplyGone: the message that is answered is not there or may not be answered; send without.
	KindReplyGone
	// KindTextBlocked: the server's filters do not take what the text says.
	KindTextBlocked
	// KindTooLarge: a file is too big for the server; send a link.
	KindTooLarge
	// KindBadRequest: this call will never succeed: too long, empty, somebody else's message, an emoji that is not there.
	KindBadRequest
	// KindUnreachable: nothing was sent: no connection could be made. Trying again is safe.
	KindUnreachable
)

var kindNames = [...]string{
	"unknown", "none", "done", "thread_gone", "thread_closed", "thread_exists", "thread_limit", "tag_required", "forum", "not_forum",
	"rate_limited", "no_rights", "gone", "message_gone", "reply_gone", "text_blocked", "too_large", "bad_request", "unreachable",
}

// String is the kind in snake case, for a metric's label.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// codes are Discord's own. https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
var codes = map[int]Kind{
	10003: KindThreadGone,
	10004: KindGone, // unknown server
	10008: KindMessageGone,
	10015: KindGone,        // unknown webhook
	10062: KindDone,        // an interaction that waited for more than 3 s
	20016: KindRateLimited, // slowmode
	20028: KindRateLimited, // too many writes in the channel
	20029: KindRateLimited, // too many writes in the server
	40001: KindGone,
	40005: KindTooLarge,
	40058: KindForum,       // a message into the forum itself
	40060: KindDone,        // the interaction was answered already
	40062: KindRateLimited, // the resource is rate limited
	40067: KindTagRequired,
	// These come with 403, which otherwise means a missing right.
	20009:  KindTextBlocked, // explicit content
	50001:  KindNoRights,    // no access: the channel is hidden from the bot
	50005:  KindBadRequest,  // somebody else's message
	50006:  KindBadRequest,  // an empty message
	50008:  KindNoRights,    // a channel without text
	50013:  KindNoRights,
	50014:  KindGone,
	50021:  KindBadRequest, // a notice of Discord's own
	50024:  KindNoRights,   // a channel of the wrong type
	50027:  KindGone,       // the webhook's token
	50045:  KindTooLarge,
	50083:  KindThreadClosed,
	90001:  KindBadRequest, // a reaction to somebody who has blocked the bot
	130000: KindUnknown,    // overload
	160002: KindReplyGone,  // no right to read what is answered
	160004: KindThreadExists,
	160005: KindThreadClosed, // locked
	160006: KindThreadLimit,
	160007: KindThreadLimit,
	200000: KindTextBlocked,
	200001: KindTextBlocked,
	220001: KindForum,
	220003: KindNotForum,
	240000: KindTextBlocked, // a link that Discord takes for harmful
}

// replyReasons are why a form is refused for the message that it answers. Discord promises neither.
var replyReasons = []string{"REPLIES_UNKNOWN_MESSAGE", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE"}

const codeInvalidForm = 50035

// KindOf classifies any error of a Client. It is the only place that reads Discord's codes.
func KindOf(err error) Kind {
	if err == nil {
		return KindNone
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return KindUnknown
	}
	if e.HTTPStatus == http.StatusTooManyRequests { // whatever the code, and whoever answered
		return KindRateLimited
	}
	if !e.Refused {
		return kindOfTransport(e)
	}
	if e.Code == codeInvalidForm {
		return kindOfForm(e)
	}
	if kind, known := codes[e.Code]; known {
		return kind
	}
	return kindOfStatus(e.HTTPStatus)
}

func kindOfForm(e *Error) Kind {
	for _, reason := range replyReasons {
		if e.HasField(reason) {
			return KindReplyGone
		}
	}
	return KindBadRequest
}

// kindOfStatus is for the codes that are not in the table.
func kindOfStatus(status int) Kind {
	switch status {
	case http.StatusUnauthorized:
		return KindGone
	case http.StatusForbidden:
		return KindNoRights
	case http.StatusRequestEntityTooLarge:
		return KindTooLarge
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusConflict, http.StatusUnsupportedMediaType:
		return KindBadRequest
	}
	return KindUnknown
}

// kindOfTransport tells what surely was not sent from what may have been.
func kindOfTransport(e *Error) Kind {
	switch e.HTTPStatus {
	case 0:
	case http.StatusRequestEntityTooLarge: // refused before Discord saw it
		return KindTooLarge
	default:
		return KindUnknown
	}
	if errors.Is(e.cause, errBadArgument) || errors.Is(e.cause, errNoSize) {
		return KindBadRequest
	}
	op, ok := errors.AsType[*net.OpError](e.cause)
	if ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		return KindUnreachable
	}
	return KindUnknown
}
