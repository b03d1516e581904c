package notifier

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pusher"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

// ErrNoWebhook says that there is no destination of a name.
var ErrNoWebhook = errors.New("no such webhook")

// WebhookNames are the destinations that can be configured: what EVENTS_WEBHOOK_URL and BACKEND_WEBHOOK_URL name.
var WebhookNames = []string{webhook.Events, webhook.Backend}

// WebhookConfig names the customer's own servers.
type WebhookConfig = webhook.Config

// ChannelWebhookConfig names those who are told of the channels of a Pusher app.
type ChannelWebhookConfig = pusher.Config

// WebhookState is how a destination stands: since when it is disabled, how many sessions wait, and since when.
type WebhookState = webhook.State

// Webhook reads how a project's destination stands from the bus, whichever process serves it.
func Webhook(ctx context.Context, b *bus.Bus, p id.Project, name string) (WebhookState, error) {
	if err := known(name); err != nil {
		return WebhookState{}, err
	}
	return webhook.StateOf(ctx, b, webhook.Key(name, p))
}

// EnableWebhook lets a project's destination be sent to again that has answered 410. It begins with the event that was answered so.
func EnableWebhook(ctx context.Context, b *bus.Bus, p id.Project, name string) error {
	if err := known(name); err != nil {
		return err
	}
	return webhook.Enable(ctx, b, webhook.Key(name, p))
}

// ChannelWebhookState is how one stands who is told of channels: who it is, whether anybody tells it, and since when it fails.
type ChannelWebhookState = pusher.State

// ChannelWebhooks reads how those stand who are told of the channels of a project's app, whichever process tells them.
func ChannelWebhooks(ctx context.Context, b *bus.Bus, p id.Project) ([]ChannelWebhookState, error) {
	return pusher.States(ctx, b, p)
}

// TryWebhooks sends an event of the type test to every destination that is configured, and to those who are told of channels a request that
// tells of nothing. It answers by name what went wrong; nil where it was taken.
func TryWebhooks(ctx context.Context, cfg WebhookConfig, channels ChannelWebhookConfig) map[string]error {
	outcome := map[string]error{}
	for _, d := range webhook.Destinations(id.Default, cfg) {
		outcome[d.Name] = d.Test(ctx)
		d.Disconnect()
	}
	for _, r := range pusher.Receivers(id.Default, channels, cfg.AllowPrivate) {
		outcome[r.Name] = r.Test(ctx)
		r.Disconnect()
	}
	return outcome
}

func known(name string) error {
	if slices.Contains(WebhookNames, name) {
		return nil
	}
	return fmt.Errorf("%w: %q is none of %v", ErrNoWebhook, name, WebhookNames)
}
