package pusher

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

const (
	// patience is for how long something is tried: Pusher's five minutes, from when it happened or the receiver began to fail.
	patience = 5 * time.Minute
	// firstDelay is the pause after the first failure; each is twice the one before, up to lastDelay and a tenth.
	firstDelay = time.Second
	lastDelay  = time.Minute
)

// tell tells what was gathered, in one POST or one by one, and notes that.
func (r *relay) tell(g gathered) error {
	size := len(g.events)
	if r.Receiver.config.Batch == "off" {
		size = 1
	}
	for from := 0; from < len(g.events); from += size {
		part := g.events[from : from+size]
		err := r.try(part, g.messages[part[size-1].message].At, g.more || from+size < len(g.events))
		switch {
		case err != nil && from > 0:
			return errors.Join(err, r.stopBefore(g, part[0]))
		case err != nil:
			return err
		}
	}
	r.place.Seq, r.place.Done, r.place.Part = g.messages[len(g.messages)-1].Seq, 0, 0
	return r.save(r.calls)
}

// stopBefore notes that everything before an event is done.
func (r *relay) stopBefore(g gathered, t told) error {
	if t.message > 0 {
		r.place.Seq = g.messages[t.message-1].Seq
	}
	r.place.Done, r.place.Part = t.index, g.messages[t.message].Seq
	return r.save(r.calls)
}

// try makes one POST until it is taken, or its time is over and it is dropped. While the receiver fails, something whose time was over before
// it was tried is dropped untried, unless there is nothing newer: so a receiver that is back hears of the last minutes, and is never behind by more.
func (r *relay) try(part []told, at time.Time, more bool) error {
	events := make([]hook.Event, len(part))
	for i, t := range part {
		events[i] = t.Event
	}
	for tried := false; ; tried = true {
		if r.over(at) && (tried || more) {
			r.drop(len(part))
			return nil
		}
		if err := r.rest(); err != nil {
			return err
		}
		err := r.Receiver.post(r.calls, r.Clock.Now(), events)
		failure, refused := errors.AsType[*webhook.Failure](err)
		switch {
		case err == nil:
			r.took(len(events))
			return nil
		case !refused:
			return err
		}
		if err := r.failed(failure); err != nil {
			return err
		}
	}
}

// over tells that the receiver fails, and that the time of something that happened at a time is over.
func (r *relay) over(at time.Time) bool {
	if r.place.Failing.IsZero() {
		return false
	}
	if r.place.Failing.After(at) {
		at = r.place.Failing
	}
	return !r.Clock.Now().Before(at.Add(patience))
}

// delayOf is the pause after so many failures in a row.
func delayOf(failures int, asked time.Duration) time.Duration {
	delay := min(firstDelay<<min(failures-1, 10), lastDelay)
	delay += time.Duration(rand.Float64() * 0.1 * float64(delay))
	return max(delay, min(asked, lastDelay))
}

func (r *relay) took(events int) {
	r.Metrics.delivered(events)
	if !r.place.Failing.IsZero() {
		r.Log.Info("the receiver takes webhooks", zap.Time("failed_since", r.place.Failing))
	}
	r.place.Failing, r.failures, r.again, r.dropping = time.Time{}, 0, time.Time{}, false
	r.Metrics.fail(r.place.Failing)
	r.Tell("")
}

// failed notes since when the receiver fails: whoever takes over is no more patient.
func (r *relay) failed(why *webhook.Failure) error {
	r.Metrics.failed(why.Reason)
	r.Tell(why.Error())
	r.failures++
	r.again = r.Clock.Now().Add(delayOf(r.failures, why.After))
	r.Log.Info("the receiver has not taken a webhook", zap.Int("in_a_row", r.failures), zap.Error(why))
	if !r.place.Failing.IsZero() {
		return nil
	}
	r.place.Failing = r.Clock.Now()
	r.Metrics.fail(r.place.Failing)
	return r.save(r.calls)
}

// drop gives events up, as Pusher does: what a channel was like minutes ago would tell a receiver something wrong if it came later.
func (r *relay) drop(events int) {
	r.Metrics.dropped(events)
	if !r.dropping { // once, until the receiver is back
		r.dropping = true
		r.Log.Error("the receiver has not taken anything for too long: webhooks to it are dropped", zap.Time("failing_since", r.place.Failing))
	}
}

// rest waits until the receiver may be tried again, whatever it is to be told then.
func (r *relay) rest() error {
	d := r.again.Sub(r.Clock.Now())
	if d <= 0 {
		return r.holding.Err()
	}
	done, over := context.WithCancel(r.holding)
	defer over()
	defer r.Clock.AfterFunc(d, over)()
	<-done.Done()
	return r.holding.Err()
}
