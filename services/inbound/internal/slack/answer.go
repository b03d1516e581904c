package slack

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

const (
	// waitingAnswers is how many answers may wait; more would come too late to be understood.
	waitingAnswers = 64
	// answerTimeout bounds one answer.
	answerTimeout = 10 * time.Second
)

// reactions are what a gesture gets that isn't answered in words.
var reactions = map[office.Mark]string{office.Done: "ok_hand", office.Refused: "thinking_face", office.Noted: "memo"}

// answer is a short text to the operator who did something.
type answer struct {
	office.Answer
	to intent
}

// answerer sends answers beside the receiving, best effort: the facts are stored, and an answer that is lost loses nothing.
type answerer struct {
	client  *slack.Client
	metrics *office.Metrics
	log     *zap.Logger
	queue   chan answer
}

func newAnswerer(client *slack.Client, metrics *office.Metrics, log *zap.Logger) *answerer {
	return &answerer{client: client, metrics: metrics, log: log, queue: make(chan answer, waitingAnswers)}
}

// ask queues an answer; it never blocks.
func (a *answerer) ask(one answer) {
	if one.Empty() {
		return
	}
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
			return a.drain(context.WithoutCancel(ctx))
		}
	}
}

func (a *answerer) drain(ctx context.Context) error {
	for {
		select {
		case one := <-a.queue:
			a.give(ctx, one)
		default:
			return nil
		}
	}
}

// give answers in words that only the operator sees, or else by a reaction. Both have limits of their own, which people don't reach.
func (a *answerer) give(ctx context.Context, one answer) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if one.Text != "" {
		switch kind := a.say(ctx, one); kind {
		case slack.KindNone, slack.KindUnknown:
			// Of an unknown outcome no second copy is sent.
			a.metrics.Answered("text")
			return
		default:
			a.log.Warn("operator could not be answered", zap.Stringer("kind", kind))
		}
	}
	a.react(ctx, one)
}

func (a *answerer) say(ctx context.Context, one answer) slack.Kind {
	// Verbatim: an answer may quote what a visitor says to be called.
	content := new(slack.Text).Verbatim(one.Text).Content()
	if one.to.respondAt != "" {
		return slack.KindOf(a.client.Respond(ctx, one.to.respondAt, slack.Response{Content: content}))
	}
	g := one.to.gesture
	return slack.KindOf(a.client.PostEphemeral(ctx, slack.Place{Channel: g.Chat, Thread: g.Thread}, one.to.userID, content))
}

func (a *answerer) react(ctx context.Context, one answer) {
	g, name := one.to.gesture, reactions[one.Mark]
	if g.MessageID == "" || name == "" {
		a.metrics.Answered("dropped")
		return
	}
	if err := a.client.React(ctx, slack.Ref{Channel: g.Chat, TS: g.MessageID}, name); err != nil {
		a.metrics.Answered("dropped")
		a.log.Warn("operator got no reaction either", zap.Error(err))
		return
	}
	a.metrics.Answered("reaction")
}
