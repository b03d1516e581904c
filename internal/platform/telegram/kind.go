package telegram

import (
	"errors"
	"net"
	"net/http"
	"strings"
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
)

var kindNames = [...]string{
	"unknown", "none", "done", "thread_gone", "thread_closed", "rate_limited", "migrated", "no_rights", "gone",
	"message_gone", "bad_request", "conflict", "unreachable",
}

// String is the kind in snake case, for a metric's label.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// phrases are what the descriptions of 400 and 403 contain, in lower case; the first that matches counts. Telegram
// promises none of them, so what is not here is KindBadRequest for 400 and KindGone for 403.
var phrases = []struct {
	contains string
	kind     Kind
}{
	{"message thread not found", KindThreadGone},
	{"topic_deleted", KindThreadGone},
	{"topic_id_invalid", KindThreadGone},
	{"topic_closed", KindThreadClosed},
	{"topic_not_modified", KindDone},
	{"message is not modified", KindDone},
	{"query is too old", KindDone},
	{"message to edit not found", KindMessageGone},
	{"message to delete not found", KindMessageGone},
	{"message to react not found", KindMessageGone},
	{"message to be replied not found", KindMessageGone},
	{"message_id_invalid", KindMessageGone},
	{"not a forum", KindNoRights},
	{"not enough rights", KindNoRights},
	{"have no rights", KindNoRights},
	{"chat_admin_required", KindNoRights},
	{"need administrator rights", KindNoRights},
	{"chat not found", KindGone},
	{"group chat was deleted", KindGone},
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
		return KindBadRequest
	case 0:
		return kindOfTransport(e)
	}
	return KindUnknown
}

func kindOfText(e *Error) Kind {
	text := strings.ToLower(e.Description)
	for _, phrase := range phrases {
		if strings.Contains(text, phrase.contains) {
			return phrase.kind
		}
	}
	if e.Code == http.StatusForbidden {
		return KindGone
	}
	return KindBadRequest
}

// kindOfTransport tells what surely was not sent from what may have been.
func kindOfTransport(e *Error) Kind {
	op, ok := errors.AsType[*net.OpError](e.cause)
	if e.HTTPStatus == 0 && ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		return KindUnreachable
	}
	return KindUnknown
}
