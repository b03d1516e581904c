package deliver

import (
	"context"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// close says who closed the conversation, and closes the thread. Only the first half is remembered if the second fails.
func (w *work) close(ctx context.Context, permit *pace.Permit, d *sessionsv1.Delivery) error {
	if w.lane.saidClosed != d.Seq {
		err := w.call(ctx, permit, "post", 1, func(ctx context.Context) error {
			return w.Platform.SayClosed(ctx, w.place, w.record.GetClosedBy())
		})
		if err != nil {
			return err
		}
		w.lane.saidClosed = d.Seq
	}
	err := w.call(ctx, permit, "close", 1, func(ctx context.Context) error { return w.Platform.Close(ctx, w.place, w.record) })
	if failed := failureOf(err); failed == nil || failed.Kind != RateLimited {
		w.lane.half = failed != nil && failed.Kind == Unknown
	}
	if err != nil {
		return err
	}
	return w.settleThread(ctx, d)
}

// unsure tells that a conversation is open whose thread may be closed: it was reopened before a closing that got no answer was tried
// again, and nobody has ever heard of that closing.
func (w *work) unsure() bool {
	return w.lane.half && w.place.Thread != "" && w.record.GetSession().GetStatus() == "active"
}

// restore opens such a thread. What else is wrong with it, whatever comes next finds out.
func (w *work) restore(ctx context.Context, permit *pace.Permit) error {
	w.group = nil
	err := w.call(ctx, permit, "reopen", 1, func(ctx context.Context) error { return w.Platform.Reopen(ctx, w.place, w.record) })
	if failed := failureOf(err); failed != nil && (failed.Kind == Unknown || failed.Kind == RateLimited || failed.Kind == Forbidden) {
		return err
	}
	w.lane.half = false
	return nil
}

// unlock opens a thread that was found closed.
func (w *work) unlock(ctx context.Context, permit *pace.Permit) error {
	if !w.closed {
		return nil
	}
	err := w.call(ctx, permit, "reopen", 1, func(ctx context.Context) error { return w.Platform.Reopen(ctx, w.place, w.record) })
	if err == nil {
		w.closed, w.reopened = false, true
	}
	return err
}
