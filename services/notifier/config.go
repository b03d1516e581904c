package notifier

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/claim"
	"github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pusher"
)

// Config is what the notifier needs. Without any platform and webhook it runs, and has nothing to do.
type Config struct {
	runner.Runtime

	// Project is whose settings these are; default unless a file names several. Then Projects has a Config for each, of which counts
	// what a project may set, and this one is nobody's.
	Project  id.Project `projects:"name"`
	Projects []Config   `projects:"each"`

	// Upstream is the bus and the sessions service.
	Upstream upstream.Config

	// DeliverTo limits this process to some platforms, where webhook is the customer's own servers; empty for all. So each may
	// have processes of its own.
	DeliverTo []string `env:"DELIVER_TO" expect:"telegram, discord, slack, webhook, or several of them with commas"`

	// NotifyOn says when a conversation's thread is opened: at its first message, or as soon as the visitor's session starts.
	NotifyOn string `env:"NOTIFY_ON" default:"message" oneof:"message,connect"`

	// PublicURL is where the internet reaches this installation: links for operators to files that a platform does not take begin
	// with it. FilesURL stands in for it where there is none.
	PublicURL *url.URL `env:"PUBLIC_URL"`
	FilesURL  string

	Telegram telegram.Config
	// TelegramPerSecond is how much is sent to one group a second, beyond a short burst; 0 for no limit. Telegram's FAQ names 1.
	TelegramPerSecond float64 `env:"TELEGRAM_RATE_PER_SECOND" default:"1"`

	Discord discord.Config
	Slack   slack.Config

	// Webhook is the customer's own servers.
	Webhook WebhookConfig
	// Pusher is who is told of the channels of the project's Pusher app.
	Pusher pusher.Config
}

// Validate names what is missing or malformed.
func (c *Config) Validate() error {
	var problems []error
	for _, name := range c.DeliverTo {
		if name != webhookPlatform && platforms[name] == nil {
			problems = append(problems, &config.Error{Variable: "DELIVER_TO", Found: strconv.Quote(name),
				Expected: "telegram, discord, slack, webhook, or several of them with commas"})
		}
	}
	if c.TelegramPerSecond < 0 {
		problems = append(problems, &config.Error{Variable: "TELEGRAM_RATE_PER_SECOND",
			Found: strconv.FormatFloat(c.TelegramPerSecond, 'g', -1, 64), Expected: "a number from 0, where 0 means no limit"})
	}
	return errors.Join(problems...)
}

// webhookPlatform stands for the customer's own servers in DeliverTo.
const webhookPlatform = "webhook"

// delivers tells whether what goes to a platform is this process's business.
func (c *Config) delivers(platform string) bool {
	return len(c.DeliverTo) == 0 || slices.Contains(c.DeliverTo, platform)
}

// Connected are the platforms that are configured, and this process's business, by name.
func (c *Config) Connected() []string {
	var names []string
	for _, platform := range []struct {
		name       string
		configured bool
	}{{"telegram", c.Telegram.Configured()}, {"discord", c.Discord.Configured()}, {"slack", c.Slack.Configured()}} {
		if platform.configured && c.delivers(platform.name) {
			names = append(names, platform.name)
		}
	}
	return names
}

// each is the configuration of every project.
func (c Config) each() []Config {
	if len(c.Projects) > 0 {
		return c.Projects
	}
	c.Project = cmp.Or(c.Project, id.Default)
	return []Config{c}
}

// checkPlatforms explains what is wrong with the platforms and webhooks to whoever has not loaded the configuration from the environment.
func (c *Config) checkPlatforms() error {
	var problems []error
	for _, p := range c.each() {
		problems = append(problems, p.Telegram.Validate(), p.Discord.Validate(), p.Slack.Validate(), p.Webhook.Validate(), p.Pusher.Validate())
	}
	return errors.Join(append(problems, c.ValidateProjects())...)
}

// ValidateProjects tells what two projects share that they may not: one bot has one budget, and one chat one team.
func (c *Config) ValidateProjects() error {
	var all []claim.Project
	for _, p := range c.each() {
		all = append(all, claim.Project{Name: p.Project, Telegram: p.Telegram, Discord: p.Discord, Slack: p.Slack})
	}
	return claim.Check(all)
}

// filesBase is where links to a project's files begin, at an installation.
func (c *Config) filesBase(p id.Project) string {
	base := c.FilesURL
	if c.PublicURL != nil {
		base = strings.TrimRight(c.PublicURL.String(), "/")
	}
	return file.Base(base, p)
}
