package telegram

import "time"

// ownDeletable is how long a bot without can_delete_messages may delete its own messages.
const ownDeletable = 48 * time.Hour

const maxDeleted = 100

func (c *call) deleteMessage() (any, *apiError) {
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	m, err := c.message(g, "message to delete not found")
	if err != nil {
		return nil, err
	}
	if !c.deletable(g, m) {
		return nil, badRequest("message can't be deleted")
	}
	m.Deleted = true
	return true, nil
}

// deleteMessages skips what is not there, as the real one does.
func (c *call) deleteMessages() (any, *apiError) {
	var ids []int64
	if given, err := c.p.object("message_ids", "message identifiers", &ids); err != nil || !given {
		return nil, badRequest("message identifiers are not specified")
	}
	if len(ids) > maxDeleted {
		return nil, badRequest("too many message identifiers specified")
	}
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if m := g.live(id); m != nil && !c.deletable(g, m) {
			return nil, badRequest("message can't be deleted")
		}
	}
	for _, id := range ids {
		if m := g.live(id); m != nil {
			m.Deleted = true
		}
	}
	return true, nil
}

func (c *call) deletable(g *group, m *Message) bool {
	if m.Service != nil && m.Service.Kind == "topic_created" {
		return false
	}
	if c.may(g, "can_delete_messages") {
		return true
	}
	return m.From.ID == c.s.world.Bot.ID && c.now.Sub(m.Date) < ownDeletable
}

func (c *call) pinChatMessage() (any, *apiError) {
	g, m, err := c.pinnable("message to pin not found")
	if err != nil {
		return nil, err
	}
	if !m.Pinned {
		m.Pinned = true
		c.s.announce(g, m.TopicID, c.s.self(), Service{Kind: "pinned", Ref: m.ID})
	}
	return true, nil
}

func (c *call) unpinChatMessage() (any, *apiError) {
	_, m, err := c.pinnable("message to unpin not found")
	if err != nil {
		return nil, err
	}
	m.Pinned = false
	return true, nil
}

func (c *call) pinnable(missing string) (*group, *Message, *apiError) {
	g, err := c.chat()
	if err != nil {
		return nil, nil, err
	}
	if !c.may(g, "can_pin_messages") {
		return nil, nil, badRequest("not enough rights to manage pinned messages in the chat")
	}
	m, err := c.message(g, missing)
	return g, m, err
}

func (c *call) unpinAllForumTopicMessages() (any, *apiError) {
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	t, err := c.adminThread(g)
	if err != nil {
		return nil, err
	}
	if !c.may(g, "can_pin_messages") {
		return nil, badRequest("not enough rights to manage pinned messages in the chat")
	}
	for _, id := range t.MessageIDs {
		g.Messages[id].Pinned = false
	}
	return true, nil
}
