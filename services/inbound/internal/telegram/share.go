package telegram

import (
	"errors"
	"time"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
)

// take uses one of the chat's share of any window, if one is left.
func (a *answerer) take(chat int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if a.shares.Unlimited {
		return true
	}
	recent := a.sent[chat][:0]
	for _, at := range a.sent[chat] {
		if now.Sub(at) < budgetWindow {
			recent = append(recent, at)
		}
	}
	a.sent[chat] = recent
	if len(recent) >= a.shares.Inbound {
		return false
	}
	a.sent[chat] = append(recent, now)
	return true
}

// spentFor is how long the chat's share will stay used up.
func (a *answerer) spentFor(chat int64) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if sent := a.sent[chat]; len(sent) > 0 {
		return max(0, sent[0].Add(budgetWindow).Sub(a.now()))
	}
	return 0
}

// frozenFor is how long Telegram wants to hear nothing of the chat.
func (a *answerer) frozenFor(chat int64) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return max(0, a.frozen[chat].Sub(a.now()))
}

func (a *answerer) freeze(chat int64, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if limited, ok := errors.AsType[*telegram.Error](err); ok {
		a.frozen[chat] = a.now().Add(limited.RetryAfter)
	}
}
