package pusher

import (
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/hook"
)

const (
	// most is how many events are gathered into one POST, or what the last message has beyond; mostBytes of it end a gathering too.
	most      = hook.Most
	mostBytes = 1 << 20
	// mostMessages is how many messages are read at once whose events nobody wants.
	mostMessages = 1000
)

// told is an event that is to be told, and where it stands: which message of those gathered, and which event of it.
type told struct {
	hook.Event
	message, index int
}

// gathered is what one reading has found.
type gathered struct {
	messages []bus.Hooked
	events   []told
	bytes    int
	// more tells that the bus has something behind it.
	more bool
}

// gather reads on from the receiver's place. What it does not want is passed over.
func (r *relay) gather() (g gathered, err error) {
	err = r.hooks.Read(r.holding, r.Receiver.app(), r.place.Seq, func(m bus.Hooked) bool {
		if g.more = r.full(g); g.more {
			return false
		}
		g.messages, g.bytes = append(g.messages, m), g.bytes+len(m.Payload)
		for i, e := range r.read(m) {
			if r.Receiver.endpoint.wants(e) && (m.Seq != r.place.Part || i >= r.place.Done) {
				g.events = append(g.events, told{e, len(g.messages) - 1, i})
			}
		}
		return true
	})
	if err == nil && len(g.events) == 0 && len(g.messages) > 0 {
		r.place.Seq = g.messages[len(g.messages)-1].Seq // noted with the next that is told
	}
	return g, err
}

// full tells that enough was gathered.
func (r *relay) full(g gathered) bool {
	return len(g.messages) >= mostMessages || g.bytes >= mostBytes || len(g.events) >= most || r.Receiver.config.Batch == "off" && len(g.events) > 0
}

func (r *relay) read(m bus.Hooked) []hook.Event {
	events, err := hook.Decode(m.Payload)
	if err != nil { // written by somebody who does not know how
		r.Log.Error("something for webhooks cannot be read", zap.Uint64("seq", m.Seq), zap.Error(err))
	}
	return events
}
