package discord

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Validate returns a *config.SetupError with its guide where the token, the channel or the webhook is missing or malformed,
// and a *config.Error for the other settings. None of the three is no bridge, and valid.
func (c *Config) Validate() error {
	return errors.Join(c.validateBot(), c.validateWebhook(), c.validateURLs(), c.validateName(), c.validateKey(), c.validateLimits())
}

func (c *Config) validateBot() error {
	switch {
	case c.Token == "" && c.Channel == "":
		return nil
	case c.Token == "" && c.WebhookURL != "": // a channel beside a webhook is superfluous, and no mistake
		return nil
	case c.Token == "":
		return setup("bot_token", tokenGuide)
	case !tokenForm.MatchString(c.Token) || c.BotID() == "":
		return setup("valid bot_token", tokenGuide)
	case c.Channel == "":
		return setup("channel_id", channelGuide)
	case !IsID(c.Channel):
		return setup("valid channel_id", channelGuide)
	}
	return nil
}

// webhookPrefix is how every webhook URL begins that Discord gives.
const webhookPrefix = "https://discord.com/api/webhooks/"

// validateWebhook checks the prefix that Discord gives; in tests a webhook is where the API is.
func (c *Config) validateWebhook() error {
	if c.WebhookURL == "" {
		return nil
	}
	u, err := url.Parse(c.WebhookURL)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !webhookForm.MatchString(u.Path) {
		return setup("valid webhook_url", webhookGuide)
	}
	api, err := url.Parse(c.APIURL)
	beside := err == nil && c.Loopback() && u.Scheme == api.Scheme && u.Host == api.Host
	if !beside && !strings.HasPrefix(c.WebhookURL, webhookPrefix) {
		return setup("valid webhook_url", webhookGuide)
	}
	return nil
}

func (c *Config) validateURLs() error {
	var problems []error
	for _, setting := range []struct{ name, value, example string }{
		{"DISCORD_API_URL", c.APIURL, DefaultAPIURL},
		{"DISCORD_AVATAR_URL", c.AvatarURL, "https://example.com/bell.png"},
	} {
		u, err := url.Parse(setting.value)
		if setting.value == "" || err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && u.Fragment == "" {
			continue
		}
		problems = append(problems, &config.Error{
			Variable: setting.name, Found: "something else", Expected: "an http or https URL, such as " + setting.example,
		})
	}
	return errors.Join(problems...)
}

// validateName keeps to https://discord.com/developers/docs/resources/webhook#create-webhook
func (c *Config) validateName() error {
	lower := strings.ToLower(c.Username)
	if utf8.RuneCountInString(c.Username) <= maxUsername && !strings.Contains(lower, "clyde") && !strings.Contains(lower, "discord") {
		return nil
	}
	return &config.Error{
		Variable: "DISCORD_USERNAME", Found: strconv.Quote(c.Username),
		Expected: "at most 80 characters, without \"clyde\" and \"discord\"",
	}
}

func (c *Config) validateKey() error {
	if c.PublicKey == "" || keyForm.MatchString(c.PublicKey) {
		return nil
	}
	return &config.Error{
		Variable: "DISCORD_PUBLIC_KEY", Found: "something else", Expected: "64 hexadecimal digits",
		Where: "https://discord.com/developers/applications, General Information, Public Key",
	}
}

func (c *Config) validateLimits() error {
	var problems []error
	for name, value := range map[string]int64{
		"DISCORD_GLOBAL_PER_SECOND": int64(c.GlobalPerSecond), "DISCORD_MESSAGES_PER_5S": int64(c.MessagesPer5s), "DISCORD_MAX_FILE_BYTES": c.MaxFileBytes,
	} {
		if value < 0 {
			problems = append(problems, &config.Error{Variable: name, Found: strconv.FormatInt(value, 10), Expected: "a number from 0"})
		}
	}
	const day = 24 * time.Hour
	switch c.AutoArchive {
	case 0, time.Hour, day, 3 * day, 7 * day:
	default:
		problems = append(problems, &config.Error{
			Variable: "DISCORD_AUTO_ARCHIVE", Found: c.AutoArchive.String(), Expected: "one of 1h, 1d, 3d, 7d",
		})
	}
	return errors.Join(problems...)
}
