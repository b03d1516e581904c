package inbound

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

// Config is what inbound needs.
type Config struct {
	runner.Runtime
	HTTP httpserver.Config

	// NATSURL is the bus: nats://host:4222, several separated by commas.
	NATSURL string `env:"NATS_URL" secret:"true" expect:"nats://host:4222"`
	// Retention is how long facts are kept on the bus; every service must be given the same.
	Retention time.Duration `env:"RETENTION" default:"90d"`
	// SessionsAddr is the sessions service, host:port.
	SessionsAddr string `env:"SESSIONS_ADDR" expect:"host:port"`
	// PublicURL is where the internet reaches this installation. With it, and a secret, platforms post here; without, updates are fetched.
	PublicURL *url.URL `env:"PUBLIC_URL"`

	Telegram telegram.Config

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
	if !publishable(c.PublicURL) {
		problems = append(problems, &config.Error{Variable: "PUBLIC_URL", Found: "something else",
			Expected: "an https URL without user and query, or http on this machine only"})
	}
	return errors.Join(problems...)
}

// publishable is https, or http where only this machine hears it.
func publishable(u *url.URL) bool {
	if u == nil {
		return true
	}
	addr, err := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
	return u.User == nil && u.RawQuery == "" && u.Fragment == "" && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && loopback)
}

// webhookURL is where a platform posts to a path; empty without a public URL.
func (c *Config) webhookURL(path string) string {
	if c.PublicURL == nil {
		return ""
	}
	return strings.TrimRight(c.PublicURL.String(), "/") + path
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
	c.Bus.Name = "inbound"
	return c
}
