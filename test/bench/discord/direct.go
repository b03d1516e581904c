// Package discord calls Discord as a load generator does that knows nothing of Bellhop. It refuses to be complete: it makes a
// post in a forum, and writes in it.
package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Caller calls the REST API as simply as can be. Env holds the variables of an installation.
type Caller struct {
	Client *http.Client
	Env    map[string]string
}

// Open makes a post in the forum.
func (c Caller) Open(ctx context.Context, name string) (thread string, err error) {
	var made struct {
		ID string `json:"id"`
	}
	err = c.call(ctx, c.Env["DISCORD_CHANNEL_ID"]+"/threads", map[string]any{
		"name": name, "message": map[string]any{"content": name},
	}, &made)
	return made.ID, err
}

// Post writes in it.
func (c Caller) Post(ctx context.Context, thread, text string) error {
	return c.call(ctx, thread+"/messages", map[string]any{"content": text}, nil)
}

func (c Caller) call(ctx context.Context, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Env["DISCORD_API_URL"]+"/channels/"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bot "+c.Env["DISCORD_BOT_TOKEN"])
	req.Header.Set("User-Agent", "DiscordBot (https://bellhop.example, 1)")
	res, err := c.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // it was only read
	var answer json.RawMessage
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return fmt.Errorf("call Discord: %w", err)
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("call Discord: %s: %s", res.Status, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
