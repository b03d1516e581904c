package team

import (
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// Action is what a call of Bellhop's is for.
type Action string

// The actions. Platforms make one call for several of them: Slack posts to open a thread, and edits to close one.
const (
	Anything  Action = ""
	Opening   Action = "open"
	Posting   Action = "post"
	Editing   Action = "edit"
	Deleting  Action = "delete"
	Closing   Action = "close"
	Reopening Action = "reopen"
	Attaching Action = "attach"
)

// Trouble is what goes wrong with Bellhop's calls.
type Trouble struct {
	// With is which calls; Thread narrows them to a thread.
	With   Action
	Thread string
	// Nth begins with the nth of them, Times bounds how many; Chance lets it happen to some, from 0 (always) to 1.
	Nth, Times int
	Chance     float64

	// Latency comes before the call does anything. Hang holds it until the disturbance is ended.
	Latency time.Duration
	Hang    bool
	// Cut breaks the connection before the call did anything; Unanswered after it did.
	Cut, Unanswered bool
	// Status is answered instead; After goes with 429.
	Status int
	After  time.Duration
}

// Mishap is what goes wrong with the ways on which Bellhop is told that a person has written.
type Mishap struct {
	// Times bounds how many messages are met; 0 for no bound.
	Times int
	// Copies come again, so many of each.
	Copies int
	// AckLost: Bellhop's yes is lost, so the message comes again.
	AckLost bool
	// Forged: a copy that nobody may believe comes first, in a way that the platform's simulator knows.
	Forged string
	// Delay holds it back.
	Delay time.Duration
}

// Disturbance is a Trouble or a Mishap that is on.
type Disturbance interface {
	// Hits counts the calls that it has met.
	Hits() int
	// End ends it, and lets go what hangs.
	End()
}

// fault is the trouble for the simulators that share one kind of faults.
func (t Trouble) fault(method string) fault.Fault {
	f := fault.Fault{
		Method: method, Place: t.Thread, Nth: t.Nth, Times: t.Times, Probability: t.Chance, Latency: t.Latency, Hang: t.Hang,
		Status: t.Status, RetryAfter: t.After,
	}
	switch {
	case t.Cut:
		f.Reset = fault.ResetBefore
	case t.Unanswered:
		f.Reset = fault.ResetAfter
	}
	return f
}

// delivery is the mishap for the simulators that share one kind of faults.
func (m Mishap) delivery(kind string) fault.Delivery {
	return fault.Delivery{Kind: kind, Times: m.Times, Duplicate: m.Copies, DropAck: m.AckLost, Forge: m.Forged, Delay: m.Delay}
}

// disturbance is one of a simulator's faults, which may be one for each of several methods.
type disturbance struct {
	ids     []int
	hits    func(id int) int
	release func(id int)
}

func (d disturbance) Hits() (n int) {
	for _, id := range d.ids {
		n += d.hits(id)
	}
	return n
}

func (d disturbance) End() {
	for _, id := range d.ids {
		d.release(id)
	}
}
