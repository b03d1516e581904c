package pusher

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

// Config says whom to tell of an app's channels. The addresses are secrets: many receivers know a sender by nothing else.
type Config struct {
	// AppID, Key and Secret are the app's; webhooks are signed with the secret.
	AppID  string `env:"PUSHER_APP_ID"`
	Key    string `env:"PUSHER_KEY"`
	Secret string `env:"PUSHER_SECRET" secret:"true"`
	// URLs are told, each for itself.
	URLs []string `env:"PUSHER_WEBHOOK_URL" secret:"true" expect:"one URL, or several with commas"`
	// Batch says whether several events come in one request.
	Batch string `env:"PUSHER_WEBHOOK_BATCH" default:"on" oneof:"on,off"`
	// Events are the names of those that are told, and Channels how the names of their channels begin; empty for all.
	Events   []string `env:"PUSHER_WEBHOOK_EVENTS"`
	Channels []string `env:"PUSHER_WEBHOOK_CHANNELS"`
}

// On tells whether anybody is to be told.
func (c Config) On() bool { return len(c.URLs) > 0 }

// Validate names what is missing or malformed.
func (c *Config) Validate() error {
	var problems []error
	for _, address := range c.URLs {
		problems = append(problems, webhook.ValidateURL("PUSHER_WEBHOOK_URL", cmp.Or(address, "nothing")))
	}
	if c.On() && (c.AppID == "" || c.Key == "" || c.Secret == "") {
		problems = append(problems, &config.Error{Variable: "PUSHER_WEBHOOK_URL", Found: "no app", Expected: "PUSHER_APP_ID, PUSHER_KEY and PUSHER_SECRET beside it"})
	}
	for _, name := range c.Events {
		if !slices.Contains(hook.Names(), name) {
			problems = append(problems, &config.Error{Variable: "PUSHER_WEBHOOK_EVENTS", Found: strconv.Quote(name), Expected: "some of " + strings.Join(hook.Names(), ", ")})
		}
	}
	return errors.Join(problems...)
}

// wants tells whether an event is to be told.
func (c *Config) wants(e hook.Event) bool {
	return (len(c.Events) == 0 || slices.Contains(c.Events, e.Name)) &&
		(len(c.Channels) == 0 || slices.ContainsFunc(c.Channels, func(prefix string) bool { return strings.HasPrefix(e.Channel, prefix) }))
}
