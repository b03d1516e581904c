package deliver

import (
	"context"
	"slices"

	"github.com/bellhop-chat/bellhop/internal/bus"
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
		w.lane.astray = failed != nil && failed.Kind == Unknown
	}
	if err != nil {
		return err
	}
	return w.settleThread(ctx, d)
}

// unsure tells that a thread may not be as its conversation is, and that nothing in sight is about to put it right. One that should be
// open is opened at once, one that should be closed when nothing else is to be shown in it.
func (w *work) unsure() bool {
	if !w.lane.astray || w.place.Thread == "" || slices.ContainsFunc(w.list, turns) {
		return false
	}
	return w.active() || len(w.list) == 0 && !w.more
}

func turns(d *sessionsv1.Delivery) bool { return d.Kind == kindClose || d.Kind == kindReopen }

func (w *work) active() bool { return w.record.GetSession().GetStatus() == "active" }

// restore opens or closes such a thread. What else is wrong with it, whatever comes next finds out.
func (w *work) restore(ctx context.Context, permit *pace.Permit) error {
	w.group = nil
	name, turn := "close", w.Platform.Close
	if w.active() {
		name, turn = "reopen", w.Platform.Reopen
	}
	err := w.call(ctx, permit, name, 1, func(ctx context.Context) error { return turn(ctx, w.place, w.record) })
	if failed := failureOf(err); failed != nil && (failed.Kind == Unknown || failed.Kind == RateLimited || failed.Kind == Forbidden) {
		return err
	}
	w.lane.astray = false
	if err != nil || w.active() { // then it was reported as open all the time
		return nil
	}
	report := w.delivered(0)
	report.ThreadStatus = "closed"
	return w.publish(ctx, w.fact(bus.MessageDeliver, "reclosed", w.record.GetSeq(), report))
}

// opened is what a report says of the thread if it was opened for what was posted.
func (w *work) opened() (status string) {
	if w.reopened {
		status, w.lane.astray = "active", !w.active()
	}
	w.reopened = false
	return status
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
