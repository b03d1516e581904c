package bus

import (
	"context"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// Signal tells whoever listens something that is not worth storing, for example that a visitor is typing. The payload is
// JSON. It may be lost.
func (b *Bus) Signal(p id.Project, s id.Session, noun string, payload []byte) error {
	if err := b.nc.Publish(signalSubject(p, s, noun), payload); err != nil {
		return fmt.Errorf("%w: signal %s: %w", ErrUnavailable, noun, err)
	}
	return nil
}

// SignalHandler gets one signal.
type SignalHandler func(p id.Project, s id.Session, payload []byte)

// OnSignal calls fn for every signal of a noun, one after another, until the returned function is called. What is signalled
// after it has returned is heard.
func (b *Bus) OnSignal(noun string, fn SignalHandler) (stop func(), err error) {
	sub, err := b.nc.Subscribe(signalFilter(noun), func(msg *nats.Msg) {
		project, session, err := parseSignal(msg.Subject)
		if err == nil { // anything else was published by somebody who does not know the subjects
			fn(project, session, msg.Data)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("%w: hear %s: %w", ErrUnavailable, noun, err)
	}
	b.settleIn()
	return func() { _ = sub.Unsubscribe() }, nil // fails only when the connection is closed already
}

// settleIn waits until the server has taken a subscription. With the link down it is taken when the link comes back.
func (b *Bus) settleIn() { _ = b.Ping(context.Background()) }

func parseSignal(subject string) (id.Project, id.Session, error) {
	k, err := parseTail(strings.TrimPrefix(subject, signalPrefix) + ".signal")
	return k.project, k.session, err
}
