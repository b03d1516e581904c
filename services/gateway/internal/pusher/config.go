package pusher

import (
	"errors"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config is one app: what clients call it by, what it signs with, and its limits. The defaults are Pusher's.
type Config struct {
	// AppID, Key and Secret make an app; without them there is none. The key is public.
	AppID  string `env:"PUSHER_APP_ID"`
	Key    string `env:"PUSHER_KEY"`
	Secret string `env:"PUSHER_SECRET" secret:"true"`
	// ActivityTimeout is after how many seconds without hearing anything a client asks whether the server is there.
	ActivityTimeout int `env:"PUSHER_ACTIVITY_TIMEOUT" default:"120"`
	// ClientEvents lets clients send events to private and presence channels, ClientEventRate at most so many a second each.
	ClientEvents    string `env:"PUSHER_CLIENT_EVENTS" default:"off" oneof:"on,off"`
	ClientEventRate int    `env:"PUSHER_CLIENT_EVENT_RATE" default:"10"`
	// SubscriptionCounts tells subscribers how many they are.
	SubscriptionCounts string `env:"PUSHER_SUBSCRIPTION_COUNTS" default:"off" oneof:"on,off"`
	// Watchlists tells who signs in which of the users that he names are online.
	Watchlists string `env:"PUSHER_WATCHLISTS" default:"off" oneof:"on,off"`
	// AuthorizedConnections closes who has neither signed in nor joined a private or presence channel after 30 s.
	AuthorizedConnections string `env:"PUSHER_AUTHORIZED_CONNECTIONS" default:"off" oneof:"on,off"`
	// MaxConnections is how many sockets this gateway lets in, and MaxChannels how many channels one socket may be in; 0 for any number.
	MaxConnections int `env:"PUSHER_MAX_CONNECTIONS"`
	MaxChannels    int `env:"PUSHER_MAX_CHANNELS"`
	// MaxPayload is how much data an event may have, in bytes.
	MaxPayload int `env:"PUSHER_MAX_PAYLOAD" default:"10240"`
	// MaxMembers is how many users may be in a presence channel, and MaxUserBytes how large each one's channel data may be.
	MaxMembers   int `env:"PUSHER_MAX_MEMBERS" default:"100"`
	MaxUserBytes int `env:"PUSHER_MAX_USER_BYTES" default:"1024"`
	// CacheFor is how long a cache channel keeps its last event; 30 minutes at most.
	CacheFor time.Duration `env:"PUSHER_CACHE_FOR" default:"30m"`
	// WebhookURLs and Webhooks are the notifier's. Here it only counts whether there is one.
	WebhookURLs []string `env:"PUSHER_WEBHOOK_URL" secret:"true"`
	Webhooks    string   `env:"PUSHER_WEBHOOKS" secret:"true"`
	// PathPrefix is what the path of clients begins with, whether a proxy takes it away before this gateway sees it or not: some sign it, some do not.
	PathPrefix string `env:"PUSHER_PATH_PREFIX"`
}

// On tells whether there is an app.
func (c Config) On() bool { return c.AppID != "" }

// Hooked tells whether the app has webhooks.
func (c Config) Hooked() bool { return c.On() && (len(c.WebhookURLs) > 0 || c.Webhooks != "") }

// WithDefaults is for a configuration that was not read from the environment.
func (c Config) WithDefaults() Config {
	for value, usual := range map[*int]int{
		&c.ActivityTimeout: 120, &c.ClientEventRate: 10, &c.MaxPayload: 10240, &c.MaxMembers: 100, &c.MaxUserBytes: 1024,
	} {
		if *value == 0 {
			*value = usual
		}
	}
	if c.CacheFor == 0 {
		c.CacheFor = maxCached
	}
	return c
}

// maxCached is how long Pusher keeps the last event of a cache channel.
const maxCached = 30 * time.Minute

// maxPayload is what MaxPayload may be at most: a message on the bus must hold it.
const maxPayload = 512 << 10

// Validate names what is missing or malformed.
func (c *Config) Validate() error {
	var problems []error
	refuse := func(variable, found, expected string) {
		problems = append(problems, &config.Error{Variable: variable, Found: found, Expected: expected})
	}
	for variable, value := range map[string]string{"PUSHER_APP_ID": c.AppID, "PUSHER_KEY": c.Key, "PUSHER_SECRET": c.Secret} {
		if value == "" && c.AppID+c.Key+c.Secret != "" {
			refuse(variable, "nothing", "a value: an app has an id, a key and a secret")
		}
	}
	for variable, n := range map[string]int{
		"PUSHER_ACTIVITY_TIMEOUT": c.ActivityTimeout, "PUSHER_CLIENT_EVENT_RATE": c.ClientEventRate, "PUSHER_MAX_CONNECTIONS": c.MaxConnections,
		"PUSHER_MAX_CHANNELS": c.MaxChannels, "PUSHER_MAX_PAYLOAD": c.MaxPayload, "PUSHER_MAX_MEMBERS": c.MaxMembers, "PUSHER_MAX_USER_BYTES": c.MaxUserBytes,
	} {
		if n < 0 {
			refuse(variable, strconv.Itoa(n), "a number above 0")
		}
	}
	if c.MaxPayload > maxPayload {
		refuse("PUSHER_MAX_PAYLOAD", strconv.Itoa(c.MaxPayload), "at most "+strconv.Itoa(maxPayload)+" bytes")
	}
	if c.CacheFor < 0 || c.CacheFor > maxCached {
		refuse("PUSHER_CACHE_FOR", c.CacheFor.String(), "a duration up to 30m")
	}
	if p := c.PathPrefix; p != "" && (p[0] != '/' || p != path.Clean(p) || strings.ContainsAny(p, "{}?#% ") || p == "/") {
		refuse("PUSHER_PATH_PREFIX", p, "a path such as /push, without a slash at its end")
	}
	return errors.Join(problems...)
}
