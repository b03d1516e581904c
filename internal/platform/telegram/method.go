package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/go-telegram/bot/models"
)

var errNoUpdateID = errors.New("no update_id")

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

// Outgoing is a message to be sent, without a link preview.
type Outgoing struct {
	Place
	// Text has 1 to MaxText code points.
	Text     string
	Entities []models.MessageEntity
	// ReplyTo is a message of the same topic; one that is gone does not keep this one from being sent. 0 for none.
	ReplyTo int
	// Silent sends without a sound.
	Silent bool
}

type linkPreview struct {
	IsDisabled bool `json:"is_disabled"`
}

type replyParameters struct {
	MessageID                int  `json:"message_id"`
	AllowSendingWithoutReply bool `json:"allow_sending_without_reply"`
}

type sendMessage struct {
	Place
	Text        string                 `json:"text"`
	Entities    []models.MessageEntity `json:"entities,omitempty"`
	Silent      bool                   `json:"disable_notification,omitempty"`
	LinkPreview linkPreview            `json:"link_preview_options"`
	Reply       *replyParameters       `json:"reply_parameters,omitempty"`
}

// SendMessage sends a message and answers it as it stands. It counts against the group's budget.
func (c *Client) SendMessage(ctx context.Context, m Outgoing) (Message, error) {
	wire := sendMessage{Place: m.Place, Text: m.Text, Entities: m.Entities, Silent: m.Silent, LinkPreview: linkPreview{true}}
	if m.ReplyTo != 0 {
		wire.Reply = &replyParameters{MessageID: m.ReplyTo, AllowSendingWithoutReply: true}
	}
	return call[Message](ctx, c, "sendMessage", wire)
}

// TextEdit is a message's new text.
type TextEdit struct {
	MessageRef
	Text     string
	Entities []models.MessageEntity
}

// EditMessageText replaces the text of one of the bot's messages. It counts against the group's budget.
func (c *Client) EditMessageText(ctx context.Context, edit TextEdit) error {
	_, err := call[json.RawMessage](ctx, c, "editMessageText", struct {
		MessageRef
		Text        string                 `json:"text"`
		Entities    []models.MessageEntity `json:"entities,omitempty"`
		LinkPreview linkPreview            `json:"link_preview_options"`
	}{edit.MessageRef, edit.Text, edit.Entities, linkPreview{true}})
	return err
}

// DeleteMessage deletes a message.
func (c *Client) DeleteMessage(ctx context.Context, at MessageRef) error {
	return c.do(ctx, "deleteMessage", at)
}

// SetMessageReaction makes emoji the bot's one reaction to a message; an empty one takes it back.
func (c *Client) SetMessageReaction(ctx context.Context, at MessageRef, emoji string) error {
	reaction := []Emoji{}
	if emoji != "" {
		reaction = append(reaction, Emoji{Type: "emoji", Emoji: emoji})
	}
	return c.do(ctx, "setMessageReaction", struct {
		MessageRef
		Reaction []Emoji `json:"reaction"`
	}{at, reaction})
}

// SendChatAction shows for 5 s, or until the bot's next message, that the bot does something: models.ChatActionTyping.
func (c *Client) SendChatAction(ctx context.Context, at Place, action models.ChatAction) error {
	return c.do(ctx, "sendChatAction", struct {
		Place
		Action models.ChatAction `json:"action"`
	}{at, action})
}

// GetUpdates waits up to timeout (Telegram allows 50 s) for updates with an id from offset on, at most 100, each raw.
// Calling it confirms everything below offset.
func (c *Client) GetUpdates(ctx context.Context, offset int64, timeout time.Duration) ([]json.RawMessage, error) {
	return callWithin[[]json.RawMessage](ctx, c, timeout+callTimeout, "getUpdates", struct {
		Offset  int64    `json:"offset,omitempty"`
		Timeout int      `json:"timeout"`
		Allowed []string `json:"allowed_updates"`
	}{offset, int(timeout / time.Second), AllowedUpdates()})
}

// SetWebhook makes Telegram post AllowedUpdates to url, with secret in a header.
func (c *Client) SetWebhook(ctx context.Context, url, secret string) error {
	return c.do(ctx, "setWebhook", struct {
		URL     string   `json:"url"`
		Secret  string   `json:"secret_token"`
		Allowed []string `json:"allowed_updates"`
	}{url, secret, AllowedUpdates()})
}

// DeleteWebhook removes the webhook; what is pending stays for GetUpdates.
func (c *Client) DeleteWebhook(ctx context.Context) error { return c.do(ctx, "deleteWebhook", none{}) }

// GetWebhookInfo answers where updates are posted, and what went wrong last.
func (c *Client) GetWebhookInfo(ctx context.Context) (models.WebhookInfo, error) {
	return call[models.WebhookInfo](ctx, c, "getWebhookInfo", none{})
}

// SetMyCommands fills the menu that operators see in one group.
func (c *Client) SetMyCommands(ctx context.Context, chat int64, commands []models.BotCommand) error {
	type scope struct {
		Type string `json:"type"`
		Chat int64  `json:"chat_id"`
	}
	return c.do(ctx, "setMyCommands", struct {
		Commands []models.BotCommand `json:"commands"`
		Scope    scope               `json:"scope"`
	}{commands, scope{"chat", chat}})
}

// AnswerCallbackQuery ends the waiting of whoever pressed a button; text (0 to 200 characters) is shown for a moment.
func (c *Client) AnswerCallbackQuery(ctx context.Context, queryID, text string) error {
	return c.do(ctx, "answerCallbackQuery", struct {
		ID   string `json:"callback_query_id"`
		Text string `json:"text,omitempty"`
	}{queryID, text})
}

// do calls a method that answers true.
func (c *Client) do(ctx context.Context, method string, params any) error {
	_, err := call[bool](ctx, c, method, params)
	return err
}
