package absence

import (
	"context"
	"time"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// decideTimeout bounds what a decision waits for besides the other gateways.
const decideTimeout = 10 * time.Second

// decide says that a visitor left, if he did and somebody may want to know: of one who has only looked, whom the team refuses, or
// whose conversation is closed, nobody does.
func (w *Watch) decide(key session.Key, l *leaving) {
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.drop(key, l)
	}()
	if !w.still(key, l) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), decideTimeout)
	defer cancel()
	entry, refusal := w.Intake.Find(ctx, string(key.Session))
	if refusal != nil || entry.Visit() || entry.Blocked() || entry.Closed() {
		return
	}
	w.signal(key, questionNoun, question{Gateway: w.self, Age: time.Since(l.began).Milliseconds()})
	select {
	case <-l.back:
		return
	case <-time.After(w.answer()):
	}
	if w.still(key, l) {
		_ = w.Intake.Note(ctx, entry, fact.Left(entry, l.Stay, l.Reason, fact.Now())) // Note has logged it; nobody waits for it
	}
}
