package webhook

import (
	"time"

	"go.uber.org/zap"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Options are what a destination is served with.
type Options struct {
	Destination *Destination
	Sessions    sessionsv1.SessionsClient
	Log         *zap.Logger
	Metrics     *Metrics
	// Link is where a file of a message can be fetched; empty for nowhere. Without it files are only named.
	Link func(a *bellhopv1.Attachment) string
	// Tell is told what is wrong with the receiver, "" for nothing; it may be nil.
	Tell func(problem string)
	// Clock is the wall's unless it is set.
	Clock Clock
	// Poll is how often it is looked whether a disabled destination was enabled; 10 seconds.
	Poll time.Duration
	// ackWait is the bus's default unless it is set.
	ackWait time.Duration
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = wallClock{}
	}
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	if o.Poll == 0 {
		o.Poll = 10 * time.Second
	}
	return o
}
