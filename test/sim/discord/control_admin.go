package discord

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

type settingInput struct {
	Right     string   `json:"right"`
	Intent    string   `json:"intent"`
	Has       bool     `json:"has"`
	On        bool     `json:"on"`
	Allow     []string `json:"allow"`
	Deny      []string `json:"deny"`
	Token     string   `json:"token"`
	URL       string   `json:"url"`
	ID        int      `json:"id"`
	Code      int      `json:"code"`
	Resumable bool     `json:"resumable"`
	Seconds   float64  `json:"seconds"`
}

// set wraps an action of whoever runs the simulation.
func set(do func(settingInput) error) action {
	return controlled(func(_ *http.Request, in settingInput) (any, error) { return nil, do(in) })
}

// adminControls are the actions of whoever runs the simulation.
func (s *Server) adminControls() map[string]action {
	plain := func(do func()) action { return set(func(settingInput) error { do(); return nil }) }
	return map[string]action{
		"fault": controlled(func(_ *http.Request, f fault.Fault) (any, error) {
			return map[string]int{"id": s.Fault(f)}, nil
		}),
		"fault/delivery": controlled(func(_ *http.Request, f fault.Delivery) (any, error) {
			return map[string]int{"id": s.DisturbDelivery(f)}, nil
		}),
		"budget": controlled(func(_ *http.Request, b Budget) (any, error) {
			s.SetBudget(b)
			return nil, nil
		}),
		"clock": controlled(func(_ *http.Request, in settingInput) (any, error) {
			s.clock.Advance(time.Duration(in.Seconds * float64(time.Second)))
			s.watch.Touch()
			return map[string]time.Time{"now": s.Now()}, nil
		}),
		"endpoint": controlled(func(r *http.Request, in settingInput) (any, error) {
			return nil, s.SetInteractionsEndpoint(r.Context(), in.URL)
		}),
		"token/replace": set(func(in settingInput) error {
			if in.Token == "" || strings.ContainsAny(in.Token, " \t\r\n") {
				return errors.New("discord simulator: want a token without spaces")
			}
			s.ReplaceToken(in.Token)
			return nil
		}),
		"fault/release": set(func(in settingInput) error { s.Release(in.ID); return nil }),
		"fault/clear":   plain(s.ClearFaults),
		"right":         set(func(in settingInput) error { return s.SetRight(in.Right, in.Has) }),
		"overwrite":     set(func(in settingInput) error { return s.SetOverwrite(in.Allow, in.Deny) }),
		"intent":        set(func(in settingInput) error { return s.SetIntent(in.Intent, in.On) }),
		"token/revoke":  plain(s.RevokeToken),
		"bot/remove":    plain(s.RemoveBot),
		"bot/invite":    plain(s.InviteBot),
		"reset":         plain(s.Reset),
		"restore":       s.restoreFrom,
		"trouble":       controlled(s.switchTrouble),
	}
}

// gatewayControls are what Discord's gateway sometimes does by itself.
func (s *Server) gatewayControls() map[string]action {
	count := func(do func(settingInput) int) action {
		return controlled(func(_ *http.Request, in settingInput) (any, error) {
			return map[string]int{"connections": do(in)}, nil
		})
	}
	return map[string]action{
		"gateway/reconnect":  count(func(settingInput) int { return s.AskReconnect() }),
		"gateway/invalidate": count(func(in settingInput) int { return s.InvalidateSession(in.Resumable) }),
		"gateway/drop":       count(func(settingInput) int { return s.DropGateway() }),
		"gateway/half-open":  count(func(settingInput) int { return s.HalfOpenGateway() }),
		"gateway/heartbeat":  count(func(settingInput) int { return s.AskHeartbeat() }),
		"gateway/close": controlled(func(_ *http.Request, in settingInput) (any, error) {
			if in.Code < 4000 || in.Code > 4014 {
				return nil, errors.New("discord simulator: want a close code from 4000 to 4014")
			}
			return map[string]int{"connections": s.CloseGateway(in.Code)}, nil
		}),
		"gateway/acks":   set(func(in settingInput) error { s.StopAcks(!in.On); return nil }),
		"gateway/forget": set(func(settingInput) error { s.ForgetSessions(); return nil }),
	}
}
