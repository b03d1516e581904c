package telegram

import (
	"cmp"
	"strings"
	"time"
)

// ResetWhen says on which side of a method's effect the connection breaks.
type ResetWhen string

// When a connection is reset.
const (
	ResetBefore ResetWhen = "before" // nothing happened
	ResetAfter  ResetWhen = "after"  // it happened, and the answer is lost
)

// Fault is a disturbance of incoming requests. The first fault that matches a request is applied to it.
type Fault struct {
	ID    int    `json:"id"`              // given by the simulator
	Label string `json:"label,omitempty"` // for whoever set it

	// Which requests: all set conditions must hold.
	Method      string  `json:"method,omitempty"`      // "" any, case ignored
	ChatID      int64   `json:"chatId,omitempty"`      // 0 any
	TopicID     int64   `json:"topicId,omitempty"`     // 0 any
	Nth         int     `json:"nth,omitempty"`         // from the nth matching request on; 0 and 1 are the first
	Times       int     `json:"times,omitempty"`       // how often; 0 until it is removed
	Probability float64 `json:"probability,omitempty"` // 0 means always

	// What happens to them.
	Latency     time.Duration `json:"latencyNs,omitempty"` // before anything else, on the simulator's clock
	Hang        bool          `json:"hang,omitempty"`      // until Release(ID), then it goes on normally
	Reset       ResetWhen     `json:"reset,omitempty"`
	Status      int           `json:"status,omitempty"`      // answered instead of running the method
	RetryAfter  int           `json:"retryAfter,omitempty"`  // seconds; with Status 429
	WholeBot    bool          `json:"wholeBot,omitempty"`    // a 429 freezes all chats and not only the request's
	Description string        `json:"description,omitempty"` // with a 4xx; "" is a fitting one
	AfterEffect bool          `json:"afterEffect,omitempty"` // Status is answered after the method took effect
	Truncate    bool          `json:"truncate,omitempty"`    // half of the JSON
	SlowBody    time.Duration `json:"slowBodyNs,omitempty"`  // between the two halves of the answer
	ContentType string        `json:"contentType,omitempty"` // instead of application/json

	// State, kept by the simulator.
	Seen int `json:"seen"` // requests that matched
	Hits int `json:"hits"` // requests that were disturbed

	released chan struct{}
}

// faultBook holds the active faults. Server.mu guards it.
type faultBook struct {
	next       int
	faults     []*Fault
	deliveries []*DeliveryFault
}

func newFaultBook() *faultBook { return &faultBook{next: 1} }

// Fault adds a disturbance and returns its id.
func (s *Server) Fault(f Fault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.ID, f.Seen, f.Hits = s.faults.next, 0, 0
	f.released = make(chan struct{})
	s.faults.next++
	s.faults.faults = append(s.faults.faults, &f)
	s.touch()
	return f.ID
}

// Faults lists the request faults that are active.
func (s *Server) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Fault, 0, len(s.faults.faults))
	for _, f := range s.faults.faults {
		out = append(out, *f)
	}
	return out
}

// Release lets the requests go that hang on a fault, and removes it.
func (s *Server) Release(id int) { s.removeFaults(func(f int) bool { return f == id }) }

// ClearFaults removes every fault, releasing what hangs.
func (s *Server) ClearFaults() { s.removeFaults(func(int) bool { return true }) }

func (s *Server) removeFaults(gone func(id int) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var faults []*Fault
	for _, f := range s.faults.faults {
		if gone(f.ID) {
			close(f.released)
		} else {
			faults = append(faults, f)
		}
	}
	var deliveries []*DeliveryFault
	for _, f := range s.faults.deliveries {
		if !gone(f.ID) {
			deliveries = append(deliveries, f)
		}
	}
	s.faults.faults, s.faults.deliveries = faults, deliveries
	s.touch()
}

// matchFault finds the fault for a request and counts it.
func (s *Server) matchFault(r *Request, p *params) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat, _ := p.int("chat_id")
	topic, _ := p.int("message_thread_id")
	for _, f := range s.faults.faults {
		if !f.matches(r.Method, chat, topic) || !s.due(&f.Seen, &f.Hits, f.Nth, f.Times, f.Probability) {
			continue
		}
		r.Faults = append(r.Faults, f.ID)
		s.touch()
		return *f, true
	}
	return Fault{}, false
}

func (f *Fault) matches(method string, chat, topic int64) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, method)) &&
		cmp.Or(f.ChatID, chat) == chat && cmp.Or(f.TopicID, topic) == topic
}

// due counts one match of a fault and says whether it strikes. The caller holds mu.
func (s *Server) due(seen, hits *int, nth, times int, probability float64) bool {
	*seen++
	if *seen < nth || times > 0 && *hits >= times {
		return false
	}
	if probability > 0 && s.rng.Float64() >= probability {
		return false
	}
	*hits++
	return true
}
