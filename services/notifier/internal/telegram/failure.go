package telegram

import (
	"errors"
	"net/http"
	"slices"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// meanings translates what Telegram's errors are into what the engine does about them. What is not here is unknown.
var meanings = map[botapi.Kind]deliver.Kind{
	botapi.KindThreadGone:   deliver.ThreadGone,
	botapi.KindThreadClosed: deliver.ThreadClosed,
	botapi.KindRateLimited:  deliver.RateLimited,
	botapi.KindMigrated:     deliver.Moved,
	botapi.KindMessageGone:  deliver.MessageGone,
	botapi.KindBadRequest:   deliver.Refused,
	botapi.KindImmutable:    deliver.Refused,
	botapi.KindFileTooBig:   deliver.Refused,
	botapi.KindNoRights:     deliver.Forbidden,
	botapi.KindGone:         deliver.Forbidden,
}

// optional are the methods that conversations can do without: a right that is missing for them does not mean that the bot can't post.
var optional = []string{"closeForumTopic", "reopenForumTopic", "deleteMessage", "deleteForumTopic"}

// failure is err in the engine's terms: a *deliver.Failure, or nil for what counts as done. A chat that has moved is remembered, and so
// is one that would not have the bot: while another one has it, only what is for this one waits.
func (s *Sender) failure(chat int64, err error) error {
	kind := botapi.KindOf(err)
	if kind == botapi.KindNone || kind == botapi.KindDone {
		return nil
	}
	failed := &deliver.Failure{Kind: meanings[kind], Err: err}
	refused, ok := errors.AsType[*botapi.Error](err)
	if !ok {
		return failed
	}
	failed.After = refused.RetryAfter
	switch {
	case refused.MigrateTo != 0 && refused.MigrateTo != chat:
		s.move(chat, refused.MigrateTo)
	case kind == botapi.KindNoRights && slices.Contains(optional, refused.Method):
		failed.Kind = deliver.Refused
	case failed.Kind == deliver.Forbidden && chat != 0 && ofChat(refused) && s.refuse(chat, err):
		failed.Kind = deliver.Unknown // it is tried again, with growing delays
	}
	return failed
}

// ofChat tells a refusal by one chat from that of the bot as a whole.
func ofChat(refused *botapi.Error) bool {
	return refused.Code == http.StatusBadRequest || refused.Code == http.StatusForbidden
}

// textual says of a refused text that it may be tried without formatting. Telegram's description would tell a wrong entity from
// the rest, but it is promised nowhere, and one call more costs little.
func textual(err error, post deliver.Post) error {
	if failed, ok := errors.AsType[*deliver.Failure](err); ok && failed.Kind == deliver.Refused && !post.Plain {
		return &deliver.Failure{Kind: deliver.TextRefused, Err: failed.Err}
	}
	return err
}
