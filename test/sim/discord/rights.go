package discord

import (
	"fmt"
	"slices"
)

// SetRight gives the bot a permission or takes it away, by Discord's name for it (MANAGE_THREADS). Taking it away removes it
// from the bot's role and from what the operators' channel allows that role.
func (s *Server) SetRight(name string, has bool) error {
	bit, ok := permissionNames[name]
	if !ok {
		return fmt.Errorf("%w: %q", ErrNoRight, name)
	}
	s.mu.Lock()
	w := s.world
	role, home := w.role(botRoleID), w.home()
	if has {
		role.Permissions |= bit
	} else {
		role.Permissions &^= bit
	}
	for i := range home.Overwrites {
		if o := &home.Overwrites[i]; o.ID == botRoleID {
			o.Allow &^= bit
			if has && bit == permViewChannel {
				o.Allow |= bit
			}
		}
	}
	s.emit(event{Name: "GUILD_ROLE_UPDATE", Intent: intentGuilds, Data: raw(map[string]any{
		"guild_id": w.Guild.ID, "role": w.wireRoles()[1],
	})})
	if has && bit == permViewChannel {
		s.emitThreadList(home)
	}
	s.mu.Unlock()
	s.watch.Touch()
	return nil
}

// SetOverwrite changes what the operators' channel allows and denies the bot's role, on top of its permissions elsewhere.
func (s *Server) SetOverwrite(allow, deny []string) error {
	var o Overwrite
	for _, name := range slices.Concat(allow, deny) {
		if permissionNames[name] == 0 {
			return fmt.Errorf("%w: %q", ErrNoRight, name)
		}
	}
	for _, name := range allow {
		o.Allow |= permissionNames[name]
	}
	for _, name := range deny {
		o.Deny |= permissionNames[name]
	}
	s.mu.Lock()
	home := s.world.home()
	for i := range home.Overwrites {
		if home.Overwrites[i].ID == botRoleID {
			home.Overwrites[i].Allow, home.Overwrites[i].Deny = o.Allow, o.Deny
		}
	}
	s.channelChanged(home)
	s.mu.Unlock()
	s.watch.Touch()
	return nil
}

// Rights are the permissions that the bot has in the operators' channel, by name.
func (s *Server) Rights() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]bool{}
	held := s.world.permissions(s.world.App.ID, s.world.home())
	for name, bit := range permissionNames {
		out[name] = held&bit != 0
	}
	return out
}

// emitThreadList is what a client is sent that gets to see a channel again. The caller holds mu.
func (s *Server) emitThreadList(ch *channel) {
	threads := []*wireChannel{}
	for _, id := range s.world.Order {
		if t := s.world.Channels[id]; t.ParentID == ch.ID && !t.Archived && !t.Deleted {
			threads = append(threads, s.wireChannel(t))
		}
	}
	s.emit(event{Name: "THREAD_LIST_SYNC", Intent: intentGuilds, Channel: ch, Data: raw(map[string]any{
		"guild_id": s.world.Guild.ID, "channel_ids": []string{ch.ID}, "threads": threads, "members": []any{},
	})})
}
