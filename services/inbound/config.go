package inbound

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/claim"
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

	// Project is whose settings these are; default unless a file names several. Then Projects has a Config for each, of which counts
	// what a project may set, and this one is nobody's.
	Project  id.Project `projects:"name"`
	Projects []Config   `projects:"each"`

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

// each is the configuration of every project.
func (c Config) each() []Config {
	if len(c.Projects) > 0 {
		return c.Projects
	}
	c.Project = cmp.Or(c.Project, id.Default)
	return []Config{c}
}

// ValidateProjects tells what two projects share that they may not: who has written in a shared chat, nobody could say.
func (c *Config) ValidateProjects() error {
	var all []claim.Project
	for _, p := range c.each() {
		all = append(all, claim.Project{Name: p.Project, Telegram: p.Telegram, Discord: p.Discord, Slack: p.Slack})
	}
	return claim.Check(all)
}

// WebhookPath is where a platform posts what is a project's.
func WebhookPath(platform string, p id.Project) string {
	path := "/webhooks/" + platform
	if p == "" || p == id.Default {
		return path
	}
	return path + "/" + string(p)
}

// part names what receives for a project in this process's log.
func (c *Config) part(platform string) string {
	if c.Project == id.Default {
		return platform
	}
	return platform + " of " + string(c.Project)
}

// webhookURL is where a platform posts; empty without a public URL.
func (c *Config) webhookURL(platform string) string {
	if c.PublicURL == nil {
		return ""
	}
	return strings.TrimRight(c.PublicURL.String(), "/") + WebhookPath(platform, c.Project)
}
