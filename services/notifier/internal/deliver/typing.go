package deliver

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

const (
	// typingAhead is how long before a platform's sign of typing fades it is renewed.
	typingAhead = time.Second
	// typingTimeout bounds the call: later it would not be true any more.
	typingTimeout = 3 * time.Second
	// typingQueue is how many may wait for the call before; the rest is dropped.
	typingQueue = 16
)

// typingSignal is the payload of the signal typing. Whoever sends none of it is a visitor who types.
type typingSignal struct {
	Sender   string `json:"sender"`
	IsTyping *bool  `json:"isTyping"`
}

// hearTyping shows on the platform that visitors are typing, as far as it costs nothing: only in threads that are known here, one
// call at a time, and none while anything is wrong. The function it returns ends it, and waits for the call that is running.
func (e *Engine) hearTyping(ctx context.Context, b *bus.Bus) (stop func(), err error) {
	places := make(chan Place, typingQueue)
	unsubscribe, err := b.OnSignal("typing", func(p id.Project, s id.Session, payload []byte) {
		if e.Project != "" && p != e.Project {
			return
		}
		if place, ok := e.types(laneKey{p, s}, payload); ok {
			select {
			case places <- place:
			default:
			}
		}
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { e.showTyping(ctx, places) })
	return func() {
		unsubscribe()
		cancel()
		wg.Wait()
	}, nil
}

// types tells where a signal is to be shown, if anywhere.
func (e *Engine) types(k laneKey, payload []byte) (Place, bool) {
	var signal typingSignal
	if json.Unmarshal(payload, &signal) != nil || signal.Sender != "" && signal.Sender != senderVisitor ||
		signal.IsTyping != nil && !*signal.IsTyping {
		return Place{}, false
	}
	return e.lanes.typing(k, e.Platform.TypingLasts()-typingAhead)
}

func (e *Engine) showTyping(ctx context.Context, places <-chan Place) {
	// Chat actions have a limit of their own, which nobody has published; once a second was never refused.
	limit := rate.NewLimiter(1, 3)
	for {
		select {
		case <-ctx.Done():
			return
		case place := <-places:
			if !limit.Allow() || e.circuit.isOpen() || e.Pacer.Frozen(e.Platform.Account(place)) {
				continue
			}
			call, cancel := context.WithTimeout(ctx, typingTimeout)
			failed := failureOf(e.Platform.Typing(call, place))
			cancel()
			e.Metrics.called("typing", failed)
			if failed != nil && failed.Kind == RateLimited {
				e.Pacer.Freeze(e.Platform.Account(place), failed.After)
			}
		}
	}
}
