package discord

import (
	"slices"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// Delivery is one request to the interactions endpoint.
type Delivery struct {
	At          time.Time     `json:"at"`
	Kind        string        `json:"kind"` // ping, command, component
	Interaction string        `json:"interaction,omitempty"`
	Status      int           `json:"status"` // 0: no answer
	Error       string        `json:"error,omitempty"`
	Answer      string        `json:"answer,omitempty"`
	Latency     time.Duration `json:"latencyNs"`
	Forged      string        `json:"forged,omitempty"` // how the signature was spoilt; "" is a genuine one
	// Good says whether the receiver did right: 2xx to a genuine one within 3 s, 401 to a forged one.
	Good bool `json:"good"`
	Late bool `json:"late,omitempty"`
}

// Forgeries that fault.Delivery.Forge knows, for interactions that go to an endpoint.
const (
	ForgeMissing   = "missing"   // no signature headers
	ForgeWrong     = "wrong"     // signed with another key
	ForgeAltered   = "altered"   // one byte of the body differs
	ForgeStale     = "stale"     // signed genuinely, an hour ago
	ForgeReplayed  = "replayed"  // the very request that was delivered before, once more and after the genuine one
	ForgeMalformed = "malformed" // a signature that is no hex
	ForgeCase      = "case"      // genuine, with header names in odd case; it must be taken
)

// DisturbDelivery adds a disturbance of what the simulator sends by itself, and returns its id. Kind is the name of a gateway
// event (MESSAGE_CREATE); for interactions that go to an endpoint it is INTERACTION_CREATE. ReleaseFault and ClearFaults remove it.
//
// Duplicate sends an event again, with the next sequence number. Delay holds an event back and what comes after it on the
// same connection, because a connection keeps the order. Lose drops an event without a trace. DropAck treats the
// endpoint's answer as lost. Forge is one of the forgeries above.
func (s *Server) DisturbDelivery(d fault.Delivery) int { return s.faults.Disturb(d) }

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
