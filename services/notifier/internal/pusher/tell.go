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
	// consumer is the sender of dead letters.
	consumer = "notifier-pusher"
)

// tell tells what was gathered, in one POST or one by one, and notes that. What is given up goes to the dead letters.
func (r *relay) tell(g gathered) error {
	size := len(g.events)
	if r.Receiver.config.Batch == "off" {
		size = 1
	}
	var dead []told
	var why *gaveUp
	for from := 0; from < len(g.events); from += size {
		part := g.events[from : from+size]
		failure, err := r.try(part, g.messages[part[size-1].message].At)
		switch {
		case err != nil && from > 0 && len(dead) == 0:
			return errors.Join(err, r.stopBefore(g, part[0]))
		case err != nil:
			return err
		case failure != nil:
			dead, why = append(dead, part...), failure
		}
	}
	if err := r.bury(g, dead, why); err != nil {
		return err
	}
	r.place.Seq, r.place.Done = g.messages[len(g.messages)-1].Seq, 0
	return r.save(r.calls)
}

// stopBefore notes that everything before an event is done.
func (r *relay) stopBefore(g gathered, t told) error {
	if t.message > 0 {
		r.place.Seq = g.messages[t.message-1].Seq
	}
	r.place.Done = t.index
	return r.save(r.calls)
}

// gaveUp says why something is not tried any more.
type gaveUp struct {
	*webhook.Failure
	attempts int
}

// try makes one POST until it is taken or given up.
func (r *relay) try(part []told, at time.Time) (*gaveUp, error) {
	events := make([]hook.Event, len(part))
	for i, t := range part {
		events[i] = t.Event
	}
	for attempt := 1; ; attempt++ {
		if err := r.holding.Err(); err != nil {
			return nil, err
		}
		err := r.Receiver.post(r.calls, r.Clock.Now(), events)
		failure, refused := errors.AsType[*webhook.Failure](err)
		switch {
		case err == nil:
			r.took(len(events))
			return nil, nil
		case !refused:
			return nil, err
		}
		if err := r.failed(failure); err != nil {
			return nil, err
		}
		left := r.left(at)
		if left <= 0 {
			return &gaveUp{failure, attempt}, nil
		}
		r.Log.Info("a webhook is tried again", zap.Int("events", len(events)), zap.Error(failure))
		if err := r.wait(min(delayOf(attempt, failure.After), left)); err != nil {
			return nil, err
		}
	}
}

// left is for how long something that happened at a time is tried still.
func (r *relay) left(at time.Time) time.Duration {
	if r.place.Failing.After(at) {
		at = r.place.Failing
	}
	return at.Add(patience).Sub(r.Clock.Now())
}

// delayOf is the pause after an attempt, counted from 1.
func delayOf(attempt int, asked time.Duration) time.Duration {
	delay := min(firstDelay<<min(attempt-1, 10), lastDelay)
	delay += time.Duration(rand.Float64() * 0.1 * float64(delay))
	return max(delay, min(asked, lastDelay))
}

func (r *relay) took(events int) {
	r.Metrics.delivered(events)
	r.place.Failing = time.Time{}
	r.Metrics.fail(r.place.Failing)
	r.Tell("")
}

// failed notes since when the receiver fails: whoever takes over is no more patient.
func (r *relay) failed(why *webhook.Failure) error {
	r.Metrics.failed(why.Reason)
	r.Tell(why.Error())
	if !r.place.Failing.IsZero() {
		return nil
	}
	r.place.Failing = r.Clock.Now()
	r.Metrics.fail(r.place.Failing)
	return r.save(r.calls)
}

// bury puts what was given up among the dead letters, by message.
func (r *relay) bury(g gathered, dead []told, why *gaveUp) error {
	for len(dead) > 0 {
		of := dead[0].message
		var events []hook.Event
		for len(dead) > 0 && dead[0].message == of {
			events, dead = append(events, dead[0].Event), dead[1:]
		}
		letter := g.messages[of]
		letter.Payload = hook.Encode(events)
		if err := r.hooks.Bury(r.calls, consumer+"-"+r.Receiver.mark, letter, why.attempts, why); err != nil {
			return err
		}
		r.Metrics.died(len(events))
		r.Log.Error("webhooks went to the dead letters", zap.Uint64("seq", letter.Seq), zap.Int("events", len(events)), zap.Error(why))
	}
	return nil
}

// wait waits by the clock.
func (r *relay) wait(d time.Duration) error {
	done, over := context.WithCancel(r.holding)
	defer over()
	defer r.Clock.AfterFunc(d, over)()
	<-done.Done()
	return r.holding.Err()
}
