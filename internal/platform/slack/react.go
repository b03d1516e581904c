package slack

import (
	"context"
	"net/url"
	"time"
)

// React adds the bot's reaction to a message, by an emoji's name without colons. One that is there already is a success.
func (c *Client) React(ctx context.Context, at Ref, name string) error {
	return c.settled(c.do(ctx, addReaction, reaction(at, name)))
}

// Unreact takes the bot's reaction back. One that is not there is a success.
func (c *Client) Unreact(ctx context.Context, at Ref, name string) error {
	return c.settled(c.do(ctx, removeReaction, reaction(at, name)))
}

func reaction(at Ref, name string) url.Values {
	return url.Values{"channel": {at.Channel}, "timestamp": {at.TS}, "name": {name}}
}

// settled is nil for what is as it was wanted.
func (c *Client) settled(err error) error {
	if KindOf(err) == KindDone {
		return nil
	}
	return err
}

// StatusLasts is how long a status is shown, if no message ends it before. https://docs.slack.dev/reference/methods/assistant.threads.setStatus
const StatusLasts = 2 * time.Minute

// SetStatus shows in a thread what the bot is doing, such as "is typing…", until its next message there; an empty one ends it.
func (c *Client) SetStatus(ctx context.Context, in Place, status string) error {
	return c.do(ctx, setStatus, url.Values{"channel_id": {in.Channel}, "thread_ts": {in.Thread}, "status": {status}})
}
