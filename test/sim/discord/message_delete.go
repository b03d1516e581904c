package discord

import (
	"slices"
	"time"
)

// bulkAge is the age from which on messages cannot be deleted in bulk.
const bulkAge = 14 * 24 * time.Hour

func (c *call) deleteMessage() (any, *apiError) {
	ch, m, err := c.message()
	if err != nil {
		return nil, err
	}
	if m.Author.ID != c.w.App.ID {
		if err := c.need(ch, permManageMessages); err != nil {
			return nil, err
		}
	}
	if m.Type == TypeStarter {
		return nil, errSystemMessage
	}
	if ch.isThread() && ch.Archived {
		return nil, errArchived
	}
	c.s.remove(ch, m)
	return nil, nil
}

// remove deletes one message and tells everybody. The caller holds mu.
func (s *Server) remove(ch *channel, m *Message) {
	m.Deleted = true
	if m.OnlyFor != "" {
		return
	}
	s.uncount(ch, m)
	s.emit(event{
		Name: "MESSAGE_DELETE", Intent: intentMessages, Channel: ch,
		Data: raw(messageGone{ID: m.ID, ChannelID: ch.ID, GuildID: s.world.Guild.ID}),
	})
}

func (s *Server) uncount(ch *channel, m *Message) {
	if ch.isThread() && m.ID != ch.ID && m.Type != TypeStarter {
		ch.Count--
	}
}

type messageGone struct {
	ID        string   `json:"id,omitempty"`
	IDs       []string `json:"ids,omitempty"`
	ChannelID string   `json:"channel_id"`
	GuildID   string   `json:"guild_id"`
}

func (c *call) bulkDelete() (any, *apiError) {
	ids, given := c.form.ids("messages", 100)
	if !given {
		c.form.fail("messages", "BASE_TYPE_REQUIRED", "This field is required")
	}
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if err := c.need(ch, permManageMessages); err != nil {
		return nil, err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if err := c.form.err(); err != nil {
		return nil, err
	}
	if len(ids) < 2 {
		return nil, refuse(400, 50016, "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete")
	}
	for _, id := range ids {
		if c.now.Sub(idTime(id)) > bulkAge {
			return nil, refuse(400, 50034, "You can only bulk delete messages that are under 14 days old.")
		}
	}
	for _, id := range ids {
		if m := c.w.live(ch.ID, id); m != nil {
			m.Deleted = true
			c.s.uncount(ch, m)
		}
	}
	c.s.emit(event{
		Name: "MESSAGE_DELETE_BULK", Intent: intentMessages, Channel: ch,
		Data: raw(messageGone{IDs: ids, ChannelID: ch.ID, GuildID: c.w.Guild.ID}),
	})
	return nil, nil
}
