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
	Status            string `json:"status"`
	CanManageTopics   bool   `json:"can_manage_topics"`
	CanDeleteMessages bool   `json:"can_delete_messages"`
}

// OwnRights asks for the bot's standing in a group.
func (c *Client) OwnRights(ctx context.Context, chat int64) (Rights, error) {
	return call[Rights](ctx, c, "getChatMember", struct {
		ChatID int64 `json:"chat_id"`
		UserID int64 `json:"user_id"`
	}{chat, c.botID})
}
