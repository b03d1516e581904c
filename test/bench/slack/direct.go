// Package slack calls Slack as a load generator does that knows nothing of Bellhop. It refuses to be complete: it knows one method.
package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Caller calls the Web API as simply as can be. Env holds the variables of an installation.
type Caller struct {
	Client *http.Client
	Env    map[string]string
}

// Open posts the root of a thread.
func (c Caller) Open(ctx context.Context, name string) (thread string, err error) {
	return c.post(ctx, map[string]any{"channel": c.Env["SLACK_CHANNEL_ID"], "text": name})
}

// Post answers in the thread.
func (c Caller) Post(ctx context.Context, thread, text string) error {
	_, err := c.post(ctx, map[string]any{"channel": c.Env["SLACK_CHANNEL_ID"], "thread_ts": thread, "text": text})
	return err
}

func (c Caller) post(ctx context.Context, body any) (ts string, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Env["SLACK_API_URL"]+"chat.postMessage", bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+c.Env["SLACK_BOT_TOKEN"])
	res, err := c.Client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }() // it was only read
	var answer struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
		TS    string `json:"ts"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("call Slack: %w", err)
	}
	if !answer.OK {
		return "", fmt.Errorf("call Slack: %s", answer.Error)
	}
	return answer.TS, nil
}
