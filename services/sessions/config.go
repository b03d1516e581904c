package sessions

import (
	"cmp"
	"errors"
	"net"
	"path/filepath"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/durability"
	"github.com/bellhop-chat/bellhop/internal/mtls"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// Config is what the sessions service needs.
type Config struct {
	runner.Runtime

	// NATSURL names the bus's servers, comma separated. It may hold a password.
	NATSURL string `env:"NATS_URL" secret:"true" expect:"the URL of one or several NATS servers, comma separated"`
	// Access is what the bus's servers are shown.
	Access upstream.Access
	// TLS is how this service and those that call it know each other.
	TLS mtls.Config
	// Retention of the stream; every service must be given the same.
	Retention time.Duration `env:"RETENTION" default:"90d" expect:"a duration such as 30d or 90d"`
	// Storage is what the bus's storage must be.
	Storage durability.Config
	// Kept is how long conversations are kept.
	Kept RetentionConfig
	// RedisURL of the store. Empty keeps the store in a file of DataDir, for one process only.
	RedisURL string `env:"REDIS_URL" secret:"true" expect:"a URL such as redis://127.0.0.1:6379/0"`
	// DataDir holds the store's file, sessions.db, when there is no RedisURL.
	DataDir string `env:"DATA_DIR" default:"data" expect:"a directory"`
	// Addr is where gRPC is served. Without certificates calls are not authenticated, so it belongs on a private network.
	Addr string `env:"SESSIONS_ADDR" default:"127.0.0.1:9101" expect:"host:port or :port"`

	// Listener, if there is one, is served on instead of Addr: an in-process one, or one that a test has bound.
	Listener net.Listener
	// Lease is how long it stands what a gateway has reported of channels, after its last sign of life: 10 s, but in a test that cannot wait.
	Lease time.Duration
	// Bus is completed from the fields above where it says nothing itself.
	Bus bus.Config
}

// Validate checks what a single field cannot say.
func (c *Config) Validate() error {
	problems := []error{httpserver.CheckAddr("SESSIONS_ADDR", c.Addr), c.Storage.Outside(c.Bus.InProcess != nil)}
	if c.NATSURL == "" && c.Bus.URL == "" && c.Bus.InProcess == nil {
		problems = append(problems, &config.Error{Variable: "NATS_URL", Found: "nothing", Expected: "the URL of one or several NATS servers, comma separated"})
	}
	if c.RedisURL == "" && c.Storage.InProduction() {
		problems = append(problems, &config.Error{Variable: "REDIS_URL", Found: "nothing", Expected: "redis://host:6379/0, because PROFILE is production",
			Where: "a file on one machine serves one process only; leave PROFILE out where that is enough"})
	}
	return errors.Join(problems...)
}

// withDefaults fills what a Config that was not loaded from the environment leaves out.
func (c Config) withDefaults() Config {
	c.Runtime, c.Bus = c.WithDefaults(), c.Access.To(c.Bus, bus.Sessions)
	if c.Bus.URL == "" {
		c.Bus.URL = c.NATSURL
	}
	if c.Bus.Retention == 0 {
		c.Bus.Retention = c.Retention
	}
	if c.Bus.Name == "" {
		c.Bus.Name = "sessions"
	}
	if c.Bus.Log == nil {
		c.Bus.Log = c.Log
	}
	c.Bus.Metrics, c.Bus.Traces = c.Metrics, c.Traces
	c.Lease = cmp.Or(c.Lease, occupancy.Lease)
	c.Storage.Durability = cmp.Or(c.Storage.Durability, "safe")
	return c
}

// file of the embedded store.
func (c Config) file() string { return filepath.Join(c.DataDir, "sessions.db") }
