package telegram

import (
	"context"
	"encoding/json"

	"github.com/go-telegram/bot/models"
)

// TextEdit is a message's new text and its buttons: without Keyboard, those that it had are gone.
type TextEdit struct {
	MessageRef
	Text     string
	Entities []models.MessageEntity
	Keyboard Keyboard
}

// EditMessageText replaces the text of one of the bot's messages. It counts against the group's budget.
func (c *Client) EditMessageText(ctx context.Context, edit TextEdit) error {
	return c.edit(ctx, "editMessageText", struct {
		MessageRef
		Text        string                 `json:"text"`
		Entities    []models.MessageEntity `json:"entities,omitempty"`
		LinkPreview linkPreview            `json:"link_preview_options"`
		Markup      *markup                `json:"reply_markup,omitempty"`
	}{edit.MessageRef, edit.Text, edit.Entities, linkPreview{true}, edit.Keyboard.wire()})
}

// EditMessageCaption replaces the caption of one of the bot's files; an empty Text takes it away. It counts against the group's
// budget.
func (c *Client) EditMessageCaption(ctx context.Context, edit TextEdit) error {
	return c.edit(ctx, "editMessageCaption", struct {
		MessageRef
		Caption  string                 `json:"caption"`
		Entities []models.MessageEntity `json:"caption_entities,omitempty"`
		Markup   *markup                `json:"reply_markup,omitempty"`
	}{edit.MessageRef, edit.Text, edit.Entities, edit.Keyboard.wire()})
}

// EditMessageReplyMarkup replaces the buttons of one of the bot's messages, or takes them away. It counts against the group's budget.
func (c *Client) EditMessageReplyMarkup(ctx context.Context, at MessageRef, buttons Keyboard) error {
	return c.edit(ctx, "editMessageReplyMarkup", struct {
		MessageRef
		Markup *markup `json:"reply_markup,omitempty"`
	}{at, buttons.wire()})
}

// edit calls a method that answers the message as it stands now, which nobody reads.
func (c *Client) edit(ctx context.Context, method string, params any) error {
	_, err := call[json.RawMessage](ctx, c, method, params)
	return err
}
