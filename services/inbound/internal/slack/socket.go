package slack

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

const (
	// firstDelay and lastDelay bound the pause after something failed; it doubles in between.
	firstDelay = 250 * time.Millisecond
	lastDelay  = 30 * time.Second
	// disabledPause is the pause when a person must do something first: Socket Mode is off, or the token is not right.
	disabledPause = 5 * time.Minute
	// lingering is how long a socket that Slack has asked to leave is still listened to.
	lingering = 10 * time.Second
	// lasted is how long a socket must have lasted for the next failure to be the first one.
	lasted = 30 * time.Second
)

// listen keeps a socket open until ctx ends. When Slack asks to refresh it, the next is open before this one is left: in between nothing
// would be heard. Replicas each have one; Slack gives each event to one of them.
func (b *Bot) listen(ctx context.Context) {
	var open sync.WaitGroup
	defer open.Wait()
	delay := firstDelay
	for ctx.Err() == nil {
		opened := time.Now()
		left, err := b.openOne(ctx, &open)
		if err == nil {
			err = <-left
		}
		if time.Since(opened) > lasted || errors.Is(err, errRefresh) {
			delay = firstDelay
		}
		wait := pause(err, delay)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errRefresh):
			continue
		case errors.Is(err, errDisabled), personal(err):
			b.problems.set(theSocket, "Slack is not heard: is Socket Mode on, and SLACK_APP_TOKEN right? "+err.Error())
			b.log.Error("Slack is not heard until somebody sees to it: is Socket Mode on, and SLACK_APP_TOKEN right?", zap.Error(err))
			wait = max(wait, disabledPause)
		default:
			b.log.Warn("socket is lost", zap.Stringer("kind", slack.KindOf(err)), zap.Error(err))
		}
		if !sleep(ctx, wait) {
			return
		}
		delay = min(2*delay, lastDelay)
	}
}

var (
	errRefresh  = errors.New("slack asks for another socket")
	errDisabled = errors.New("socket mode was switched off")
)

// personal tells errors that only a person can mend.
func personal(err error) bool {
	kind := slack.KindOf(err)
	return kind == slack.KindGone || kind == slack.KindNoRights
}

// openOne opens one socket and listens to it beside. left tells once why it is to be replaced.
func (b *Bot) openOne(ctx context.Context, open *sync.WaitGroup) (left <-chan error, err error) {
	s, err := b.client.OpenSocket(ctx)
	if err != nil {
		return nil, err
	}
	b.log.Info("socket is open")
	b.problems.set(theSocket, "")
	b.sockets.Add(1)
	why := make(chan error, 1)
	closing, leave := context.WithCancel(ctx)
	open.Go(func() {
		<-closing.Done()
		s.Close()
	})
	open.Go(func() {
		defer leave()
		defer b.sockets.Add(-1)
		b.hear(s, why, leave)
	})
	return why, nil
}

// hear reads a socket to its end.
func (b *Bot) hear(s *slack.Socket, why chan<- error, leave func()) {
	tell := func(err error) {
		select {
		case why <- err:
		default: // told already
		}
	}
	var timer *time.Timer
	defer func() {
		if timer != nil {
			timer.Stop()
		}
	}()
	for {
		e, err := s.Read()
		if err != nil {
			tell(err)
			return
		}
		if e.Type != slack.EnvelopeDisconnect {
			b.envelope(s, e)
			continue
		}
		if e.Reason == slack.ReasonDisabled {
			tell(errDisabled)
			return
		}
		tell(errRefresh)
		if timer == nil {
			timer = time.AfterFunc(lingering, leave)
		}
	}
}

// envelope hands in what came, and confirms it when it is stored. What is not confirmed comes again.
func (b *Bot) envelope(s *slack.Socket, e slack.Envelope) {
	a, err := b.unpack(e)
	switch {
	case err != nil:
		b.metrics.Count(office.ResultPoison)
		b.log.Error("what Slack has sent cannot be read and is skipped", zap.Error(err))
	case a.do == nil:
		b.log.Debug("envelope ignored", zap.String("type", e.Type))
	default:
		// The place in the lane is taken here, in the order of coming.
		b.receiveThen(b.alive, a, func(err error) {
			if err == nil {
				b.confirm(s, e.ID)
			}
		})
		return
	}
	if e.ID != "" {
		b.confirm(s, e.ID)
	}
}

func (b *Bot) confirm(s *slack.Socket, envelopeID string) {
	if err := s.Ack(envelopeID); err != nil {
		b.log.Warn("what is stored could not be confirmed, and will come again", zap.Error(err))
	}
}

func (b *Bot) unpack(e slack.Envelope) (arrival, error) {
	switch e.Type {
	case slack.EnvelopeEvent:
		c, err := slack.DecodeCallback(e.Payload)
		if err != nil {
			return arrival{}, err
		}
		return b.event(c), nil
	case slack.EnvelopeInteractive:
		i, err := slack.DecodeInteraction(e.Payload)
		if err != nil {
			return arrival{}, err
		}
		return b.interaction(i), nil
	case slack.EnvelopeCommand:
		c, err := slack.DecodeCommand(e.Payload)
		if err != nil {
			return arrival{}, err
		}
		return b.slash(c), nil
	}
	return arrival{}, nil
}

// pause is the delay, or what Slack asks for.
func pause(err error, delay time.Duration) time.Duration {
	if limited, ok := errors.AsType[*slack.Error](err); ok && limited.RetryAfter > delay {
		return limited.RetryAfter
	}
	return delay
}

// sleep waits, and tells whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
