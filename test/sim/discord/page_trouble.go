package discord

import (
	"fmt"
	"net/http"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// trouble is one switch of the page: a fault, a permission that the bot loses, or a state of the gateway. once says that it
// happens and is over.
type trouble struct {
	name, label, hint string
	fault             *fault.Fault
	on                func(*Server) bool // the caller holds mu
	set               func(*Server, bool) error
	once              func(*Server)
}

// slowBy is the page's "slow".
const slowBy = 3 * time.Second

func faultTrouble(name, label, hint string, f fault.Fault) trouble {
	f.Label = name
	return trouble{name: name, label: label, hint: hint, fault: &f}
}

func rightTrouble(right, label string) trouble {
	return trouble{
		name: right, label: label, hint: "the permission was taken from its role",
		on: func(s *Server) bool {
			return s.world.role(botRoleID).Permissions&permissionNames[right] == 0
		},
		set: func(s *Server, on bool) error { return s.SetRight(right, !on) },
	}
}

func onceTrouble(name, label, hint string, do func(*Server)) trouble {
	return trouble{name: name, label: label, hint: hint, once: do}
}

// troubles are the switches in the order of the page.
func troubles() []trouble {
	return []trouble{
		faultTrouble("down", "Discord is down", "every call answers 502 with an HTML page", fault.Fault{Status: http.StatusBadGateway}),
		faultTrouble("slow", "Discord is slow", "every call takes 3 seconds", fault.Fault{Latency: slowBy}),
		faultTrouble("hang", "Discord hangs", "calls wait until this is switched off", fault.Fault{Hang: true}),
		faultTrouble("lost", "Answers get lost", "messages are posted, then the connection breaks", fault.Fault{Method: "createMessage", Reset: fault.ResetAfter}),
		faultTrouble("flaky", "One call in three fails", "the connection breaks before anything happens", fault.Fault{Probability: 1.0 / 3, Reset: fault.ResetBefore}),
		faultTrouble("flood", "Too many requests", "every message is refused for 10 seconds", fault.Fault{Method: "createMessage", Status: http.StatusTooManyRequests, RetryAfter: 10 * time.Second}),
		{
			name: "unlimited", label: "No rate limits", hint: "nothing is refused for its rate",
			on:  func(s *Server) bool { return s.limits.budget.Off },
			set: (*Server).setUnlimited,
		},
		{
			name: "zombie", label: "Gateway is a zombie", hint: "heartbeats are not answered",
			on:  func(s *Server) bool { return s.gateway.noAcks },
			set: func(s *Server, on bool) error { s.StopAcks(on); return nil },
		},
		onceTrouble("drop", "Break the gateway", "the connection is reset", func(s *Server) { s.DropGateway() }),
		onceTrouble("reconnect", "Ask for a reconnect", "op 7", func(s *Server) { s.AskReconnect() }),
		onceTrouble("invalidate", "Invalidate the session", "op 9: what was missed is gone", func(s *Server) { s.InvalidateSession(false) }),
		rightTrouble("VIEW_CHANNEL", "Bot may not see the channel"),
		rightTrouble("SEND_MESSAGES_IN_THREADS", "Bot may not write in threads"),
		rightTrouble("MANAGE_THREADS", "Bot may not manage threads"),
		{
			name: "removed", label: "Bot was removed", hint: "calls answer 403 and 404",
			on: func(s *Server) bool { return s.world.Guild.Left },
			set: func(s *Server, on bool) error {
				if on {
					s.RemoveBot()
				} else {
					s.InviteBot()
				}
				return nil
			},
		},
		{
			name: "revoked", label: "Token was revoked", hint: "every call answers 401",
			on: func(s *Server) bool { return s.world.Revoked },
			set: func(s *Server, on bool) error {
				if on {
					s.RevokeToken()
				} else {
					s.ReplaceToken(s.Token())
				}
				return nil
			},
		},
	}
}

func (s *Server) setUnlimited(on bool) error {
	s.mu.Lock()
	s.limits.budget.Off = on
	s.mu.Unlock()
	s.watch.Touch()
	return nil
}

type troubleRow struct {
	Name, Label, Hint string
	On, Once          bool
}

// viewTroubles fills in the switches. The caller holds mu.
func (s *Server) viewTroubles(v *pageView) {
	v.OtherFaults = len(s.faults.Faults()) + len(s.faults.Deliveries())
	for _, t := range troubles() {
		row := troubleRow{Name: t.name, Label: t.label, Hint: t.hint, Once: t.once != nil}
		switch {
		case t.fault != nil:
			if row.On = s.faults.Labelled(t.name) != 0; row.On {
				v.OtherFaults--
			}
		case t.on != nil:
			row.On = t.on(s)
		}
		v.Troubles = append(v.Troubles, row)
	}
}

type troubleInput struct {
	Name string `json:"name"`
	On   bool   `json:"on"`
}

// switchTrouble is POST /_sim/trouble.
func (s *Server) switchTrouble(_ *http.Request, in troubleInput) (any, error) {
	for _, t := range troubles() {
		switch {
		case t.name != in.Name:
			continue
		case t.once != nil:
			t.once(s)
		case t.fault == nil:
			return nil, t.set(s, in.On)
		case in.On && s.faults.Labelled(t.name) == 0:
			s.Fault(*t.fault)
		case !in.On:
			s.Release(s.faults.Labelled(t.name))
		}
		return nil, nil
	}
	return nil, fmt.Errorf("discord simulator: no trouble %q", in.Name)
}
