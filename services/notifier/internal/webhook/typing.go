package webhook

import (
	"cmp"
	"context"
	"encoding/json"
	"sync"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
)

// typingQueue is how many may wait for the call before; the rest is dropped.
const typingQueue = 16

// hearTyping tells a destination that wants to know it that operators type: at most once each, one call at a time, and not while
// anything is wrong. The function it returns ends it, and waits for the call that is running.
func (e *engine) hearTyping(ctx context.Context) (stop func(), err error) {
	if !e.Destination.typing {
		return func() {}, nil
	}
	signals := make(chan typing, typingQueue)
	unsubscribe, err := e.bus.OnSignal("typing", func(p id.Project, s id.Session, payload []byte) {
		if e.Destination.Project != "" && p != e.Destination.Project {
			return
		}
		if signal, ok := typingOf(s, payload); ok && !e.failing.Load() {
			signal.project = p
			select {
			case signals <- signal:
			default:
			}
		}
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { e.tellTyping(ctx, signals) })
	return func() {
		unsubscribe()
		cancel()
		wg.Wait()
	}, nil
}

// typing is one signal.
type typing struct {
	project id.Project
	session id.Session
	said    wire.OperatorTyping
}

// typingOf reads a signal; false when it is not an operator's.
func typingOf(s id.Session, payload []byte) (typing, bool) {
	var signal struct {
		Sender   string `json:"sender"`
		IsTyping bool   `json:"isTyping"`
		Platform string `json:"platform"`
	}
	if json.Unmarshal(payload, &signal) != nil || signal.Sender != "operator" && signal.Sender != "ai" {
		return typing{}, false
	}
	return typing{session: s, said: wire.OperatorTyping{Type: wire.KindOperatorTyping, IsTyping: signal.IsTyping, SourceBridge: signal.Platform}}, true
}

func (e *engine) tellTyping(ctx context.Context, signals <-chan typing) {
	for {
		select {
		case <-ctx.Done():
			return
		case signal := <-signals:
			shown, err := e.shown(ctx, bus.Event{Project: signal.project, Session: signal.session})
			if err != nil {
				continue
			}
			signal.said.SessionID = cmp.Or(shown, string(signal.session))
			header, body, err := e.Destination.letter(string(id.NewMessage()), wire.KindOperatorTyping, signal.said, e.Clock.Now())
			if err == nil {
				_ = e.Destination.client.post(ctx, header, body) // it would not be true any more when it is tried again
			}
		}
	}
}

// Test sends an event of the type test; its error says why the receiver has not taken it.
func (d *Destination) Test(ctx context.Context) error {
	data := struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}{"test", "Bellhop reaches this address."}
	header, body, err := d.letter("test_"+string(id.NewMessage()), "test", data, wallClock{}.Now())
	if err != nil {
		return bus.Permanent(err)
	}
	return d.client.post(ctx, header, body)
}
