package telegram

import (
	"slices"
	"time"
)

// Delivery is one attempt to bring an update to the webhook.
type Delivery struct {
	At       time.Time     `json:"at"`
	UpdateID int64         `json:"updateId"`
	Kind     string        `json:"kind"`
	Attempt  int           `json:"attempt"` // 1 is the first
	Status   int           `json:"status"`  // 0: no answer
	Error    string        `json:"error,omitempty"`
	Answer   string        `json:"answer,omitempty"`
	Latency  time.Duration `json:"latencyNs"`
	Forged   bool          `json:"forged,omitempty"`   // sent with a tampered secret
	Accepted bool          `json:"accepted,omitempty"` // 2xx; of a forged one, a fault of the receiver
	Dropped  bool          `json:"dropped,omitempty"`  // its 2xx was treated as lost
}

// DeliveryFault is a disturbance of outgoing updates.
type DeliveryFault struct {
	ID   int    `json:"id"`             // given by the simulator
	Kind string `json:"kind,omitempty"` // update kind, as "message"; "" any

	Nth         int     `json:"nth,omitempty"`
	Times       int     `json:"times,omitempty"`
	Probability float64 `json:"probability,omitempty"`

	Duplicate int           `json:"duplicate,omitempty"` // so many copies more, with the same update_id
	Delay     time.Duration `json:"delayNs,omitempty"`   // holds back the update and what comes after it in its queue
	Lose      bool          `json:"lose,omitempty"`      // as if it had expired
	DropAck   bool          `json:"dropAck,omitempty"`   // webhook: the 2xx is lost, so the update comes again
	Secret    string        `json:"secret,omitempty"`    // webhook: "missing" or "wrong", once more and before the genuine one

	Seen int `json:"seen"`
	Hits int `json:"hits"`
}

// DisturbDelivery adds a disturbance of outgoing updates and returns its id. Release and ClearFaults remove it.
func (s *Server) DisturbDelivery(f DeliveryFault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.ID, f.Seen, f.Hits = s.faults.next, 0, 0
	s.faults.next++
	s.faults.deliveries = append(s.faults.deliveries, &f)
	s.touch()
	return f.ID
}

// DeliveryFaults lists the delivery faults that are active.
func (s *Server) DeliveryFaults() []DeliveryFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]DeliveryFault, 0, len(s.faults.deliveries))
	for _, f := range s.faults.deliveries {
		out = append(out, *f)
	}
	return out
}

// disturb applies duplication, delay and loss to a new update and returns how many copies to queue. The caller
// holds mu.
func (s *Server) disturb(u *pendingUpdate) (copies int) {
	copies = 1
	for _, f := range s.faults.deliveries {
		if f.DropAck || f.Secret != "" || !s.deliveryDue(f, u) {
			continue
		}
		copies += f.Duplicate
		if f.Delay > 0 {
			u.NotYet = s.clock.Now().Add(f.Delay)
		}
		if f.Lose {
			return 0
		}
	}
	return copies
}

// tamper finds what to do to one webhook delivery. The caller holds mu.
func (s *Server) tamper(u *pendingUpdate) (secret string, dropAck bool) {
	for _, f := range s.faults.deliveries {
		if (f.DropAck || f.Secret != "") && s.deliveryDue(f, u) {
			secret, dropAck = f.Secret, dropAck || f.DropAck
		}
	}
	return secret, dropAck
}

func (s *Server) deliveryDue(f *DeliveryFault, u *pendingUpdate) bool {
	return (f.Kind == "" || f.Kind == u.Kind) && s.due(&f.Seen, &f.Hits, f.Nth, f.Times, f.Probability)
}

// deliveryLog remembers the newest deliveries. Server.mu guards it.
type deliveryLog struct {
	limit int
	kept  []Delivery
}

func newDeliveryLog(limit int) *deliveryLog { return &deliveryLog{limit: limit} }

func (l *deliveryLog) add(d Delivery) {
	l.kept = append(l.kept, d)
	if len(l.kept) >= 2*l.limit {
		l.kept = slices.Clone(l.kept[len(l.kept)-l.limit:])
	}
}

func (l *deliveryLog) list() []Delivery {
	return slices.Clone(l.kept[max(0, len(l.kept)-l.limit):])
}
