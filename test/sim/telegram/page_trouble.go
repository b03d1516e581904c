package telegram

import (
	"fmt"
	"net/http"
	"time"
)

// trouble is one switch of the page: a fault, or a right that the bot loses.
type trouble struct {
	name, label, hint string
	fault             *Fault
	on                func(*Server, *group) bool        // the caller holds mu
	set               func(*Server, bool, Option) error // the option names the group
}

// slowBy is the page's "slow".
const slowBy = 3 * time.Second

func faultTrouble(name, label, hint string, f Fault) trouble {
	f.Label = name
	return trouble{name: name, label: label, hint: hint, fault: &f}
}

func rightTrouble(right, label, hint string) trouble {
	return trouble{
		name: right, label: label, hint: hint,
		on:  func(_ *Server, g *group) bool { return !g.Rights[right] },
		set: func(s *Server, on bool, in Option) error { return s.SetRight(right, !on, in) },
	}
}

// troubles are the switches in the order of the page.
func troubles() []trouble {
	return []trouble{
		faultTrouble("down", "Telegram is down", "every call answers 502 with an HTML page", Fault{Status: http.StatusBadGateway}),
		faultTrouble("slow", "Telegram is slow", "every call takes 3 seconds", Fault{Latency: slowBy}),
		faultTrouble("hang", "Telegram hangs", "calls wait until this is switched off", Fault{Hang: true}),
		faultTrouble("lost", "Answers get lost", "messages are posted, then the connection breaks", Fault{Method: "sendMessage", Reset: ResetAfter}),
		faultTrouble("flaky", "One call in three fails", "the connection breaks before anything happens", Fault{Probability: 1.0 / 3, Reset: ResetBefore}),
		faultTrouble("flood", "Too many requests", "every message is refused for 10 seconds", Fault{Method: "sendMessage", Status: http.StatusTooManyRequests, RetryAfter: 10}),
		{
			name: "unlimited", label: "No rate limits", hint: "more than 20 messages a minute are taken",
			on:  func(s *Server, _ *group) bool { return s.limits.budget.Off },
			set: (*Server).setUnlimited,
		},
		rightTrouble("can_manage_topics", "Bot may not manage topics", "the right was taken from it"),
		rightTrouble("can_delete_messages", "Bot may not delete", "the right was taken from it"),
		{
			name: "kicked", label: "Bot was kicked", hint: "every call about the group answers 403",
			on: func(_ *Server, g *group) bool { return g.BotStatus == "kicked" },
			set: func(s *Server, on bool, in Option) error {
				if on {
					return s.KickBot(in)
				}
				return s.SetBotStatus("administrator", in)
			},
		},
		{
			name: "revoked", label: "Token was revoked", hint: "every call answers 401",
			on: func(s *Server, _ *group) bool { return s.world.Revoked },
			set: func(s *Server, on bool, _ Option) error {
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

func (s *Server) setUnlimited(on bool, _ Option) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.budget.Off = on
	s.touch()
	return nil
}

type troubleRow struct {
	Name, Label, Hint string
	On                bool
}

// viewTroubles fills in the switches. The caller holds mu.
func (s *Server) viewTroubles(v *pageView, g *group) {
	v.OtherFaults = len(s.faults.faults) + len(s.faults.deliveries)
	for _, t := range troubles() {
		row := troubleRow{Name: t.name, Label: t.label, Hint: t.hint}
		if t.fault != nil {
			row.On = s.labelled(t.name) != 0
			if row.On {
				v.OtherFaults--
			}
		} else {
			row.On = t.on(s, g)
		}
		v.Troubles = append(v.Troubles, row)
	}
}

// labelled is the id of the fault with that label; 0 if it is not active. The caller holds mu.
func (s *Server) labelled(label string) int {
	for _, f := range s.faults.faults {
		if f.Label == label {
			return f.ID
		}
	}
	return 0
}

type troubleInput struct {
	Chat int64  `json:"chat"` // 0: the first group
	Name string `json:"name"`
	On   bool   `json:"on"`
}

// switchTrouble is POST /_sim/trouble.
func (s *Server) switchTrouble(_ *http.Request, in troubleInput) (any, error) {
	for _, t := range troubles() {
		if t.name != in.Name {
			continue
		}
		if t.fault == nil {
			return nil, t.set(s, in.On, In(in.Chat))
		}
		s.mu.Lock()
		active := s.labelled(t.name)
		s.mu.Unlock()
		if in.On && active == 0 {
			s.Fault(*t.fault)
		} else if !in.On && active != 0 {
			s.Release(active)
		}
		return nil, nil
	}
	return nil, fmt.Errorf("telegram simulator: no trouble %q", in.Name)
}
