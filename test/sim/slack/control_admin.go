package slack

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

type settingInput struct {
	Scope   string  `json:"scope"`
	Event   string  `json:"event"`
	Has     bool    `json:"has"`
	On      bool    `json:"on"`
	Thread  string  `json:"thread"`
	Name    string  `json:"name"`
	Private bool    `json:"private"`
	Code    string  `json:"code"`
	Token   string  `json:"token"`
	URL     string  `json:"url"`
	To      string  `json:"to"`
	How     string  `json:"how"`
	ID      int     `json:"id"`
	Seconds float64 `json:"seconds"`
}

// adminControls are the actions of whoever runs the simulation.
func (s *Server) adminControls() map[string]action {
	set := func(do func(settingInput) error) action {
		return controlled(func(_ *http.Request, in settingInput) (any, error) { return nil, do(in) })
	}
	plain := func(do func()) action { return set(func(settingInput) error { do(); return nil }) }
	actions := map[string]action{
		"channel/archive":   plain(s.ArchiveChannel),
		"channel/unarchive": plain(s.UnarchiveChannel),
		"channel/rename":    set(func(in settingInput) error { s.RenameChannel(in.Name); return nil }),
		"channel/restrict":  set(func(in settingInput) error { return s.Restrict(in.Code) }),
		"channel/add": controlled(func(_ *http.Request, in settingInput) (any, error) {
			return s.AddChannel(in.Name, in.Private, in.Has), nil
		}),
		"bot/kick":        plain(s.KickBot),
		"bot/invite":      plain(s.InviteBot),
		"thread/lock":     set(func(in settingInput) error { s.LockThread(in.Thread, in.On); return nil }),
		"scope":           set(func(in settingInput) error { s.SetScope(in.Scope, in.Has); return nil }),
		"subscription":    set(func(in settingInput) error { return s.SetSubscription(in.Event, in.On) }),
		"token/revoke":    plain(s.RevokeToken),
		"token/uninstall": plain(s.Uninstall),
		"token/replace":   set(s.replaceToken),
		"url":             controlled(s.register),
		"sockets/refresh": plain(s.RefreshSockets),
		"sockets/cut":     plain(s.CutSockets),
		"sockets/stall":   set(func(in settingInput) error { s.StallSockets(in.On); return nil }),
		"sockets/mode":    set(func(in settingInput) error { s.SetSocketMode(in.On); return nil }),
		"orphans":         set(func(in settingInput) error { s.SetOrphans(in.On); return nil }),
		"skew":            set(func(in settingInput) error { s.SetClockSkew(duration(in.Seconds)); return nil }),
		"reset":           plain(s.Reset),
		"restore":         s.restoreFrom,
		"trouble":         controlled(s.switchTrouble),
		"forge":           controlled(s.forgeFrom),
	}
	s.faultControls(actions, set, plain)
	return actions
}

func (s *Server) faultControls(actions map[string]action, set func(func(settingInput) error) action, plain func(func()) action) {
	actions["fault"] = controlled(func(_ *http.Request, f Fault) (any, error) { return map[string]int{"id": s.Fault(f)}, nil })
	actions["fault/delivery"] = controlled(func(_ *http.Request, f DeliveryFault) (any, error) {
		return map[string]int{"id": s.DisturbDelivery(f)}, nil
	})
	actions["fault/release"] = set(func(in settingInput) error { s.Release(in.ID); return nil })
	actions["fault/clear"] = plain(s.ClearFaults)
	actions["budget"] = controlled(func(_ *http.Request, b Budget) (any, error) {
		s.SetBudget(b)
		return nil, nil
	})
	actions["clock"] = controlled(func(_ *http.Request, in settingInput) (any, error) {
		s.clock.Advance(duration(in.Seconds))
		return map[string]time.Time{"now": s.Now()}, nil
	})
}

func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

func (s *Server) replaceToken(in settingInput) error {
	if !strings.HasPrefix(in.Token, "xoxb-") {
		return fmt.Errorf("slack simulator: token: want xoxb-…")
	}
	s.ReplaceToken(in.Token)
	return nil
}

// register is POST /_sim/url: to is events, interactivity, commands or all.
func (s *Server) register(r *http.Request, in settingInput) (any, error) {
	switch in.To {
	case "all":
		return nil, s.SetURLs(r.Context(), in.URL)
	case "events":
		return nil, s.SetEventsURL(r.Context(), in.URL)
	case "interactivity":
		return nil, s.SetInteractivityURL(in.URL)
	case "commands":
		return nil, s.SetCommandsURL(in.URL)
	}
	return nil, fmt.Errorf("slack simulator: no request URL %q", in.To)
}

// forgeFrom is POST /_sim/forge.
func (s *Server) forgeFrom(r *http.Request, in settingInput) (any, error) {
	return s.Forge(r.Context(), in.To, Forgery(in.How))
}
