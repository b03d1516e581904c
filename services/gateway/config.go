package gateway

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

// Config is the gateway's configuration.
type Config struct {
	runner.Runtime
	HTTP httpserver.Config

	// NATSURL is the bus: nats://host:4222, several separated by commas.
	NATSURL string `env:"NATS_URL" secret:"true" expect:"nats://host:4222"`
	// Retention is how long facts are kept on the bus.
	Retention time.Duration `env:"RETENTION" default:"90d"`
	// SessionsAddr is the sessions service, host:port.
	SessionsAddr string `env:"SESSIONS_ADDR" expect:"host:port"`

	// AllowedOrigins are the sites that may use the chat; empty for all.
	AllowedOrigins []string `env:"ALLOWED_ORIGINS"`
	// TrustedProxies are the networks whose X-Forwarded-For counts.
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES"`
	// WelcomeMessage is shown in an empty conversation.
	WelcomeMessage string `env:"WELCOME_MESSAGE"`
	// APIKey opens /api; empty keeps it shut.
	APIKey string `env:"API_KEY" secret:"true"`
	// RateLimits is on, or off for load tests.
	RateLimits string `env:"RATE_LIMITS" default:"on" oneof:"on,off"`
	// Bridges are the platforms that are connected, for /health.
	Bridges []string `env:"BRIDGES"`

	// Bus and Sessions replace NATSURL and SessionsAddr by what is in this process.
	Bus      bus.Config
	Sessions grpc.ClientConnInterface
}

// Validate names what is missing or malformed.
func (c *Config) Validate() error {
	var problems []error
	if c.NATSURL == "" && c.Bus.InProcess == nil {
		problems = append(problems, &config.Error{Variable: "NATS_URL", Found: "nothing", Expected: "nats://host:4222",
			Where: "the address of your NATS servers; bellhop up needs none"})
	}
	if c.SessionsAddr == "" && c.Sessions == nil {
		problems = append(problems, &config.Error{Variable: "SESSIONS_ADDR", Found: "nothing", Expected: "host:port",
			Where: "where the sessions service listens; bellhop up needs none"})
	}
	for _, origin := range c.AllowedOrigins {
		if origin != "*" && !strings.HasPrefix(origin, "*.") && !strings.HasPrefix(origin, "https://") && !strings.HasPrefix(origin, "http://") {
			problems = append(problems, &config.Error{Variable: "ALLOWED_ORIGINS", Found: strconv.Quote(origin),
				Expected: "origins such as https://example.com or *.example.com"})
		}
	}
	return errors.Join(problems...)
}
