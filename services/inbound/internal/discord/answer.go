package discord

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

const (
	// waitingAnswers is how many answers may wait; more would come too late to be understood.
	waitingAnswers = 64
	// answerTimeout bounds one answer.
	answerTimeout = 10 * time.Second
	// patience is the longest pause that Discord may ask for before an answer; later it is a reaction.
	patience = 3 * time.Second
)

// reactions are what a gesture gets that isn't answered in words.
var reactions = map[office.Mark]string{office.Done: "👌", office.Refused: "🤔", office.Noted: "📝"}

// answer is a short text to the operator who wrote something.
type answer struct {
	office.Answer
	thread, message string
}

// answerer sends answers beside the receiving, best effort: the facts are stored, and an answer that is lost loses nothing.
type answerer struct {
	client  *api.Client
	metrics *office.Metrics
	log     *zap.Logger
	queue   chan answer
}

// ask queues an answer; it never blocks.
func (a *answerer) ask(one answer) {
	select {
	case a.queue <- one:
	default:
		a.metrics.Answered("dropped")
	}
}

// run sends until ctx ends, and then what is queued already.
func (a *answerer) run(ctx context.Context) error {
	for {
		select {
		case one := <-a.queue:
			a.give(context.WithoutCancel(ctx), one)
		case <-ctx.Done():
			for len(a.queue) > 0 {
				a.give(context.WithoutCancel(ctx), <-a.queue)
			}
			return nil
		}
	}
}

// give answers in words, else by a reaction.
func (a *answerer) give(ctx context.Context, one answer) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if one.Text != "" && a.write(ctx, one) {
		a.metrics.Answered("text")
		return
	}
	emoji := reactions[one.Mark]
	if emoji == "" {
		a.metrics.Answered("dropped")
		return
	}
	if err := a.client.React(ctx, one.thread, one.message, emoji); err != nil {
		a.metrics.Answered("dropped")
		a.log.Warn("operator got no reaction", zap.Stringer("kind", api.KindOf(err)), zap.Error(err))
		return
	}
	a.metrics.Answered("reaction")
}

// write tells whether the text stands, or may.
func (a *answerer) write(ctx context.Context, one answer) bool {
	text := new(api.Text).Verbatim(one.Text).Split(api.MaxContent)
	message := api.NewMessage{
		// An answer may quote what a visitor says to be called: it is escaped.
		Content: text[0], ReplyTo: one.message, Flags: api.SuppressEmbeds | api.SuppressNotifications,
		Nonce: api.Nonce("answer", one.thread, one.message, one.Text),
	}
	_, err := a.client.CreateMessage(ctx, one.thread, message)
	if limited, ok := errors.AsType[*api.Error](err); ok && api.KindOf(err) == api.KindRateLimited && limited.RetryAfter() <= patience {
		if sleep(ctx, limited.RetryAfter()) {
			_, err = a.client.CreateMessage(ctx, one.thread, message)
		}
	}
	switch kind := api.KindOf(err); kind {
	case api.KindNone, api.KindUnknown: // of an unknown outcome no second copy is sent
		return true
	default:
		a.log.Warn("operator could not be answered", zap.Stringer("kind", kind), zap.Error(err))
		return false
	}
}
