package telegram

import (
	"context"

	"github.com/go-telegram/bot/models"
)

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
	// Keyboard is the buttons below; nil for none.
	Keyboard Keyboard
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
	Markup      *markup                `json:"reply_markup,omitempty"`
}

// replyTo is nil for no message.
func replyTo(message int) *replyParameters {
	if message == 0 {
		return nil
	}
	return &replyParameters{MessageID: message, AllowSendingWithoutReply: true}
}

// SendMessage sends a message and answers it as it stands. It counts against the group's budget.
func (c *Client) SendMessage(ctx context.Context, m Outgoing) (Message, error) {
	wire := sendMessage{
		Place: m.Place, Text: m.Text, Entities: m.Entities, Silent: m.Silent, LinkPreview: linkPreview{true},
		Reply: replyTo(m.ReplyTo), Markup: m.Keyboard.wire(),
	}
	return call[Message](ctx, c, "sendMessage", wire)
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

// AnswerCallbackQuery ends the waiting of whoever pressed a button; text (0 to 200 characters) is shown for a moment.
func (c *Client) AnswerCallbackQuery(ctx context.Context, queryID, text string) error {
	return c.do(ctx, "answerCallbackQuery", struct {
		ID   string `json:"callback_query_id"`
		Text string `json:"text,omitempty"`
	}{queryID, text})
}
