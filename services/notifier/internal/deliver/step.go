package deliver

import (
	"context"
	"slices"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

const senderVisitor = "visitor"

// step does what stands first in the list, and reports it.
func (w *work) step(ctx context.Context, permit *pace.Permit) error {
	if len(w.list) == 0 {
		w.group = nil
		return w.announce(ctx, permit)
	}
	d := w.list[0]
	w.group = w.list[:1]
	switch d.Kind {
	case kindPost:
		return w.post(ctx, permit)
	case kindEdit, kindDelete:
		return w.revise(ctx, permit, d)
	case kindClose:
		return w.close(ctx, permit, d)
	case kindReopen:
		if err := w.call(ctx, permit, "reopen", func(ctx context.Context) error { return w.Platform.Reopen(ctx, w.place) }); err != nil {
			return err
		}
		return w.settleThread(ctx, d)
	default: // a newer neighbour's: it is not for us
		w.list = w.list[1:]
		return nil
	}
}

// call makes one call and counts it. It is not cut off by ctx: its outcome would be unknown.
func (w *work) call(ctx context.Context, permit *pace.Permit, name string, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	failed := failureOf(do(ctx))
	w.Metrics.called(name, failed)
	if failed == nil {
		permit.Spend()
		return nil
	}
	if failed.Kind != RateLimited { // a refusal may have cost a unit; a 429 says by itself how long to wait
		permit.Spend()
	}
	return failed
}

// post opens the thread if there is none, and posts one message, or several when they had to wait.
func (w *work) post(ctx context.Context, permit *pace.Permit) error {
	if err := w.ready(ctx, permit); err != nil {
		return err
	}
	w.group = w.list[:w.joined()]
	post := w.compose()
	if post.Card && !w.Platform.Fits(post) {
		_, err := w.send(ctx, permit, Post{Record: w.record, Card: true})
		return err // the message is the next step
	}
	ids, err := w.send(ctx, permit, post)
	if err != nil {
		return err
	}
	return w.settlePost(ctx, post.Card, &bellhopv1.PlatformMessage{
		Platform: w.Platform.Name(), Chat: w.place.Chat, Thread: w.place.Thread, Ids: ids,
	})
}

// announce opens the thread of a session that has said nothing.
func (w *work) announce(ctx context.Context, permit *pace.Permit) error {
	if err := w.ready(ctx, permit); err != nil {
		return err
	}
	if _, err := w.send(ctx, permit, Post{Record: w.record, Card: true}); err != nil {
		return err
	}
	w.lane.clean = max(w.lane.clean, w.event.Seq)
	return w.settleCard(ctx)
}

// ready makes sure that there is an open thread.
func (w *work) ready(ctx context.Context, permit *pace.Permit) error {
	if w.place.Thread == "" {
		var place Place
		err := w.call(ctx, permit, "open", func(ctx context.Context) (err error) {
			place, err = w.Platform.Open(ctx, w.record)
			return err
		})
		if err != nil {
			return err
		}
		w.lane.card, w.fresh, w.closed = cardDue, true, false
		replaces := w.gone
		if replaces != "" {
			w.lane.opened = append(w.lane.opened, time.Now())
		}
		w.place = place
		if err := w.settleOpened(ctx, replaces); err != nil {
			return err
		}
	}
	if w.closed {
		if err := w.call(ctx, permit, "reopen", func(ctx context.Context) error { return w.Platform.Reopen(ctx, w.place) }); err != nil {
			return err
		}
		w.closed, w.reopened = false, true
	}
	return nil
}

func (w *work) send(ctx context.Context, permit *pace.Permit, post Post) (ids []string, err error) {
	err = w.call(ctx, permit, "post", func(ctx context.Context) (err error) {
		ids, err = w.Platform.Post(ctx, w.place, post)
		return err
	})
	if err == nil && post.Card {
		w.lane.card = cardPosted
	}
	return ids, err
}

// revise makes a post show what its messages are now, or removes it when nothing is left of them.
func (w *work) revise(ctx context.Context, permit *pace.Permit, d *sessionsv1.Delivery) error {
	at := w.standsAt(d)
	post := Post{Record: w.record, Plain: w.lane.plain == d.Seq, Card: slices.Contains(w.copyOf(d.Message).GetJoined(), cardMark)}
	for _, m := range parts(d) {
		if m.GetMessage().GetDeletedAt() == nil {
			post.Messages = append(post.Messages, m)
		}
	}
	if len(post.Messages) > 0 && !w.Platform.Fits(post) {
		post.Card = false // what people write counts more
	}
	var err error
	if len(post.Messages) == 0 && !post.Card {
		err = w.call(ctx, permit, "delete", func(ctx context.Context) error { return w.Platform.Delete(ctx, at) })
	} else {
		err = w.call(ctx, permit, "edit", func(ctx context.Context) error { return w.Platform.Edit(ctx, at, post) })
	}
	if err != nil {
		return err
	}
	return w.settleRevised(ctx, d, false)
}

// close says who closed the conversation, and closes the thread. Only the first half is remembered if the second fails.
func (w *work) close(ctx context.Context, permit *pace.Permit, d *sessionsv1.Delivery) error {
	if w.lane.saidClosed != d.Seq {
		err := w.call(ctx, permit, "post", func(ctx context.Context) error {
			return w.Platform.SayClosed(ctx, w.place, w.record.GetClosedBy())
		})
		if err != nil {
			return err
		}
		w.lane.saidClosed = d.Seq
	}
	if err := w.call(ctx, permit, "close", func(ctx context.Context) error { return w.Platform.Close(ctx, w.place) }); err != nil {
		return err
	}
	return w.settleThread(ctx, d)
}
