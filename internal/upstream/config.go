package upstream

import (
	"errors"
	"time"

	"google.golang.org/grpc"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/durability"
	"github.com/bellhop-chat/bellhop/internal/mtls"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config is embedded in a service's Config.
type Config struct {
	// NATSURL is the bus: nats://host:4222, several separated by commas.
	NATSURL string `env:"NATS_URL" secret:"true" expect:"nats://host:4222"`
	// Access is what the bus's servers are shown.
	Access Access
	// TLS is how this service and the sessions service know each other.
	TLS mtls.Config
	// Retention is how long facts are kept on the bus; every service must be given the same.
	Retention time.Duration `env:"RETENTION" default:"90d" expect:"a duration such as 30d or 90d"`
	// SessionsAddr is the sessions service, host:port.
	SessionsAddr string `env:"SESSIONS_ADDR" expect:"host:port"`
	// Storage is what the bus's storage must be.
	Storage durability.Config

	// Bus and Sessions replace NATSURL and SessionsAddr by what is in this process.
	Bus      bus.Config
	Sessions grpc.ClientConnInterface
}

// Validate names what is missing.
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
	return errors.Join(append(problems, c.Storage.Outside(c.Bus.InProcess != nil))...)
}
