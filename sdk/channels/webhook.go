package channels

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

// Why a webhook is refused. All but the last say that it is not the server's: answer 401.
var (
	// ErrWebhookContentType is a Content-Type that is not exactly application/json.
	ErrWebhookContentType = errors.New("the webhook's content type is not application/json")
	// ErrWebhookKey is an X-Pusher-Key that is not the app's, nor one of Options.ExtraTokens.
	ErrWebhookKey = errors.New("the webhook's key is not one of ours")
	// ErrWebhookSignature is an X-Pusher-Signature that the secret of that key did not make of that body.
	ErrWebhookSignature = errors.New("the webhook's signature does not fit")
	// ErrWebhookTime is a time_ms that is further off than Options.WebhookTolerance.
	ErrWebhookTime = errors.New("the webhook's time is too far off")
	// ErrWebhookBody is a body that is signed and yet no webhook.
	ErrWebhookBody = errors.New("the webhook cannot be read")
)

const (
	headerKey       = "X-Pusher-Key"
	headerSignature = "X-Pusher-Signature"
)

// Webhook is what the server tells of its channels.
type Webhook struct {
	// Key is the one that it was signed with.
	Key string
	// Time is when it was made, to the millisecond.
	Time time.Time
	// Events are what happened, in order. A later webhook may have the same again: whatever was not answered 2xx is sent anew.
	Events []WebhookEvent
}

// Webhook believes and reads a webhook. The body must be the bytes as they came: read them before anything else does, and bounded, or let
// [Client.WebhookHandler] do so.
//
// What clients sent to encrypted channels is decrypted. The errors are the ErrWebhook… variables.
func (c *Client) Webhook(header http.Header, body []byte) (*Webhook, error) {
	if types := header.Values("Content-Type"); len(types) != 1 || types[0] != contentType {
		return nil, fmt.Errorf("channels: %w: %s", ErrWebhookContentType, quoted(strings.Join(types, ", ")))
	}
	key := header.Get(headerKey)
	if err := c.believe(key, header.Get(headerSignature), body); err != nil {
		return nil, err
	}
	w, err := c.read(body)
	if err != nil {
		return nil, err
	}
	w.Key = key
	if most := c.opts.WebhookTolerance; most > 0 && c.now().Sub(w.Time).Abs() > most {
		return nil, fmt.Errorf("channels: %w: it is of %s", ErrWebhookTime, w.Time.UTC().Format(time.RFC3339))
	}
	return w, nil
}

// believe takes any of the app's keys; two of them may be the same, with an old secret and a new one.
func (c *Client) believe(key, signed string, body []byte) error {
	known := false
	for _, token := range c.tokens {
		if token.Key != key {
			continue
		}
		known = true
		if signature.Equal(signature.Webhook(token.Secret, body), signed) {
			return nil
		}
	}
	if known {
		return fmt.Errorf("channels: %w", ErrWebhookSignature)
	}
	return fmt.Errorf("channels: %w: %s", ErrWebhookKey, quoted(key))
}

func (c *Client) read(body []byte) (*Webhook, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return nil, fmt.Errorf("channels: %w: it is no JSON object", ErrWebhookBody)
	}
	var told struct {
		TimeMS int64       `json:"time_ms"`
		Events []toldEvent `json:"events"`
	}
	if err := json.Unmarshal(body, &told); err != nil {
		return nil, fmt.Errorf("channels: %w: %w", ErrWebhookBody, err)
	}
	w := &Webhook{Time: time.UnixMilli(told.TimeMS), Events: make([]WebhookEvent, len(told.Events))}
	for i, e := range told.Events {
		w.Events[i] = c.event(e)
	}
	return w, nil
}
