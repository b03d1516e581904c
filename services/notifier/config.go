package notifier

import (
	"errors"
	"strconv"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/upstream"
)

// Config is what the notifier needs. Without any platform it runs, and has nothing to do.
type Config struct {
	runner.Runtime

	// Upstream is the bus and the sessions service.
	Upstream upstream.Config

	// NotifyOn says when a conversation's thread is opened: at its first message, or as soon as the visitor's session starts.
	NotifyOn string `env:"NOTIFY_ON" default:"message" oneof:"message,connect"`

	Telegram telegram.Config
	// TelegramPerSecond is how much is sent to one group a second, beyond a short burst; 0 for no limit. Telegram's FAQ names 1.
	TelegramPerSecond float64 `env:"TELEGRAM_RATE_PER_SECOND" default:"1"`
}

// Validate names what is missing or malformed.
func (c *Config) Validate() error {
	var problems []error
	if c.TelegramPerSecond < 0 {
		problems = append(problems, &config.Error{Variable: "TELEGRAM_RATE_PER_SECOND",
			Found: strconv.FormatFloat(c.TelegramPerSecond, 'g', -1, 64), Expected: "a number from 0, where 0 means no limit"})
	}
	return errors.Join(problems...)
}
