package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// A thread that is deleted again and again is not opened for ever: at most so often in an hour.
const (
	maxReopened    = 3
	reopenedWithin = time.Hour
)

// judge decides what a step's outcome means. It is the only place where anything is tried again.
func (w *work) judge(ctx context.Context, err error) error {
	if err == nil {
		w.worked()
		w.spins = 0
		return nil
	}
	failed, ok := errors.AsType[*Failure](err)
	if !ok {
		return err // ours, and said already what comes next
	}
	switch failed.Kind {
	case RateLimited:
		w.freeze(failed)
		w.Log.Info("the platform asks for a pause", zap.String("session", w.key.session.Short()), zap.Duration("for", failed.After))
		return nil
	case Forbidden:
		w.circuit.trip(failed)
		return bus.RetryAfter(failed, probeEvery)
	case Unknown:
		least := time.Duration(0)
		if w.place.Thread == "" {
			least = openDelay
		}
		return w.again(failed, least, maxDelay)
	}
	if w.spins++; w.spins > maxSpins {
		return w.again(fmt.Errorf("%w: %w", errNoProgress, failed), maxDelay, maxDelay)
	}
	if len(w.group) == 0 { // the card of a session that has said nothing
		return w.judgeCard(failed)
	}
	return w.adapt(ctx, w.group[0], failed)
}

// freeze leaves alone what the platform wants to be left alone.
func (w *work) freeze(failed *Failure) {
	if failed.Everywhere {
		w.Pacer.FreezeAll(failed.After)
		return
	}
	w.Pacer.Freeze(w.Platform.Account(w.place), failed.After)
}

// adapt changes what the next try does, or gives up.
func (w *work) adapt(ctx context.Context, first *sessionsv1.Delivery, failed *Failure) error {
	switch failed.Kind {
	case Moved:
		w.moved()
		return nil
	case ThreadGone:
		return w.threadGone(ctx, first, failed)
	case ThreadClosed:
		return w.threadClosed(ctx, first, failed)
	case MessageGone, ReplyGone:
		if first.Kind == kindEdit || first.Kind == kindDelete {
			return w.settleRevised(ctx, first, nil, true)
		}
		if first.Kind == kindPost && w.lane.noReply != first.Seq {
			w.lane.noReply = first.Seq
			w.change(func(p *Post) { p.ReplyTo = nil })
			return nil
		}
	case TextRefused:
		if w.lane.plain != first.Seq && first.Kind != kindClose {
			w.lane.plain = first.Seq
			w.change(func(p *Post) { p.Plain = true })
			return nil
		}
	}
	return w.giveUp(ctx, failed)
}

// moved goes on where the chat is now.
func (w *work) moved() {
	w.place.Chat = w.Platform.Current(w.place.Chat)
	if w.lane.job != nil {
		w.lane.job.at.Chat = w.Platform.Current(w.lane.job.at.Chat)
	}
	w.Log.Warn("the platform has moved the chat", zap.String("to", w.place.Chat))
}

// change has the rest of a post that was begun look otherwise; one that was not is composed anew.
func (w *work) change(how func(*Post)) {
	if w.lane.job.begun() {
		how(&w.lane.job.post)
	}
	w.drop()
}

// threadGone lets the next try open another thread, if there is still something to show there.
func (w *work) threadGone(ctx context.Context, first *sessionsv1.Delivery, failed *Failure) error {
	w.lane.job = nil // whatever stood there is gone with the thread
	switch first.Kind {
	case kindEdit, kindDelete:
		return w.settleRevised(ctx, first, nil, true)
	case kindClose, kindReopen:
		return w.settleThread(ctx, first)
	}
	recent := w.lane.opened[:0]
	for _, at := range w.lane.opened {
		if time.Since(at) < reopenedWithin {
			recent = append(recent, at)
		}
	}
	if w.lane.opened = recent; len(recent) >= maxReopened {
		return w.giveUp(ctx, fmt.Errorf("%w: %w", errTooManyThreads, failed))
	}
	w.Log.Warn("the thread is gone and will be opened anew", zap.String("session", w.key.session.Short()))
	w.gone, w.closed, w.place = w.place.Thread, false, Place{Chat: w.Platform.Chat(w.record)}
	return nil
}

// threadClosed lets the next try reopen a thread that an operator has closed by hand.
func (w *work) threadClosed(ctx context.Context, first *sessionsv1.Delivery, failed *Failure) error {
	switch first.Kind {
	case kindClose: // it is what was wanted
		return w.settleThread(ctx, first)
	case kindPost, kindNotice:
		if !w.closed {
			w.closed = true
			return nil
		}
	}
	return w.giveUp(ctx, failed)
}

// giveUp puts what will never be taken among the dead letters. Of a joined post it is not known which part is at fault, so
// each is tried alone first.
func (w *work) giveUp(ctx context.Context, why error) error {
	if n := len(w.group); n > 1 && !w.lane.job.begun() {
		w.drop()
		w.lane.alone = w.group[n-1].Seq
		return nil
	}
	w.Log.Error("the platform will never take a delivery", zap.String("session", w.key.session.Short()),
		zap.Uint64("seq", w.group[0].Seq), zap.Stringer("kind", w.group[0].Kind), zap.Error(why))
	if w.group[0].Kind == kindReopen {
		// Settled by its state alone: its sequence may be a message's, which is still to come.
		return w.settleThread(ctx, w.group[0])
	}
	w.worked()
	return w.settleFailed(ctx, w.group, why)
}

// judgeCard forgets a card that can't be posted: the first message tries again.
func (w *work) judgeCard(failed *Failure) error {
	if failed.Kind == Moved {
		w.moved()
		return nil
	}
	w.Log.Error("the platform does not take a visitor's card", zap.String("session", w.key.session.Short()), zap.Error(failed))
	return bus.Permanent(failed)
}
