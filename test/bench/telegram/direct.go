package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Caller calls the Bot API as simply as can be. Env holds the variables of an installation.
type Caller struct {
	Client *http.Client
	Env    map[string]string
}

// Open makes a topic.
func (c Caller) Open(ctx context.Context, name string) (thread string, err error) {
	var topic struct {
		ID int64 `json:"message_thread_id"`
	}
	err = c.call(ctx, "createForumTopic", map[string]any{"chat_id": c.Env["TELEGRAM_CHAT_ID"], "name": name}, &topic)
	return strconv.FormatInt(topic.ID, 10), err
}

// Post sends a text to a topic.
func (c Caller) Post(ctx context.Context, thread, text string) error {
	return c.call(ctx, "sendMessage", map[string]any{
		"chat_id": c.Env["TELEGRAM_CHAT_ID"], "message_thread_id": json.Number(thread), "text": text,
	}, nil)
}

func (c Caller) call(ctx context.Context, method string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Env["TELEGRAM_API_URL"]+"/bot"+c.Env["TELEGRAM_BOT_TOKEN"]+"/"+method, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // it was only read
	answer := struct {
		OK          bool   `json:"ok"`
		Description string `json:"description"`
		Result      any    `json:"result"`
	}{Result: into}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	if !answer.OK {
		return fmt.Errorf("%s: %s", method, answer.Description)
	}
	return nil
}
