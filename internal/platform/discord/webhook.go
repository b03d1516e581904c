package discord

import (
	"context"
	"net/http"
	"net/url"
)

// WebhookMessage is what the webhook posts. Nonce and ReplyTo do not exist for webhooks.
type WebhookMessage struct {
	NewMessage
	// Username and AvatarURL are as whom it is written; empty for the webhook's own.
	Username, AvatarURL string
	// Thread is where it is posted: a thread of the webhook's channel. Else ThreadName opens a post, in a forum only.
	Thread     string
	ThreadName string
	Tags       []string
}

// Webhook is what the webhook's own address tells of it.
type Webhook struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	ChannelID string `json:"channel_id"`
	GuildID   string `json:"guild_id"`
}

// GetWebhook asks for the configured webhook.
func (c *Client) GetWebhook(ctx context.Context) (Webhook, error) {
	return call[Webhook](ctx, c, c.webhook(http.MethodGet, "", nil, ""))
}

// ExecuteWebhook posts and waits for the message as it stands: without waiting Discord would hide that it failed.
func (c *Client) ExecuteWebhook(ctx context.Context, m WebhookMessage) (Message, error) {
	m.Nonce, m.ReplyTo = "", ""
	body := m.wire()
	body.Username, body.AvatarURL = m.Username, m.AvatarURL
	if m.Thread == "" {
		body.ThreadName, body.AppliedTags = m.ThreadName, m.Tags
	}
	r := c.webhook(http.MethodPost, "", nil, m.Thread)
	r.body, r.files = body, m.Files
	r.query.Set("wait", "true")
	return call[Message](ctx, c, r)
}

// EditWebhookMessage changes one of the webhook's messages. thread is where it stands; empty for the channel itself.
func (c *Client) EditWebhookMessage(ctx context.Context, thread, message string, e Edit) (Message, error) {
	r := c.webhook(http.MethodPatch, "/messages/{message}", []string{message}, thread)
	r.body, r.files = e.wire(), e.Files
	return call[Message](ctx, c, r)
}

// DeleteWebhookMessage deletes one of the webhook's messages.
func (c *Client) DeleteWebhookMessage(ctx context.Context, thread, message string) error {
	return c.run(ctx, c.webhook(http.MethodDelete, "/messages/{message}", []string{message}, thread))
}

func (c *Client) webhook(method, below string, args []string, thread string) request {
	r := request{
		method: method, route: "/webhooks/{webhook}/{token}" + below, args: append([]string{c.webhookID, c.webhookToken}, args...),
		query: url.Values{}, open: true,
	}
	if thread != "" {
		r.query.Set("thread_id", thread)
	}
	return r
}
