package durability

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// The profiles.
const (
	standard   = "standard"
	production = "production"
	safe       = "safe"
)

// Config is embedded in a service's Config.
type Config struct {
	// Profile is production where conversations with customers must survive the loss of a disk: whatever would lose one is refused
	// at start. The standard profile refuses what nobody can want, and warns of the rest.
	Profile string `env:"PROFILE" default:"standard" oneof:"standard,production"`
	// Durability is safe when the bus syncs its disks before it acknowledges, relaxed when it may sync every second. Of an embedded bus it
	// is the setting, of another what is expected of it.
	Durability string `env:"DURABILITY" default:"safe" oneof:"safe,relaxed"`
	// Monitors are the addresses at which NATS servers tell how they sync; each stands for all servers that its name leads to.
	Monitors []string `env:"NATS_MONITOR_URL" expect:"http://host:8222, several separated by commas" where:"the monitoring port of every NATS server: http_port in its configuration"`
}

// InProduction tells whether nothing unsafe may be worked with.
func (c Config) InProduction() bool { return c.Profile == production }

// Validate checks what can be told without looking.
func (c *Config) Validate() error {
	var problems []error
	for _, monitor := range c.Monitors {
		if at, err := url.Parse(monitor); err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
			problems = append(problems, &config.Error{Variable: "NATS_MONITOR_URL", Found: strconv.Quote(monitor), Expected: "http://host:8222"})
		}
	}
	if !c.InProduction() {
		return errors.Join(problems...)
	}
	if c.Durability != safe {
		problems = append(problems, &config.Error{Variable: "DURABILITY", Found: `"` + c.Durability + `"`, Expected: "safe, because PROFILE is production",
			Where: "leave it out, and give every NATS server sync_interval: always"})
	}
	if len(c.Monitors) == 0 {
		problems = append(problems, &config.Error{Variable: "NATS_MONITOR_URL", Found: "nothing", Expected: "http://host:8222, because PROFILE is production",
			Where: "the monitoring port of every NATS server: whether it syncs before it acknowledges is told nowhere else"})
	}
	return errors.Join(problems...)
}

// Outside checks that the bus is not one inside this process.
func (c Config) Outside(inProcess bool) error {
	if !inProcess || !c.InProduction() {
		return nil
	}
	return &config.Error{Variable: "NATS_URL", Found: "nothing", Expected: "the NATS cluster, because PROFILE is production",
		Where: "the embedded bus is one disk; leave PROFILE out where that is enough"}
}
