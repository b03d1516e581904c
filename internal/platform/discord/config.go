package discord

import (
	"encoding/base64"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// DefaultAPIURL is Discord's own API. The older host discordapp.com has limits of its own.
const DefaultAPIURL = "https://discord.com/api/v10"

// Config is one bot and the channel that it works in, or one webhook. With both, the bot works and the webhook is unused.
type Config struct {
	// Token of the bot, three parts with dots between them.
	Token string `env:"DISCORD_BOT_TOKEN" secret:"true"`
	// Channel is the forum channel (or text channel) in which conversations are threads: 17 to 20 digits.
	Channel string `env:"DISCORD_CHANNEL_ID"`
	// WebhookURL is for sending only, without a bot. It holds a token.
	WebhookURL string `env:"DISCORD_WEBHOOK_URL" secret:"true"`
	// Username and AvatarURL are as whom a webhook writes; empty for what Discord has.
	Username  string `env:"DISCORD_USERNAME"`
	AvatarURL string `env:"DISCORD_AVATAR_URL"`
	// PublicKey of the application (64 hexadecimal digits) verifies interactions that Discord posts; without one that endpoint is closed.
	PublicKey string `env:"DISCORD_PUBLIC_KEY"`
	// APIURL is what stands before "/channels/…"; another one than Discord's own for a proxy, and in tests.
	APIURL string `env:"DISCORD_API_URL" default:"https://discord.com/api/v10"`
	// EnableGateway receives what operators write. Without it the bot only sends, and hears interactions if PublicKey is set.
	EnableGateway bool `env:"DISCORD_ENABLE_GATEWAY" default:"true"`
	// MaxFileBytes is the largest file that the server takes: 10 MiB, more for boosted servers.
	// https://discord.com/developers/docs/reference#uploading-files
	MaxFileBytes int64 `env:"DISCORD_MAX_FILE_BYTES" default:"10485760"`
	// AutoArchive is after how long without a word Discord hides a thread: 1h, 1d, 3d or 7d.
	AutoArchive time.Duration `env:"DISCORD_AUTO_ARCHIVE" default:"7d"`
	// GlobalPerSecond is how many requests one bot may make; 0 for no limit. https://discord.com/developers/docs/topics/rate-limits
	GlobalPerSecond int `env:"DISCORD_GLOBAL_PER_SECOND" default:"50"`
	// MessagesPer5s is how many messages a channel takes in 5 seconds until Discord's headers say otherwise; 0 for no limit.
	// It was observed, Discord promises no number.
	MessagesPer5s int `env:"DISCORD_MESSAGES_PER_5S" default:"5"`
}

var (
	idForm      = regexp.MustCompile(`^[0-9]{17,20}$`)
	tokenForm   = regexp.MustCompile(`^[A-Za-z0-9_-]{20,40}\.[A-Za-z0-9_-]{4,16}\.[A-Za-z0-9_-]{20,80}$`)
	keyForm     = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
	webhookForm = regexp.MustCompile(`^/api(?:/v[0-9]+)?/webhooks/([0-9]{17,20})/([A-Za-z0-9_-]{20,128})$`)
)

// BotMode tells whether there is a bot with a channel.
func (c Config) BotMode() bool { return c.Token != "" && c.Channel != "" }

// WebhookMode tells whether all there is is a webhook.
func (c Config) WebhookMode() bool { return !c.BotMode() && c.WebhookURL != "" }

// Configured tells whether there is a bridge to run.
func (c Config) Configured() bool { return c.BotMode() || c.WebhookMode() }

// CanReceive tells whether operators' messages arrive.
func (c Config) CanReceive() bool { return c.BotMode() && c.EnableGateway }

// CanVerify tells whether interactions that Discord posts can be believed.
func (c Config) CanVerify() bool { return c.BotMode() && c.PublicKey != "" }

// BotID is the bot's user id, which the first part of its token encodes; empty if it does not.
func (c Config) BotID() string {
	first, _, _ := strings.Cut(c.Token, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(first, "="))
	if err != nil || !IsID(string(decoded)) {
		return ""
	}
	return string(decoded)
}

// Webhook is the id and the token in WebhookURL; empty without a valid one.
func (c Config) Webhook() (id, token string) {
	u, err := url.Parse(c.WebhookURL)
	if err != nil {
		return "", ""
	}
	parts := webhookForm.FindStringSubmatch(u.Path)
	if parts == nil {
		return "", ""
	}
	return parts[1], parts[2]
}

// Loopback tells whether the API is on this machine, as in tests: then attachments may be there too.
func (c Config) Loopback() bool {
	u, err := url.Parse(c.APIURL)
	return err == nil && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
