package telegram

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/label"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

const (
	// waitingAnswers is how many answers may wait; more would come too late to be understood.
	waitingAnswers = 64
	// answerTimeout bounds one answer.
	answerTimeout = 10 * time.Second
	// budgetWindow is the time that a share of the budget is for.
	budgetWindow = time.Minute
)

// What a gesture gets that isn't answered in words. All are on Telegram's list of reactions.
const (
	reactionDone    = "👌"
	reactionRefused = "🤔"
	reactionNoted   = "✍"
)

var reactions = map[office.Mark]string{office.Done: reactionDone, office.Refused: reactionRefused, office.Noted: reactionNoted}

// answer is a short text to the operator who typed something.
type answer struct {
	office.Answer
	to intent
	// late: it has waited once for its share of the budget.
	late bool
}

// answerer sends answers beside the receiving, best effort: the facts are stored, and an answer that is lost loses nothing.
type answerer struct {
	client  *telegram.Client
	shares  telegram.Shares
	metrics *office.Metrics
	log     *zap.Logger
	queue   chan answer
	now     func() time.Time
	after   func(time.Duration, func())

	mu     sync.Mutex
	sent   map[int64][]time.Time // by chat, within the window
	frozen map[int64]time.Time   // by chat, until when
}

func newAnswerer(client *telegram.Client, shares telegram.Shares, metrics *office.Metrics, log *zap.Logger) *answerer {
	return &answerer{
		client: client, shares: shares, metrics: metrics, log: log, queue: make(chan answer, waitingAnswers), now: time.Now,
		after: func(d time.Duration, do func()) { time.AfterFunc(d, do) },
		sent:  map[int64][]time.Time{}, frozen: map[int64]time.Time{},
	}
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

// give answers in words if the share of the chat's budget allows it, else by a reaction, which costs none. Words that were asked for
// follow when there is a share again. While Telegram wants to hear nothing of the chat, a reaction would be refused too: all waits.
func (a *answerer) give(ctx context.Context, one answer) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if one.to.press != "" {
		a.release(ctx, one)
		return
	}
	chat := one.to.place.Chat
	if wait := a.frozenFor(chat); wait > 0 {
		a.later(one, wait)
		return
	}
	short := one.Text != "" && !a.take(chat)
	if one.Text != "" && !short {
		// Verbatim: an answer may quote what a visitor says to be called.
		text := new(telegram.Text).Verbatim(clip(one.Text))
		_, err := a.client.SendMessage(ctx, telegram.Outgoing{
			Place: one.to.place, Text: text.String(), Entities: text.Entities(), ReplyTo: one.to.message, Silent: true,
		})
		switch kind := telegram.KindOf(err); kind {
		case telegram.KindNone, telegram.KindUnknown:
			// Of an unknown outcome no second copy is sent.
			a.metrics.Answered("text")
			return
		case telegram.KindRateLimited:
			a.freeze(chat, err)
			a.later(one, a.frozenFor(chat))
			return
		default:
			a.log.Warn("operator could not be answered", zap.Stringer("kind", kind), zap.Error(err))
		}
	}
	a.react(ctx, one)
	if short && one.Asked && !one.late {
		a.later(one, a.spentFor(chat))
	}
}

// later gives an answer once more after a while. One that has waited before is given up: nobody would understand it any more.
func (a *answerer) later(one answer, wait time.Duration) {
	if one.late {
		a.metrics.Answered("dropped")
		return
	}
	one.late = true
	a.after(wait, func() { a.ask(one) })
}

// maxToast is the longest answer to a press, in code points. https://core.telegram.org/bots/api#answercallbackquery
const maxToast = 200

// release ends the waiting of whoever has pressed a button, and shows the answer for a moment. It costs nothing of the budget.
func (a *answerer) release(ctx context.Context, one answer) {
	err := a.client.AnswerCallbackQuery(ctx, one.to.press, label.Clip(one.Text, maxToast))
	if kind := telegram.KindOf(err); kind != telegram.KindNone && kind != telegram.KindDone {
		a.metrics.Answered("dropped")
		a.log.Warn("a pressed button could not be answered", zap.Stringer("kind", kind), zap.Error(err))
		return
	}
	a.metrics.Answered("toast")
}

// clip keeps an answer within one message.
func clip(text string) string {
	if runes := []rune(text); len(runes) > telegram.MaxText {
		return string(runes[:telegram.MaxText])
	}
	return text
}

func (a *answerer) react(ctx context.Context, one answer) {
	at := telegram.MessageRef{Chat: one.to.place.Chat, ID: one.to.message}
	if err := a.client.SetMessageReaction(ctx, at, reactions[one.Mark]); err != nil {
		a.freeze(at.Chat, err)
		a.metrics.Answered("dropped")
		a.log.Warn("operator got no reaction either", zap.Error(err))
		return
	}
	a.metrics.Answered("reaction")
}
