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
	if now.Before(a.frozen[chat]) {
		return false
	}
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

// free is how long the chat has no share, as far as is known.
func (a *answerer) free(chat int64) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	wait := a.frozen[chat].Sub(now)
	if sent := a.sent[chat]; len(sent) > 0 && !a.shares.Unlimited && len(sent) >= a.shares.Inbound {
		wait = max(wait, sent[0].Add(budgetWindow).Sub(now))
	}
	return max(wait, 0)
}

func (a *answerer) freeze(chat int64, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if limited, ok := errors.AsType[*telegram.Error](err); ok {
		a.frozen[chat] = a.now().Add(limited.RetryAfter)
	}
}
