package slack

import (
	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// Fault is a disturbance of incoming requests. Method is a method of the Web API, or upload, download, webhook, respond, socket;
// Place a channel id or a ts. With Status 200 and a Code it is a refusal in Slack's usual way; with Status 429 and the Scope
// "workspace" all channels freeze. The first fault that matches a request is applied to it.
type Fault = fault.Fault

// When a connection is reset.
const (
	ResetBefore = fault.ResetBefore // nothing happened
	ResetAfter  = fault.ResetAfter  // it happened, and the answer is lost
)

// Fault adds a disturbance of requests and returns its id.
func (s *Server) Fault(f Fault) int { return s.faults.Add(f) }

// DisturbDelivery adds a disturbance of what goes to the app and returns its id. Release and ClearFaults remove it.
func (s *Server) DisturbDelivery(f DeliveryFault) int { return s.faults.Disturb(f) }

// Faults lists the request faults that are active.
func (s *Server) Faults() []Fault { return s.faults.Faults() }

// DeliveryFaults lists the delivery faults that are active.
func (s *Server) DeliveryFaults() []DeliveryFault { return s.faults.Deliveries() }

// Release removes a fault of either kind and lets the requests go that hang on it.
func (s *Server) Release(id int) { s.faults.Remove(id) }

// ClearFaults removes every fault, releasing what hangs.
func (s *Server) ClearFaults() { s.faults.Clear() }
