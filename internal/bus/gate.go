package bus

import (
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// orphanSlack is how much later than at the end of its ack wait a delivery may come again.
const orphanSlack = time.Second

// gate holds an ordered consumer's lanes back while deliveries are missing. The server counts what it delivers, and counts
// on for a successor: a count that does not join on to the last one shows that a broken link has lost something, and what a
// predecessor left unsettled is known at the start. All of that is delivered again when its ack wait is over; whatever came
// after it must not be handed over before.
//
// A nil gate is always open.
type gate struct {
	// wait is how long the gate stays shut when nothing opens it before.
	wait time.Duration

	mu    sync.Mutex
	begun bool
	// last is the count of the newest delivery.
	last uint64
	// orphans is how much of what a predecessor was given, up to the stream sequence through, has not come again yet.
	orphans int
	through uint64
	// opened is closed when the gate opens, which the timer does at until; nil while it is open.
	opened chan struct{}
	until  time.Time
	timer  *time.Timer
}

// begin tells the state of the consumer before a subscription.
func (l *lanes) begin(info *jetstream.ConsumerInfo) {
	g := l.gate
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.begun && info.Delivered.Consumer < g.last: // made anew
		g.last = info.Delivered.Consumer
	case !g.begun:
		g.begun, g.last = true, info.Delivered.Consumer
		if info.NumAckPending > 0 {
			g.orphans, g.through = info.NumAckPending, info.Delivered.Stream
			g.close()
		}
	}
}

// note looks at a delivery, before it is put into its lane.
func (g *gate) note(meta *jetstream.MsgMetadata) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	joins := meta.Sequence.Consumer == g.last+1
	g.last = meta.Sequence.Consumer
	switch {
	case !joins:
		g.orphans = 0 // nobody knows how many now: time alone opens it
		g.close()
	case g.orphans > 0 && meta.NumDelivered > 1 && meta.Sequence.Stream <= g.through:
		if g.orphans--; g.orphans == 0 {
			g.open()
		}
	}
}

// shut answers what is closed when the gate opens; nil when it is open.
func (g *gate) shut() <-chan struct{} {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened == nil {
		return nil
	}
	return g.opened
}

// close shuts the gate, or keeps it shut longer.
func (g *gate) close() {
	g.until = time.Now().Add(g.wait)
	if g.opened != nil {
		return
	}
	g.opened = make(chan struct{})
	g.timer = time.AfterFunc(g.wait, g.due)
}

// due opens the gate when it was not shut anew meanwhile.
func (g *gate) due() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened == nil {
		return
	}
	if left := time.Until(g.until); left > 0 {
		g.timer.Reset(left)
		return
	}
	g.open()
}

func (g *gate) open() {
	g.timer.Stop()
	close(g.opened)
	g.opened = nil
}

// stop ends the timer.
func (g *gate) stop() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened != nil {
		g.timer.Stop()
	}
}
