package inbound

import (
	"net/url"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/upstream"
)

// Config is what inbound needs.
type Config struct {
	runner.Runtime
	HTTP httpserver.Config

	// Upstream is the bus and the sessions service.
	Upstream upstream.Config

	// PublicURL is where the internet reaches this installation. With it, and a secret, platforms post here; without, updates are fetched.
	PublicURL *url.URL `env:"PUBLIC_URL"`
	// Screenshots on: operators may ask for a picture of the visitor's page. The page tells the visitor.
	Screenshots string `env:"SCREENSHOTS" default:"off" oneof:"on,off"`
	// MaxFile is the largest file of an operator that is passed on, in bytes. Telegram hands out 20 MB at most by itself.
	MaxFile int64 `env:"FILES_OPERATOR_MAX_BYTES" default:"52428800" expect:"a number of bytes"`

	// TestBots may act as operators in tests: ids of bots, which are heard by nobody otherwise.
	TestBots []string `env:"BRIDGE_TEST_BOT_IDS"`

	Telegram telegram.Config
	Discord  discord.Config
	Slack    slack.Config
}

// Validate names what is missing or malformed.
func (c *Config) Validate() error {
	return httpserver.CheckPublicURL(c.PublicURL)
}

// webhookURL is where a platform posts to a path; empty without a public URL.
func (c *Config) webhookURL(path string) string {
	if c.PublicURL == nil {
		return ""
	}
	return strings.TrimRight(c.PublicURL.String(), "/") + path
}
