package webhook

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// secretPrefix marks a secret in the form of Standard Webhooks: what follows is the key in base64.
const secretPrefix = "whsec_"

// Config says whom to tell. The addresses are secrets: many receivers know a sender by nothing else.
type Config struct {
	// EventsURL gets every event; none without.
	EventsURL string `env:"EVENTS_WEBHOOK_URL" secret:"true"`
	// EventsSecret signs what EventsURL gets: as it is for X-PocketPing-Signature; for Standard Webhooks its base64 part if it
	// begins with "whsec_", else its bytes.
	EventsSecret string `env:"EVENTS_WEBHOOK_SECRET" secret:"true"`
	// BackendURL gets what operators do; none without.
	BackendURL string `env:"BACKEND_WEBHOOK_URL" secret:"true"`
	// APIKey goes along to BackendURL as a bearer token.
	APIKey string `env:"API_KEY" secret:"true"`
	// AllowPrivate lets both reach loopback and private networks.
	AllowPrivate bool `env:"WEBHOOK_ALLOW_PRIVATE"`
}

// Validate names what is malformed, as *config.Error.
func (c *Config) Validate() error {
	return errors.Join(
		validateURL("EVENTS_WEBHOOK_URL", c.EventsURL),
		validateURL("BACKEND_WEBHOOK_URL", c.BackendURL),
		validateSecret(c.EventsSecret),
	)
}

func validateURL(variable, address string) error {
	if address == "" {
		return nil
	}
	if u, err := url.Parse(address); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" {
		return nil
	}
	return &config.Error{Variable: variable, Found: "(hidden)", Expected: "a URL that begins with https:// or http://",
		Where: "the address where your server takes webhooks"}
}

func validateSecret(secret string) error {
	if _, err := standardKey(secret); err == nil {
		return nil
	}
	return &config.Error{Variable: "EVENTS_WEBHOOK_SECRET", Found: "(hidden)", Expected: "any text, or whsec_ and a key in base64",
		Where: `make one with: echo "whsec_$(openssl rand -base64 32)"`}
}

// standardKey is the key of the Standard Webhooks signature.
func standardKey(secret string) ([]byte, error) {
	if encoded, ok := strings.CutPrefix(secret, secretPrefix); ok {
		key, err := base64.StdEncoding.DecodeString(encoded)
		if err == nil && len(key) == 0 {
			err = errors.New("the key is empty")
		}
		return key, err
	}
	return []byte(secret), nil
}
