package deliver

import (
	"context"
	"slices"
	"time"

	"github.com/bellhop-chat/bellhop/internal/span"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

const senderVisitor = "visitor"

// step does what stands first in the list, and reports it. A post that was begun comes before everything else.
func (w *work) step(ctx context.Context, permit *pace.Permit) error {
	if w.lane.job.begun() {
		if err := w.unlock(ctx, permit); err != nil {
			return err
		}
		return w.proceed(ctx, permit)
	}
	if w.unsure() {
		return w.restore(ctx, permit)
	}
	if len(w.list) == 0 {
		w.group = nil
		return w.announce(ctx, permit)
	}
	d := w.list[0]
	w.group = w.list[:1]
	switch d.Kind {
	case kindPost, kindNotice:
		return w.post(ctx, permit)
	case kindEdit, kindDelete:
		return w.revise(ctx, permit, d)
	case kindClose:
		return w.close(ctx, permit, d)
	case kindReopen:
		err := w.call(ctx, permit, "reopen", 1, func(ctx context.Context) error { return w.Platform.Reopen(ctx, w.place, w.record) })
		if err != nil {
			return err
		}
		return w.settleThread(ctx, d)
	default: // a newer neighbour's: it is not for us
		w.list = w.list[1:]
		return nil
	}
}

// call makes one call and counts it. It is not cut off by ctx: its outcome would be unknown.
func (w *work) call(ctx context.Context, permit *pace.Permit, name string, units int, do func(context.Context) error) error {
	return w.callWithin(ctx, permit, name, Call{Units: units}, do)
}

// callWithin is call for one that may take longer. Once ctx has ended it has the usual time left, and no more: another process may be
// about to do the same.
func (w *work) callWithin(ctx context.Context, permit *pace.Permit, name string, cost Call, do func(context.Context) error) error {
	ending := ctx
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(callTimeout, cost.Within))
	defer cancel()
	defer context.AfterFunc(ending, func() { time.AfterFunc(callTimeout, cancel) })()
	ctx, s := w.calling(ctx, name)
	failed := failureOf(do(ctx))
	span.End(s, failed.word())
	w.Metrics.called(name, failed)
	if failed == nil || failed.Kind != RateLimited { // a refusal may have cost as much; a 429 says by itself how long to wait
		for range max(1, cost.Units) {
			permit.Spend()
		}
	}
	if failed == nil {
		w.tell("") // whatever an earlier engine has told
		return nil
	}
	return failed
}

// post opens the thread if there is none, and begins a post of one message, or of several when they had to wait.
func (w *work) post(ctx context.Context, permit *pace.Permit) error {
	if err := w.ready(ctx, permit); err != nil {
		return err
	}
	w.group = w.list[:w.joined()]
	post := w.compose()
	calls := w.Platform.Plan(post, nil)
	if post.Card && len(calls) > 1 {
		return w.sendCard(ctx, permit) // the message is the next step
	}
	w.lane.job = &job{group: w.group, post: post, at: w.place, calls: calls, list: w.lane.lists}
	return w.proceed(ctx, permit)
}

// proceed makes the next call of the post that is being made, and reports the post when it stands.
func (w *work) proceed(ctx context.Context, permit *pace.Permit) error {
	j := w.lane.job
	done, err := w.advance(ctx, permit)
	if err != nil || !done {
		return err
	}
	switch j.group[0].Kind {
	case kindEdit, kindDelete:
		return w.settleRevised(ctx, j.group[0], w.stands(j), false)
	}
	if j.post.Card {
		w.lane.card = cardPosted
	}
	if len(j.post.Notices) > 0 {
		return w.settleNotices(ctx, j)
	}
	return w.settlePost(ctx, j)
}

// announce opens the thread of a session that has said nothing.
func (w *work) announce(ctx context.Context, permit *pace.Permit) error {
	if err := w.ready(ctx, permit); err != nil {
		return err
	}
	if w.lane.card == cardDue {
		if err := w.sendCard(ctx, permit); err != nil {
			return err
		}
	}
	w.lane.clean = max(w.lane.clean, w.event.Seq)
	return w.settleCard(ctx)
}

// ready makes sure that there is an open thread.
func (w *work) ready(ctx context.Context, permit *pace.Permit) error {
	if w.place.Thread == "" {
		if err := w.open(ctx, permit); err != nil {
			return err
		}
	}
	return w.unlock(ctx, permit)
}

// open opens the session's thread and reports it.
func (w *work) open(ctx context.Context, permit *pace.Permit) error {
	var place Place
	var carded bool
	err := w.call(ctx, permit, "open", 1, func(ctx context.Context) (err error) {
		place, carded, err = w.Platform.Open(ctx, w.place.Chat, w.record)
		return err
	})
	if err != nil {
		return err
	}
	w.lane.card, w.fresh, w.closed = cardDue, true, false
	if carded {
		w.lane.card = cardPosted
	}
	replaces := w.gone
	if replaces != "" {
		w.lane.opened = append(w.lane.opened, time.Now())
	}
	w.place = place
	return w.settleOpened(ctx, replaces)
}

// sendCard posts the visitor's card alone.
func (w *work) sendCard(ctx context.Context, permit *pace.Permit) error {
	err := w.call(ctx, permit, "post", 1, func(ctx context.Context) error {
		_, err := w.Platform.Send(ctx, w.place, Post{Record: w.record, Card: true}, 0)
		return err
	})
	if err == nil {
		w.lane.card = cardPosted
	}
	return err
}

// revise makes a post show what its messages are now, or removes it when nothing is left of them.
func (w *work) revise(ctx context.Context, permit *pace.Permit, d *sessionsv1.Delivery) error {
	at := w.standsAt(d)
	if len(at.GetIds()) == 0 { // a platform that answers no ids shows for ever what it was sent
		return w.settleRevised(ctx, d, at, false)
	}
	post := Post{Record: w.record, Plain: w.lane.plain == d.Seq, Card: slices.Contains(w.copyOf(d.Message).GetJoined(), cardMark), Quoted: d.Quoted}
	for _, m := range parts(d) {
		if m.GetMessage().GetDeletedAt() == nil {
			post.Messages = append(post.Messages, m)
		}
	}
	if post.Card && len(post.Messages) > 0 && len(w.Platform.Plan(post, at.GetIds())) > 1 {
		post.Card = false // what people write counts more
	}
	var calls []Call
	if len(post.Messages) == 0 && !post.Card {
		for _, id := range at.GetIds() {
			calls = append(calls, Call{Do: Remove, ID: id})
		}
	} else {
		calls = w.Platform.Plan(post, at.GetIds())
	}
	w.lane.job = &job{
		group: w.group, post: post, at: Place{Chat: at.GetChat(), Thread: at.GetThread()}, calls: calls, ids: slices.Clone(at.GetIds()), list: w.lane.lists,
	}
	return w.proceed(ctx, permit)
}
