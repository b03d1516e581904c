package notifier

import (
	"errors"
	"strconv"
	"time"

	"google.golang.org/grpc"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config is what the notifier needs. Without any platform it runs, and has nothing to do.
type Config struct {
	runner.Runtime

	// NATSURL is the bus: nats://host:4222, several separated by commas.
	NATSURL string `env:"NATS_URL" secret:"true" expect:"nats://host:4222"`
	// Retention is how long facts are kept on the bus; every service must be given the same.
	Retention time.Duration `env:"RETENTION" default:"90d"`
	// SessionsAddr is the sessions service, host:port.
	SessionsAddr string `env:"SESSIONS_ADDR" expect:"host:port"`
	// NotifyOn says when a conversation's thread is opened: at its first message, or as soon as the visitor's session starts.
	NotifyOn string `env:"NOTIFY_ON" default:"message" oneof:"message,connect"`

	Telegram telegram.Config
	// TelegramPerSecond is how much is sent to one group a second, beyond a short burst; 0 for no limit. Telegram's FAQ names 1.
	TelegramPerSecond float64 `env:"TELEGRAM_RATE_PER_SECOND" default:"1"`

	// Bus and Sessions replace NATSURL and SessionsAddr by what is in this process.
	Bus      bus.Config
	Sessions grpc.ClientConnInterface
}

// Validate names what is missing or malformed.
func (c *Config) Validate() error {
	var problems []error
	if c.NATSURL == "" && c.Bus.URL == "" && c.Bus.InProcess == nil {
		problems = append(problems, &config.Error{Variable: "NATS_URL", Found: "nothing", Expected: "nats://host:4222",
			Where: "the address of your NATS servers; bellhop up needs none"})
	}
	if c.SessionsAddr == "" && c.Sessions == nil {
		problems = append(problems, &config.Error{Variable: "SESSIONS_ADDR", Found: "nothing", Expected: "host:port",
			Where: "where the sessions service listens; bellhop up needs none"})
	}
	if c.TelegramPerSecond < 0 {
		problems = append(problems, &config.Error{Variable: "TELEGRAM_RATE_PER_SECOND",
			Found: strconv.FormatFloat(c.TelegramPerSecond, 'g', -1, 64), Expected: "a number from 0, where 0 means no limit"})
	}
	return errors.Join(problems...)
}

// withDefaults fills what a Config that was not loaded from the environment leaves out.
func (c Config) withDefaults() Config {
	c.Runtime = c.WithDefaults()
	if c.Bus.URL == "" {
		c.Bus.URL = c.NATSURL
	}
	if c.Bus.Retention == 0 {
		c.Bus.Retention = c.Retention
	}
	if c.Bus.Log == nil {
		c.Bus.Log = c.Log
	}
	c.Bus.Name = "notifier"
	return c
}
