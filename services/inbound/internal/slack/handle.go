package slack

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/internal/span"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

const (
	// patience is how long Slack is kept waiting: it gives up after 3 s, and asks again.
	// https://docs.slack.dev/apis/events-api#responding
	patience = 2500 * time.Millisecond
	// handingTimeout bounds the handing in of one thing, its files included; it goes on after Slack was told to ask again, and then
	// finds it done.
	handingTimeout = 2 * time.Minute
)

// errSlow says that something is still being handed in.
var errSlow = errors.New("it takes longer than Slack waits")

// arrival is one thing that came.
type arrival struct {
	// lane is what it belongs to, so that it keeps its place.
	lane string
	do   func(ctx context.Context) error
}

// receive hands something in, and waits for that as long as Slack does. A nil error means that Slack may forget it.
func (b *Bot) receive(asking context.Context, a arrival) error {
	done := make(chan error, 1)
	b.receiveThen(asking, a, func(err error) { done <- err })
	timer := time.NewTimer(b.patience)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		b.log.Info("something that came is still being handed in; Slack is asked to send it again")
		return errSlow
	}
}

// receiveThen hands something in, beside, in its turn, and then tells what came of it. Of asking, only the trace is taken along.
func (b *Bot) receiveThen(asking context.Context, a arrival, then func(error)) {
	turn, leave := b.lanes.enter(a.lane)
	b.handing.Go(func() {
		defer leave()
		<-turn // whoever is before has a time limit
		ctx, cancel := context.WithTimeout(span.Carry(b.alive, asking), handingTimeout)
		defer cancel()
		then(a.do(ctx))
	})
}

// event hands in what an event tells of.
func (b *Bot) event(c *slack.Callback) arrival {
	return arrival{lane: laneOf(c.Event), do: func(ctx context.Context) error {
		me, err := b.identity(ctx)
		if err != nil {
			return b.later("learn who the bot is", err)
		}
		in := b.classify(c, me)
		if in.why != "" {
			b.metrics.Count(office.ResultIgnored)
			b.log.Debug("event ignored", zap.String("event", c.EventID), zap.String("why", in.why))
			return nil
		}
		if in.vanished != "" {
			return b.vanished(ctx, in.vanished)
		}
		in.gesture = b.complete(ctx, in, me)
		return b.hand(ctx, in)
	}}
}

// vanished tells the notifier of a conversation's card that somebody has deleted. Slack would go on taking answers that nobody sees.
func (b *Bot) vanished(ctx context.Context, thread string) error {
	desk := b.opts.Desk
	c, err := desk.Find(ctx, receive.Thread{Project: b.opts.Project, Platform: platform, Chat: b.cfg.Channel, Thread: thread})
	b.metrics.Count(office.ResultIgnored)
	if errors.Is(err, receive.ErrNobodys) {
		return nil
	}
	if err != nil {
		return err
	}
	b.log.Warn("somebody has deleted the card of a conversation", zap.String("session", c.Session.Short()))
	return desk.Bus.Signal(c.Project, c.Session, slack.SignalThread, slack.Place{Channel: b.cfg.Channel, Thread: thread}.Encode())
}

// hand gives a gesture to the office, and what it answers to the operator.
func (b *Bot) hand(ctx context.Context, in intent) error {
	out, err := b.office.Handle(ctx, in.gesture)
	if err != nil {
		return err
	}
	b.answers.ask(answer{Answer: out.Answer, to: in})
	return b.reorder(ctx, in, out)
}

// reorder handles a change of a message that Slack has sent before the message itself: it keeps no order.
func (b *Bot) reorder(ctx context.Context, in intent, out office.Outcome) error {
	g := in.gesture
	key := g.Chat + "/" + g.MessageID
	switch {
	case (g.Kind == office.Edited || g.Kind == office.Deleted) && out.Result == office.ResultIgnored:
		b.early.Add(key, g)
	case g.Kind == office.Said && out.Result == office.ResultStored:
		change, known := b.early.Get(key)
		if !known {
			return nil
		}
		b.early.Remove(key)
		change.EventID += ":again"
		in.gesture = change
		return b.hand(ctx, in)
	}
	return nil
}

// later is an error of Slack's that ends by itself: the thing will come again.
func (b *Bot) later(what string, err error) error {
	b.metrics.Count(office.ResultFailed)
	b.log.Warn("something that came waits", zap.Error(err))
	return fmt.Errorf("%s: %w: %w", what, receive.ErrUnavailable, err)
}
