package slack

import (
	"fmt"
	"net/http"
	"time"
)

// trouble is one switch of the page: a fault, or something that the app loses.
type trouble struct {
	name, label, hint string
	fault             *Fault
	delivery          *DeliveryFault
	on                func(*Server) bool // the caller holds mu
	set               func(*Server, bool)
}

// The page's "slow" and "out of order".
const (
	slowBy     = 3 * time.Second
	disorderBy = 5 * time.Second
)

func faultTrouble(name, label, hint string, f Fault) trouble {
	f.Label = name
	return trouble{name: name, label: label, hint: hint, fault: &f}
}

func deliveryTrouble(name, label, hint string, f DeliveryFault) trouble {
	f.Label = name
	return trouble{name: name, label: label, hint: hint, delivery: &f}
}

func scopeTrouble(scope, label string) trouble {
	return trouble{
		name: scope, label: label, hint: "missing_scope: " + scope,
		on:  func(s *Server) bool { return !s.world.Scopes[scope] },
		set: func(s *Server, on bool) { s.SetScope(scope, !on) },
	}
}

// either makes a switch of two opposite actions.
func either(yes, no func(*Server)) func(*Server, bool) {
	return func(s *Server, on bool) {
		if on {
			yes(s)
		} else {
			no(s)
		}
	}
}

// troubles are the switches in the order of the page.
func troubles() []trouble { return append(platformTroubles(), appTroubles()...) }

// platformTroubles are what befalls Slack.
func platformTroubles() []trouble {
	return []trouble{
		faultTrouble("down", "Slack is down", "every call answers 502 with an HTML page", Fault{Status: http.StatusBadGateway}),
		faultTrouble("slow", "Slack is slow", "every call takes 3 seconds", Fault{Latency: slowBy}),
		faultTrouble("hang", "Slack hangs", "calls wait until this is switched off", Fault{Hang: true}),
		faultTrouble("lost", "Answers get lost", "messages are posted, then the connection breaks", Fault{Method: "chat.postMessage", Reset: ResetAfter}),
		faultTrouble("flaky", "One call in three fails", "the connection breaks before anything happens", Fault{Probability: 1.0 / 3, Reset: ResetBefore}),
		faultTrouble("flood", "Too many requests", "every message is refused for 10 seconds",
			Fault{Method: "chat.postMessage", Status: http.StatusTooManyRequests, RetryAfter: 10 * time.Second}),
		{
			name: "unlimited", label: "No rate limits", hint: "more than one message a second is taken",
			on:  func(s *Server) bool { return s.limits.budget.Off },
			set: (*Server).setUnlimited,
		},
		deliveryTrouble("twice", "Events come twice", "with the same event_id", DeliveryFault{Duplicate: 1}),
		{
			name: "disorder", label: "Events come out of order", hint: "each is up to 5 seconds late",
			on:  func(s *Server) bool { return s.opts.Disorder > 0 },
			set: either(func(s *Server) { s.SetDisorder(disorderBy) }, func(s *Server) { s.SetDisorder(0) }),
		},
		deliveryTrouble("forged", "Somebody forges events", "a copy with a wrong signature comes before each event", DeliveryFault{Forge: string(ForgeWrong)}),
		{
			name: "link", label: "Socket Mode is switched off", hint: "connections are told link_disabled",
			on:  func(s *Server) bool { return s.world.SocketOff },
			set: func(s *Server, on bool) { s.SetSocketMode(!on) },
		},
	}
}

// appTroubles are what befalls the app.
func appTroubles() []trouble {
	return []trouble{
		scopeTrouble("reactions:write", "App may not react"),
		scopeTrouble("chat:write.customize", "App may not use names"),
		{
			name: "kicked", label: "App was removed", hint: "posts answer not_in_channel",
			on:  func(s *Server) bool { return !s.home().BotMember },
			set: either((*Server).KickBot, (*Server).InviteBot),
		},
		{
			name: "archived", label: "Channel is archived", hint: "posts answer is_archived",
			on:  func(s *Server) bool { return s.home().Archived },
			set: either((*Server).ArchiveChannel, (*Server).UnarchiveChannel),
		},
		{
			name: "revoked", label: "Token was revoked", hint: "every call answers token_revoked",
			on:  func(s *Server) bool { return s.world.Gone != "" },
			set: either((*Server).RevokeToken, func(s *Server) { s.ReplaceToken(s.Token()) }),
		},
	}
}

func (s *Server) setUnlimited(on bool) {
	s.mu.Lock()
	s.limits.budget.Off = on
	s.mu.Unlock()
	s.touch()
}

type troubleRow struct {
	Name, Label, Hint string
	On                bool
}

// viewTroubles fills in the switches. The caller holds mu.
func (s *Server) viewTroubles(v *pageView) {
	v.OtherFaults = len(s.faults.Faults()) + len(s.faults.Deliveries())
	for _, t := range troubles() {
		row := troubleRow{Name: t.name, Label: t.label, Hint: t.hint}
		if t.on != nil {
			row.On = t.on(s)
		} else if row.On = s.faults.Labelled(t.name) != 0; row.On {
			v.OtherFaults--
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
		if t.name != in.Name {
			continue
		}
		active := s.faults.Labelled(t.name)
		switch {
		case t.set != nil:
			t.set(s, in.On)
		case !in.On && active != 0:
			s.Release(active)
		case in.On && active == 0 && t.fault != nil:
			s.Fault(*t.fault)
		case in.On && active == 0:
			s.DisturbDelivery(*t.delivery)
		}
		return nil, nil
	}
	return nil, fmt.Errorf("slack simulator: no trouble %q", in.Name)
}
