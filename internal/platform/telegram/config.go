package telegram

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config is one bot and the groups that it works in.
type Config struct {
	// Token of the bot, "<digits>:<letters>" as BotFather gives it.
	Token string `env:"TELEGRAM_BOT_TOKEN" secret:"true"`
	// Chats are the operators' groups, "-100…"; conversations are opened in the first. See ChatIDs.
	Chats []string `env:"TELEGRAM_CHAT_ID"`
	// APIURL is what stands before "/bot<token>/…"; another one than Telegram's own for a local Bot API server, and in tests.
	APIURL string `env:"TELEGRAM_API_URL" default:"https://api.telegram.org"`
	// WebhookSecret is what Telegram sends along with every update; without one the webhook is closed.
	WebhookSecret string `env:"TELEGRAM_WEBHOOK_SECRET" secret:"true"`
	// BudgetPerMinute is how much the bot may send to one group in any 60 seconds, of all services together; 0 for no limit.
	// Telegram's FAQ names 20.
	BudgetPerMinute int `env:"TELEGRAM_BUDGET_PER_MINUTE" default:"20"`
	// MaxDownload is the largest file that a bot may fetch, in bytes; more with a local Bot API server.
	// https://core.telegram.org/bots/api#getfile
	MaxDownload int64 `env:"TELEGRAM_MAX_DOWNLOAD_BYTES" default:"20971520"`
	// MaxUpload is the largest file that a bot may send, in bytes. https://core.telegram.org/bots/api#senddocument
	MaxUpload int64 `env:"TELEGRAM_MAX_UPLOAD_BYTES" default:"52428800"`
	// MaxPhoto is the largest picture that is taken as one, in bytes. https://core.telegram.org/bots/api#sendphoto
	MaxPhoto int64 `env:"TELEGRAM_MAX_PHOTO_BYTES" default:"10485760"`
}

var (
	tokenForm  = regexp.MustCompile(`^[0-9]{1,19}:[A-Za-z0-9_-]+$`)
	chatForm   = regexp.MustCompile(`^-100[0-9]{10,15}$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// Configured tells whether there is a bridge to run: both the token and a chat are set.
func (c Config) Configured() bool { return c.Token != "" && len(c.Chats) > 0 }

// Validate returns a *config.SetupError with its guide where the token or a chat is missing or malformed, and a
// *config.Error for the other settings. Neither token nor chat is no bridge, and valid.
func (c *Config) Validate() error {
	return errors.Join(c.validateBot(), c.validateURL(), c.validateWebhook(), c.validateBudget(), c.validateSizes())
}

func (c *Config) validateBot() error {
	switch {
	case c.Token == "" && len(c.Chats) == 0:
		return nil
	case c.Token == "":
		return setup("bot_token", tokenGuide)
	case !tokenForm.MatchString(c.Token):
		return setup("valid bot_token", tokenGuide)
	case len(c.Chats) == 0:
		return setup("chat_id", chatGuide)
	}
	for _, chat := range c.Chats {
		if !chatForm.MatchString(chat) {
			return setup("valid chat_id", chatGuide)
		}
	}
	return nil
}

func (c *Config) validateURL() error {
	u, err := url.Parse(c.APIURL)
	if c.APIURL == "" || err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && u.RawQuery == "" {
		return nil
	}
	return &config.Error{
		Variable: "TELEGRAM_API_URL", Found: "something else", Expected: "an http or https URL without user and query, such as " + DefaultAPIURL,
	}
}

func (c *Config) validateWebhook() error {
	if c.WebhookSecret == "" || secretForm.MatchString(c.WebhookSecret) {
		return nil
	}
	return &config.Error{
		Variable: "TELEGRAM_WEBHOOK_SECRET", Found: "(hidden)", Expected: "1 to 256 letters, digits, underscores and dashes",
		Where: "make one with: openssl rand -hex 32",
	}
}

func (c *Config) validateBudget() error {
	if c.BudgetPerMinute >= 0 {
		return nil
	}
	return &config.Error{
		Variable: "TELEGRAM_BUDGET_PER_MINUTE", Found: strconv.Itoa(c.BudgetPerMinute), Expected: "a number from 0, where 0 means no limit",
	}
}

// ChatIDs are the chats as numbers; what is not one is left out, and Validate has said so.
func (c Config) ChatIDs() []int64 {
	ids := make([]int64, 0, len(c.Chats))
	for _, chat := range c.Chats {
		if chatID, err := strconv.ParseInt(chat, 10, 64); err == nil {
			ids = append(ids, chatID)
		}
	}
	return ids
}

// BotID is the bot's user id, which is how its token begins; 0 without a token.
func (c Config) BotID() int64 {
	digits, _, _ := strings.Cut(c.Token, ":")
	botID, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return botID
}
