package telegram

import (
	"fmt"
	"slices"
)

// SetRight gives the bot a right or takes it away: can_manage_topics, can_delete_messages, can_pin_messages,
// can_manage_chat, can_send_messages, can_send_photos, can_send_documents, can_react and the other administrator rights.
// The bot hears of it (my_chat_member). An unknown name is an error.
func (s *Server) SetRight(name string, has bool, options ...Option) error {
	if !slices.Contains(allRights, name) {
		return fmt.Errorf("telegram simulator: no right %q", name)
	}
	return s.changeMember(options, func(g *group) { g.Rights[name] = has })
}

// SetBotStatus makes the bot an administrator, member, left or kicked.
func (s *Server) SetBotStatus(status string, options ...Option) error {
	if !slices.Contains([]string{"administrator", "member", "left", "kicked"}, status) {
		return fmt.Errorf("telegram simulator: no status %q", status)
	}
	return s.changeMember(options, func(g *group) { g.BotStatus = status })
}

// KickBot removes the bot from the group.
func (s *Server) KickBot(options ...Option) error { return s.SetBotStatus("kicked", options...) }

type memberUpdate struct {
	Chat wireChat   `json:"chat"`
	From User       `json:"from"`
	Date int64      `json:"date"`
	Old  wireMember `json:"old_chat_member"`
	New  wireMember `json:"new_chat_member"`
}

// changeMember changes the bot's standing in a group and announces it.
func (s *Server) changeMember(options []Option, change func(*group)) error {
	return s.locked(s.ctx, options, func(g *group, a act) error {
		before := s.chatMember(g, s.world.Bot, g.BotStatus)
		change(g)
		s.emit("my_chat_member", queueOf("member", g.ID), memberUpdate{
			Chat: g.wire(), From: s.person(a).User, Date: s.clock.Now().Unix(),
			Old: before, New: s.chatMember(g, s.world.Bot, g.BotStatus),
		})
		return nil
	})
}

// RevokeToken makes the token invalid: every call answers 401.
func (s *Server) RevokeToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.Revoked = true
	s.touch()
}

// ReplaceToken makes another token the valid one; the old one answers 401.
func (s *Server) ReplaceToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.Token, s.world.Revoked = token, false
	s.touch()
}

// SetForum switches topics on or off.
func (s *Server) SetForum(on bool, options ...Option) error {
	return s.locked(s.ctx, options, func(g *group, _ act) error {
		g.Forum = on
		return nil
	})
}

// SetAvailableReactions limits the reactions of the group; nil allows all.
func (s *Server) SetAvailableReactions(emoji []string, options ...Option) error {
	return s.locked(s.ctx, options, func(g *group, _ act) error {
		g.Reactions = slices.Clone(emoji)
		return nil
	})
}

// SetBudget replaces the limits and forgets what was spent.
func (s *Server) SetBudget(b Budget) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = newLimiter(b.withDefaults())
	s.touch()
}

// JumpUpdateID moves the next update_id, as the real server does after a quiet week.
func (s *Server) JumpUpdateID(next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.NextUpdate = next
}
