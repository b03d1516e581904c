package telegram

import (
	"context"

	"github.com/go-telegram/bot/models"
)

// NewTopic is a topic to be opened. Name has 1 to MaxTopicName code points, see TopicName.
type NewTopic struct {
	Chat        int64  `json:"chat_id"`
	Name        string `json:"name"`
	IconColor   int    `json:"icon_color,omitempty"`
	IconEmojiID string `json:"icon_custom_emoji_id,omitempty"`
}

// CreateForumTopic opens a topic. It counts against the group's budget.
func (c *Client) CreateForumTopic(ctx context.Context, topic NewTopic) (models.ForumTopic, error) {
	return call[models.ForumTopic](ctx, c, "createForumTopic", topic)
}

// TopicEdit changes what is not nil; an empty IconEmojiID removes the icon.
type TopicEdit struct {
	Place
	Name        *string `json:"name,omitempty"`
	IconEmojiID *string `json:"icon_custom_emoji_id,omitempty"`
}

// EditForumTopic renames a topic or changes its icon.
func (c *Client) EditForumTopic(ctx context.Context, edit TopicEdit) error {
	return c.do(ctx, "editForumTopic", edit)
}

// CloseForumTopic closes a topic; one that is closed already is KindDone.
func (c *Client) CloseForumTopic(ctx context.Context, at Place) error {
	return c.do(ctx, "closeForumTopic", at)
}

// ReopenForumTopic reopens a topic; one that is open already is KindDone.
func (c *Client) ReopenForumTopic(ctx context.Context, at Place) error {
	return c.do(ctx, "reopenForumTopic", at)
}

// DeleteForumTopic deletes a topic and all its messages.
func (c *Client) DeleteForumTopic(ctx context.Context, at Place) error {
	return c.do(ctx, "deleteForumTopic", at)
}
