package slack

import (
	"errors"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// meanings translates what Slack's errors are into what the engine does about them. What is not here is unknown.
var meanings = map[webapi.Kind]deliver.Kind{
	webapi.KindThreadGone: deliver.ThreadGone,
	// Locked by an administrator, whom no bot can overrule: the conversation goes on in another thread.
	webapi.KindThreadClosed: deliver.ThreadGone,
	webapi.KindRateLimited:  deliver.RateLimited,
	webapi.KindMessageGone:  deliver.MessageGone,
	webapi.KindNotEditable:  deliver.Refused,
	webapi.KindTextRefused:  deliver.TextRefused,
	webapi.KindFileRefused:  deliver.Refused,
	webapi.KindBadRequest:   deliver.Refused,
	webapi.KindNotInChannel: deliver.Forbidden,
	webapi.KindNoRights:     deliver.Forbidden,
	webapi.KindGone:         deliver.Forbidden,
}

// failure is err in the engine's terms: a *deliver.Failure, or nil for what counts as done.
func failure(err error) error {
	kind := webapi.KindOf(err)
	if kind == webapi.KindNone || kind == webapi.KindDone {
		return nil
	}
	failed := &deliver.Failure{Kind: meanings[kind], Err: err}
	if refused, ok := errors.AsType[*webapi.Error](err); ok {
		failed.After, failed.Everywhere = refused.RetryAfter, refused.Everywhere()
	}
	return failed
}

// lenient is for what conversations can do without: a right that is missing for closing or deleting does not mean that the
// bot can't post.
func lenient(err error) error {
	failed, ok := errors.AsType[*deliver.Failure](err)
	if ok && failed.Kind == deliver.Forbidden && webapi.KindOf(failed.Err) == webapi.KindNoRights {
		return &deliver.Failure{Kind: deliver.Refused, Err: failed.Err}
	}
	return err
}

// ofFile is what an error about a file to be deleted means: one that is not there is gone.
func ofFile(err error) error {
	failed, ok := errors.AsType[*deliver.Failure](err)
	if ok && webapi.KindOf(failed.Err) == webapi.KindFileRefused {
		return &deliver.Failure{Kind: deliver.MessageGone, Err: failed.Err}
	}
	return err
}

// ofCard is what an error about the card means: without it, there is no thread to close or open.
func ofCard(err error) error {
	failed, ok := errors.AsType[*deliver.Failure](err)
	if ok && failed.Kind == deliver.MessageGone {
		return &deliver.Failure{Kind: deliver.ThreadGone, Err: failed.Err}
	}
	return lenient(err)
}
