package telegram

import (
	"context"

	"github.com/go-telegram/bot/models"
)

// Chat is what getChat says of a group.
type Chat struct {
	ID      int64           `json:"id"`
	Type    models.ChatType `json:"type"`
	Title   string          `json:"title"`
	IsForum bool            `json:"is_forum"`
	// SlowMode is how many seconds a member waits between messages; administrators don't.
	SlowMode int `json:"slow_mode_delay"`
	// Reactions are the emoji that may be used; nil for all of Telegram's.
	Reactions *[]Emoji `json:"available_reactions"`
}

// Place is a topic of a group; Thread is 0 for General, and for a group without topics.
type Place struct {
	Chat   int64 `json:"chat_id"`
	Thread int   `json:"message_thread_id,omitempty"`
}

// MessageRef is a message of a group.
type MessageRef struct {
	Chat int64 `json:"chat_id"`
	ID   int   `json:"message_id"`
}

type none struct{}

// GetMe answers who the bot is.
func (c *Client) GetMe(ctx context.Context) (models.User, error) {
	return call[models.User](ctx, c, "getMe", none{})
}

// GetChat answers what the group is.
func (c *Client) GetChat(ctx context.Context, chat int64) (Chat, error) {
	return call[Chat](ctx, c, "getChat", Place{Chat: chat})
}

// do calls a method that answers true.
func (c *Client) do(ctx context.Context, method string, params any) error {
	_, err := call[bool](ctx, c, method, params)
	return err
}

// Rights is the bot's own standing in a group, as far as Bellhop needs it.
type Rights struct {
	// Status is creator, administrator, member, restricted, left or kicked.
	Status string `json:"status"`
	// IsMember tells of a restricted bot whether it is in the group.
	IsMember          bool `json:"is_member"`
	CanManageTopics   bool `json:"can_manage_topics"`
	CanDeleteMessages bool `json:"can_delete_messages"`
	CanPinMessages    bool `json:"can_pin_messages"`
}

// Inside tells whether the bot is in the group at all.
func (r Rights) Inside() bool {
	switch r.Status {
	case "creator", "administrator", "member":
		return true
	case "restricted":
		return r.IsMember
	}
	return false
}

// Missing are the rights, by Telegram's names, without which conversations can't be carried in full; nil if there is none. A bot that is
// no administrator has none of them, and sees no reactions.
func (r Rights) Missing() []string {
	if r.Status == "creator" {
		return nil
	}
	var missing []string
	for _, right := range []struct {
		name string
		has  bool
	}{
		{"can_manage_topics", r.CanManageTopics},
		{"can_delete_messages", r.CanDeleteMessages},
	} {
		if r.Status != "administrator" || !right.has {
			missing = append(missing, right.name)
		}
	}
	return missing
}

// OwnRights asks for the bot's standing in a group.
func (c *Client) OwnRights(ctx context.Context, chat int64) (Rights, error) {
	return call[Rights](ctx, c, "getChatMember", struct {
		ChatID int64 `json:"chat_id"`
		UserID int64 `json:"user_id"`
	}{chat, c.botID})
}
