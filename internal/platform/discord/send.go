package discord

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// CreateMessage sends a message to a channel or thread and answers it as it stands. An archived thread that is not locked is opened by it.
func (c *Client) CreateMessage(ctx context.Context, channel string, m NewMessage) (Message, error) {
	return call[Message](ctx, c, request{
		method: http.MethodPost, route: "/channels/{channel}/messages", args: []string{channel}, body: m.wire(), files: m.Files,
	})
}

// EditMessage changes one of the bot's own messages. In an archived thread it is KindThreadClosed.
func (c *Client) EditMessage(ctx context.Context, channel, message string, e Edit) (Message, error) {
	return call[Message](ctx, c, request{
		method: http.MethodPatch, route: "/channels/{channel}/messages/{message}", args: []string{channel, message}, body: e.wire(), files: e.Files,
	})
}

// DeleteMessage deletes a message.
func (c *Client) DeleteMessage(ctx context.Context, channel, message string) error {
	return c.run(ctx, request{method: http.MethodDelete, route: "/channels/{channel}/messages/{message}", args: []string{channel, message}})
}

// GetMessage answers a message as it stands, with links to its attachments that have just been signed.
func (c *Client) GetMessage(ctx context.Context, channel, message string) (Message, error) {
	return call[Message](ctx, c, request{method: http.MethodGet, route: "/channels/{channel}/messages/{message}", args: []string{channel, message}})
}

// History is up to limit messages (1 to MaxHistory) of a channel that came after a message, the oldest first.
func (c *Client) History(ctx context.Context, channel, after string, limit int) ([]Message, error) {
	query := url.Values{"limit": {strconv.Itoa(min(max(limit, 1), MaxHistory))}}
	if after != "" {
		query.Set("after", after)
	}
	messages, err := call[[]Message](ctx, c, request{
		method: http.MethodGet, route: "/channels/{channel}/messages", args: []string{channel}, query: query,
	})
	// Discord gives the newest first.
	slices.SortFunc(messages, func(a, b Message) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return messages, err
}

// React adds the bot's reaction: an emoji, or "name:id" for one of the server's own.
func (c *Client) React(ctx context.Context, channel, message, emoji string) error {
	return c.run(ctx, reaction(http.MethodPut, channel, message, emoji))
}

// Unreact takes the bot's reaction back.
func (c *Client) Unreact(ctx context.Context, channel, message, emoji string) error {
	return c.run(ctx, reaction(http.MethodDelete, channel, message, emoji))
}

func reaction(method, channel, message, emoji string) request {
	return request{
		method: method, route: "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", args: []string{channel, message, emoji},
	}
}

// Typing shows for TypingLasts seconds, or until the bot's next message, that the bot is typing.
func (c *Client) Typing(ctx context.Context, channel string) error {
	return c.run(ctx, request{method: http.MethodPost, route: "/channels/{channel}/typing", args: []string{channel}})
}

// run makes a call that answers nothing of interest.
func (c *Client) run(ctx context.Context, r request) error {
	_, err := call[none](ctx, c, r)
	return err
}
