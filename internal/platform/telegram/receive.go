package telegram

import (
	"context"
	"encoding/json"
	"time"

	"github.com/go-telegram/bot/models"
)

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
