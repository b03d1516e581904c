package discord

import (
	"fmt"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// Fault adds a disturbance of incoming requests and returns its id. Method is a name of routes.go, download (of the CDN) or
// connectGateway; Place is a channel, a thread or a webhook; Scope of a 429 is user, shared or global; Code is a number.
func (s *Server) Fault(f fault.Fault) int { return s.faults.Add(f) }

// DeliveryFaults lists the disturbances of deliveries that are active.
func (s *Server) DeliveryFaults() []fault.Delivery { return s.faults.Deliveries() }

// Faults lists the request faults that are active.
func (s *Server) Faults() []fault.Fault { return s.faults.Faults() }

// Release lets the requests go that hang on a fault, and removes it; it removes a disturbance of deliveries as well.
func (s *Server) Release(id int) { s.faults.Remove(id) }

// ClearFaults removes every fault, releasing what hangs, and lets heartbeats be answered again.
func (s *Server) ClearFaults() {
	s.faults.Clear()
	s.StopAcks(false)
}

// SetBudget changes the limits; the accounting starts afresh.
func (s *Server) SetBudget(b Budget) {
	s.mu.Lock()
	s.limits = newLimiter(b.withDefaults())
	s.gateway.identify = nil
	s.mu.Unlock()
	s.watch.Touch()
}

// RevokeToken makes every call answer 401 and every gateway connection close with 4004.
func (s *Server) RevokeToken() {
	s.mu.Lock()
	s.world.Revoked = true
	s.mu.Unlock()
	s.CloseGateway(closeAuthentication)
}

// ReplaceToken puts another token in force.
func (s *Server) ReplaceToken(token string) {
	s.mu.Lock()
	s.world.Token, s.world.Revoked = token, false
	s.mu.Unlock()
	s.watch.Touch()
}

// RemoveBot takes the bot out of the guild; every call about it answers 403 or 404 then.
func (s *Server) RemoveBot() {
	s.mu.Lock()
	if !s.world.Guild.Left {
		s.world.Guild.Left = true
		s.emit(event{Name: "GUILD_DELETE", Intent: intentGuilds, Data: raw(map[string]any{"id": s.world.Guild.ID})})
	}
	s.mu.Unlock()
	s.watch.Touch()
}

// InviteBot brings it back.
func (s *Server) InviteBot() {
	s.mu.Lock()
	if s.world.Guild.Left {
		s.world.Guild.Left = false
		s.emit(event{Name: "GUILD_CREATE", Intent: intentGuilds, Data: raw(s.guildCreate())})
	}
	s.mu.Unlock()
	s.watch.Touch()
}

// SetIntent switches a privileged intent (MESSAGE_CONTENT, GUILD_MEMBERS, GUILD_PRESENCES) on or off in the portal. A session
// that has it keeps it; the next identify with it is closed with 4014.
func (s *Server) SetIntent(name string, on bool) error {
	if privileged[name] == 0 {
		return fmt.Errorf("%w: %q", ErrNoRight, name)
	}
	s.mu.Lock()
	blocked := s.world.App.Blocked[:0:0]
	for _, other := range s.world.App.Blocked {
		if other != name {
			blocked = append(blocked, other)
		}
	}
	if !on {
		blocked = append(blocked, name)
	}
	s.world.App.Blocked = blocked
	s.mu.Unlock()
	s.watch.Touch()
	return nil
}
