package fault

import (
	"slices"
	"strings"
	"time"
)

// ResetWhen says on which side of a call's effect the connection breaks.
type ResetWhen string

// When a connection is reset.
const (
	ResetBefore ResetWhen = "before" // nothing happened
	ResetAfter  ResetWhen = "after"  // it happened, and the answer is lost
)

// Fault is a disturbance of incoming requests. The first fault that matches a request is applied to it.
type Fault struct {
	ID    int    `json:"id"`              // given by the book
	Label string `json:"label,omitempty"` // for whoever set it

	// Which requests: all set conditions must hold.
	Method      string  `json:"method,omitempty"`      // "" any, case ignored
	Place       string  `json:"place,omitempty"`       // a channel, thread or chat that the request is about; "" any
	Nth         int     `json:"nth,omitempty"`         // from the nth matching request on; 0 and 1 are the first
	Times       int     `json:"times,omitempty"`       // how often; 0 until it is removed
	Probability float64 `json:"probability,omitempty"` // 0 means always

	// What happens to them.
	Latency     time.Duration `json:"latencyNs,omitempty"` // before anything else, on the simulator's clock
	Hang        bool          `json:"hang,omitempty"`      // until Remove(ID), then it goes on normally
	Reset       ResetWhen     `json:"reset,omitempty"`
	Status      int           `json:"status,omitempty"`       // answered instead of running the call
	RetryAfter  time.Duration `json:"retryAfterNs,omitempty"` // with Status 429
	Scope       string        `json:"scope,omitempty"`        // with Status 429: what is frozen, in the platform's words
	Code        string        `json:"code,omitempty"`         // the platform's own error code; "" is a fitting one
	Description string        `json:"description,omitempty"`  // the platform's own error text; "" is a fitting one
	Location    string        `json:"location,omitempty"`     // with a 3xx
	AfterEffect bool          `json:"afterEffect,omitempty"`  // Status is answered after the call took effect
	Truncate    bool          `json:"truncate,omitempty"`     // half of the body
	SlowBody    time.Duration `json:"slowBodyNs,omitempty"`   // between the two halves of the answer
	ContentType string        `json:"contentType,omitempty"`  // instead of the right one

	// State, kept by the book.
	Seen int `json:"seen"` // requests that matched
	Hits int `json:"hits"` // requests that were disturbed

	released chan struct{}
}

func (f *Fault) meets(method string, places []string) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, method)) &&
		(f.Place == "" || slices.Contains(places, f.Place))
}

// Delivery is a disturbance of what the platform sends by itself: events, webhooks, interactions.
type Delivery struct {
	ID    int    `json:"id"` // given by the book
	Label string `json:"label,omitempty"`
	Kind  string `json:"kind,omitempty"` // of event, in the platform's words; "" any

	Nth         int     `json:"nth,omitempty"`
	Times       int     `json:"times,omitempty"`
	Probability float64 `json:"probability,omitempty"`

	Duplicate int           `json:"duplicate,omitempty"` // so many copies more
	Delay     time.Duration `json:"delayNs,omitempty"`   // on the simulator's clock
	Lose      bool          `json:"lose,omitempty"`
	DropAck   bool          `json:"dropAck,omitempty"` // the receiver's yes is treated as lost
	Forge     string        `json:"forge,omitempty"`   // sends a forged copy first; the platform says which forgeries it knows

	Seen int `json:"seen"`
	Hits int `json:"hits"`
}
