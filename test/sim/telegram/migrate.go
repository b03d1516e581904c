package telegram

import "slices"

// Migrate turns the group into a supergroup with topics and another id, which it returns. The old id refuses every
// call and names the new one; both sides get their service message. A group that had topics keeps them.
func (s *Server) Migrate(options ...Option) int64 {
	var id int64
	// It fails only for a group that does not exist: then there is no new id.
	_ = s.locked(s.ctx, options, func(g *group, a act) error {
		id = s.migrate(g, a)
		return nil
	})
	return id
}

func (s *Server) migrate(old *group, a act) int64 {
	id := int64(-1_001_000_000_000) - s.rng.Int63n(900_000_000)
	for s.world.Chats[id] != nil {
		id--
	}
	by := s.person(a)
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
	if s.world.Home == old.ID {
		s.world.Home = id
	}
	s.announce(&moved, 0, by, Service{Kind: "migrated_from", Ref: old.ID})
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
