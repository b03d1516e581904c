package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config is one Slack app and the channel that it works in, or an incoming webhook alone.
type Config struct {
	// Token of the bot, "xoxb-…".
	Token string `env:"SLACK_BOT_TOKEN" secret:"true"`
	// Channel is where conversations are opened, "C…" or "G…".
	Channel string `env:"SLACK_CHANNEL_ID"`
	// WebhookURL is an incoming webhook: it only sends, and only counts where there is no bot.
	WebhookURL string `env:"SLACK_WEBHOOK_URL" secret:"true"`
	// Username and IconEmoji (":bellhop_bell:") are how the bot appears; they need the scope chat:write.customize. Empty for the app's own.
	Username  string `env:"SLACK_USERNAME"`
	IconEmoji string `env:"SLACK_ICON_EMOJI"`
	// SigningSecret is what Slack signs its requests with; without one the webhook is closed.
	SigningSecret string `env:"SLACK_SIGNING_SECRET" secret:"true"`
	// AppToken, "xapp-…", lets Slack be heard without a public address: Socket Mode.
	AppToken string `env:"SLACK_APP_TOKEN" secret:"true"`
	// APIURL is what stands before the names of methods.
	APIURL string `env:"SLACK_API_URL" default:"https://slack.com/api/"`
	// RatePerSecond is how many messages the bot may post to its channel a second, beyond a short burst; 0 for no limit. Slack
	// names 1: https://docs.slack.dev/apis/web-api/rate-limits
	RatePerSecond float64 `env:"SLACK_RATE_PER_SECOND" default:"1"`
	// Burst is how many messages may follow each other at once. Slack tolerates "short bursts" without a number.
	Burst int `env:"SLACK_BURST" default:"4"`
}

var (
	tokenForm    = regexp.MustCompile(`^xoxb-[A-Za-z0-9-]+$`)
	appTokenForm = regexp.MustCompile(`^xapp-[A-Za-z0-9-]+$`)
	channelForm  = regexp.MustCompile(`^[CG][A-Z0-9]{8,}$`)
	secretForm   = regexp.MustCompile(`^[!-~]{8,256}$`)
	iconForm     = regexp.MustCompile(`^:[a-z0-9_+'-]+:$`)
)

// hooks is how the address of every incoming webhook begins.
const hooks = "https://hooks.slack.com/"

// Configured tells whether there is a bridge to run, whichever its mode.
func (c Config) Configured() bool { return c.BotMode() || c.WebhookMode() }

// BotMode tells whether there is a bot: conversations in threads, both ways. It wins over a webhook.
func (c Config) BotMode() bool { return c.Token != "" && c.Channel != "" }

// WebhookMode tells whether there is nothing but an incoming webhook: Slack is told, and nobody answers from there.
func (c Config) WebhookMode() bool { return c.WebhookURL != "" && !c.BotMode() }

// Account names the bot among many: of two processes with the same one only one may send.
func (c Config) Account() string {
	if c.BotMode() {
		return c.Channel
	}
	digest := sha256.Sum256([]byte(c.WebhookURL))
	return hex.EncodeToString(digest[:8])
}

// Signed tells whether requests of Slack's can be verified.
func (c Config) Signed() bool { return c.BotMode() && c.SigningSecret != "" }

// SocketMode tells whether Slack is heard over a socket of ours: with an app token, where Slack can't reach us (public is
// false) or where what it posts couldn't be verified.
func (c Config) SocketMode(public bool) bool {
	return c.BotMode() && c.AppToken != "" && (!public || !c.Signed())
}

// Validate returns a *config.SetupError with its guide where a setting of the bridge is missing or malformed, and a
// *config.Error for the others. Nothing at all is no bridge, and valid.
func (c *Config) Validate() error {
	return errors.Join(c.validateBot(), c.validateWebhook(), c.validateURL(), c.validateSecrets(), c.validateLooks(), c.validatePace())
}

func (c *Config) validateBot() error {
	switch {
	case c.Token == "" && c.Channel == "":
		return nil
	case c.Token == "":
		return setup("bot_token", tokenGuide)
	case !tokenForm.MatchString(c.Token):
		return setup("valid bot_token", tokenGuide)
	case c.Channel == "":
		return setup("channel_id", channelGuide)
	case !channelForm.MatchString(c.Channel):
		return setup("valid channel_id", channelGuide)
	}
	return nil
}

func (c *Config) validateWebhook() error {
	u, err := url.Parse(c.WebhookURL)
	switch {
	case c.WebhookURL == "", strings.HasPrefix(c.WebhookURL, hooks) && len(c.WebhookURL) > len(hooks) && err == nil:
		return nil
	case err == nil && loopback(u) && c.apiOnLoopback():
		return nil // a simulator's
	}
	return setup("valid webhook_url", webhookGuide)
}

func (c *Config) validateURL() error {
	u, err := url.Parse(c.APIURL)
	if c.APIURL == "" || err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && u.RawQuery == "" && u.Fragment == "" {
		return nil
	}
	return &config.Error{
		Variable: "SLACK_API_URL", Found: "something else", Expected: "an http or https URL without user and query, such as " + DefaultAPIURL,
	}
}

func (c *Config) validateSecrets() error {
	var problems []error
	if c.SigningSecret != "" && !secretForm.MatchString(c.SigningSecret) {
		problems = append(problems, &config.Error{
			Variable: "SLACK_SIGNING_SECRET", Found: "(hidden)", Expected: "8 to 256 characters without spaces",
			Where: "api.slack.com/apps, your app, Basic Information, App Credentials",
		})
	}
	if c.AppToken != "" && !appTokenForm.MatchString(c.AppToken) {
		problems = append(problems, &config.Error{
			Variable: "SLACK_APP_TOKEN", Found: "(hidden)", Expected: "an app-level token that begins with xapp-",
			Where: "api.slack.com/apps, your app, Basic Information, App-Level Tokens, scope connections:write",
		})
	}
	return errors.Join(problems...)
}

func (c *Config) validateLooks() error {
	if c.IconEmoji == "" || iconForm.MatchString(c.IconEmoji) {
		return nil
	}
	return &config.Error{Variable: "SLACK_ICON_EMOJI", Found: strconv.Quote(c.IconEmoji), Expected: "an emoji's name between colons, such as :bell:"}
}

func (c *Config) validatePace() error {
	var problems []error
	if !(c.RatePerSecond >= 0) { // not a number is wrong too
		problems = append(problems, &config.Error{Variable: "SLACK_RATE_PER_SECOND",
			Found: strconv.FormatFloat(c.RatePerSecond, 'g', -1, 64), Expected: "a number from 0, where 0 means no limit"})
	}
	if c.Burst < 0 {
		problems = append(problems, &config.Error{Variable: "SLACK_BURST", Found: strconv.Itoa(c.Burst), Expected: "a number from 0"})
	}
	return errors.Join(problems...)
}

func (c *Config) apiOnLoopback() bool {
	u, err := url.Parse(c.APIURL)
	return err == nil && loopback(u)
}

// loopback tells whether a URL leads to this very machine.
func loopback(u *url.URL) bool {
	host := u.Hostname()
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
