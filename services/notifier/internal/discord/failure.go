package discord

import (
	"errors"
	"time"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// meanings translates what Discord's errors are into what the engine does about them. What is not here is unknown.
var meanings = map[api.Kind]deliver.Kind{
	api.KindThreadGone:   deliver.ThreadGone,
	api.KindThreadClosed: deliver.ThreadClosed,
	api.KindRateLimited:  deliver.RateLimited,
	api.KindThreadLimit:  deliver.RateLimited,
	api.KindMessageGone:  deliver.MessageGone,
	api.KindReplyGone:    deliver.ReplyGone,
	api.KindTextBlocked:  deliver.TextRefused,
	api.KindTooLarge:     deliver.Refused,
	api.KindBadRequest:   deliver.Refused,
	api.KindNoRights:     deliver.Forbidden,
	api.KindForum:        deliver.Forbidden,
	api.KindTagRequired:  deliver.Forbidden,
	api.KindGone:         deliver.Forbidden,
}

// roomAfter is when a server with too many active threads is asked again.
const roomAfter = time.Minute

// failure is err in the engine's terms: a *deliver.Failure, or nil for what counts as done.
func failure(err error) error {
	kind := api.KindOf(err)
	if kind == api.KindNone || kind == api.KindDone {
		return nil
	}
	if already, ok := errors.AsType[*deliver.Failure](err); ok {
		return already
	}
	failed := &deliver.Failure{Kind: meanings[kind], Err: err}
	if kind == api.KindThreadLimit {
		failed.After = roomAfter
	}
	if refused, ok := errors.AsType[*api.Error](err); ok && kind == api.KindRateLimited {
		failed.After, failed.Everywhere = refused.RetryAfter(), refused.Rate.Scope == api.ScopeGlobal
	}
	return failed
}

// homeless is a failure of opening a thread: if the channel itself is gone, a person must do something.
func homeless(err error) error {
	failed, ok := errors.AsType[*deliver.Failure](failure(err))
	if ok && failed.Kind == deliver.ThreadGone {
		return &deliver.Failure{Kind: deliver.Forbidden, Err: failed.Err}
	}
	return failure(err)
}

// lenient is for what conversations can do without: a right that is missing for closing, reopening or deleting does not
// mean that the bot can't post.
func lenient(err error) error {
	failed, ok := errors.AsType[*deliver.Failure](failure(err))
	if ok && failed.Kind == deliver.Forbidden && api.KindOf(failed.Err) == api.KindNoRights {
		return &deliver.Failure{Kind: deliver.Refused, Err: failed.Err}
	}
	return failure(err)
}
