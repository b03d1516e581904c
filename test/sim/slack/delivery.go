package slack

import (
	"slices"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// Deadline is how long a receiver has to answer (https://docs.slack.dev/apis/events-api#responding).
const Deadline = 3 * time.Second

// Delivery is one attempt to bring something to the app.
type Delivery struct {
	At          time.Time     `json:"at"`
	ID          string        `json:"id"`   // event_id, stable over retries; trigger_id of interactions and commands
	Kind        string        `json:"kind"` // message, message_changed, reaction_added, block_actions, slash_command, …
	Via         string        `json:"via"`  // http or socket
	To          string        `json:"to"`   // events, interactivity or commands
	Attempt     int           `json:"attempt"`
	RetryReason string        `json:"retryReason,omitempty"`
	Status      int           `json:"status"` // 0: no answer, or a socket
	Error       string        `json:"error,omitempty"`
	Answer      string        `json:"answer,omitempty"`
	Latency     time.Duration `json:"latencyNs"` // the machine's time
	Late        bool          `json:"late,omitempty"`
	Forged      Forgery       `json:"forged,omitempty"`
	Accepted    bool          `json:"accepted,omitempty"` // 2xx, or acknowledged
	Fooled      bool          `json:"fooled,omitempty"`   // accepted although it must be refused
	Dropped     bool          `json:"dropped,omitempty"`  // its yes was treated as lost
	Lost        bool          `json:"lost,omitempty"`     // the last attempt failed: the app never hears of it
	Socket      int           `json:"socket,omitempty"`   // which connection
}

// DeliveryFault is a disturbance of what goes to the app. Kind is Delivery.Kind; Forge is a Forgery that is sent once more and
// before the genuine request.
type DeliveryFault = fault.Delivery

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
	return append([]Delivery{}, l.kept[max(0, len(l.kept)-l.limit):]...)
}

// record logs an attempt.
func (s *Server) record(d Delivery) {
	s.mu.Lock()
	s.posts.add(d)
	s.mu.Unlock()
	s.touch()
}

// markLost marks the last attempt of an event that was given up.
func (l *deliveryLog) markLost(id string) {
	for i := len(l.kept) - 1; i >= 0; i-- {
		if d := &l.kept[i]; d.ID == id && d.Forged == "" {
			d.Lost = true
			return
		}
	}
}
