package telegram

import (
	"errors"

	"go.uber.org/zap"

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

// failure is err in the engine's terms: a *deliver.Failure, or nil for what counts as done. A chat that has moved is remembered.
func (s *Sender) failure(chat int64, err error) error {
	kind := botapi.KindOf(err)
	if kind == botapi.KindNone || kind == botapi.KindDone {
		return nil
	}
	failed := &deliver.Failure{Kind: meanings[kind], Err: err}
	if refused, ok := errors.AsType[*botapi.Error](err); ok {
		failed.After = refused.RetryAfter
		if refused.MigrateTo != 0 && refused.MigrateTo != chat {
			s.move(chat, refused.MigrateTo)
		}
	}
	return failed
}

func (s *Sender) move(from, to int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.moved[from] != to {
		s.moved[from] = to
		s.log.Warn("the group has a new id: set TELEGRAM_CHAT_ID to it", zap.Int64("from", from), zap.Int64("to", to))
	}
}

// textual says of a refused text that it may be tried without formatting. Telegram's description would tell a wrong entity from
// the rest, but it is promised nowhere, and one call more costs little.
func textual(err error, post deliver.Post) error {
	if failed, ok := errors.AsType[*deliver.Failure](err); ok && failed.Kind == deliver.Refused && !post.Plain {
		return &deliver.Failure{Kind: deliver.TextRefused, Err: failed.Err}
	}
	return err
}

// lenient is for what conversations can do without: a right that is missing for closing, reopening or deleting does not
// mean that the bot can't post.
func lenient(err error) error {
	failed, ok := errors.AsType[*deliver.Failure](err)
	if ok && failed.Kind == deliver.Forbidden && botapi.KindOf(failed.Err) == botapi.KindNoRights {
		return &deliver.Failure{Kind: deliver.Refused, Err: failed.Err}
	}
	return err
}
