package telegram

import (
	"fmt"
	"slices"
)

// SetRight gives the bot a right or takes it away: can_manage_topics, can_delete_messages, can_pin_messages,
// can_manage_chat, can_send_messages, can_send_photos, can_send_documents, can_react and the other administrator rights.
// The bot hears of it (my_chat_member). An unknown name is an error.
func (s *Server) SetRight(name string, has bool) error {
	if !slices.Contains(allRights, name) {
		return fmt.Errorf("telegram simulator: no right %q", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changeMember(func(g *group) { g.Rights[name] = has })
	return nil
}

// SetBotStatus makes the bot an administrator, member, left or kicked.
func (s *Server) SetBotStatus(status string) error {
	if !slices.Contains([]string{"administrator", "member", "left", "kicked"}, status) {
		return fmt.Errorf("telegram simulator: no status %q", status)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changeMember(func(g *group) { g.BotStatus = status })
	return nil
}

// KickBot removes the bot from the group.
func (s *Server) KickBot() error { return s.SetBotStatus("kicked") }

type memberUpdate struct {
	Chat wireChat   `json:"chat"`
	From User       `json:"from"`
	Date int64      `json:"date"`
	Old  wireMember `json:"old_chat_member"`
	New  wireMember `json:"new_chat_member"`
}

// changeMember changes the bot's standing and announces it. The caller holds mu.
func (s *Server) changeMember(change func(*group)) {
	g := s.home()
	before := s.chatMember(g, s.world.Bot, g.BotStatus)
	change(g)
	s.emit("my_chat_member", queueOf("member", g.ID), memberUpdate{
		Chat: g.wire(), From: s.person(act{}), Date: s.clock.Now().Unix(),
		Old: before, New: s.chatMember(g, s.world.Bot, g.BotStatus),
	})
	s.touch()
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
func (s *Server) SetForum(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.home().Forum = on
	s.touch()
}

// SetAvailableReactions limits the reactions of the group; nil allows all.
func (s *Server) SetAvailableReactions(emoji []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.home().Reactions = slices.Clone(emoji)
	s.touch()
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

// Migrate turns the group into a supergroup with topics and another id, which it returns. The old id refuses every
// call and names the new one; both sides get their service message. A group that had topics keeps them.
func (s *Server) Migrate() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.home()
	id := int64(-1_001_000_000_000) - s.rng.Int63n(900_000_000)
	for s.world.Chats[id] != nil {
		id--
	}
	by := s.person(act{})
	s.announce(old, 0, by, Service{Kind: "migrated_to", Ref: id})
	moved := *old
	moved.Chat = old.chat()
	moved.ID, moved.Type, moved.Forum = id, "supergroup", true
	moved.Topics, moved.Messages = map[int64]*thread{}, map[int64]*Message{}
	if !old.Forum {
		moved.Order, moved.General, moved.NextMessage = nil, nil, firstMessage
	} else {
		moved.adopt(old)
	}
	old.MigratedTo = id
	s.world.Chats[id] = &moved
	s.world.Home = id
	s.announce(&moved, 0, by, Service{Kind: "migrated_from", Ref: old.ID})
	s.touch()
	return id
}

// adopt copies topics and messages from the group that this one replaces.
func (g *group) adopt(old *group) {
	g.Order, g.General = slices.Clone(old.Order), slices.Clone(old.General)
	for id, t := range old.Topics {
		copied := *t
		copied.ChatID, copied.MessageIDs = g.ID, slices.Clone(t.MessageIDs)
		g.Topics[id] = &copied
	}
	for id, m := range old.Messages {
		copied := *m
		copied.ChatID = g.ID
		g.Messages[id] = &copied
	}
}
