package upstream

import (
	"os"
	"strconv"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Access is how whoever works with a bus outside this process is let in. It is embedded in a Config.
type Access struct {
	// Credentials is a file of an nkey's seed, as bellhop nats-auth makes it, or of a JWT with its seed.
	Credentials string `env:"NATS_CREDENTIALS" expect:"a file of a seed, or of a JWT and its seed"`
	// CA is a file of the authorities that may have signed the servers' certificates; the system's unless given.
	CA string `env:"NATS_CA" expect:"a file of certificates in PEM"`
}

// Validate names a file that cannot be read.
func (a *Access) Validate() error {
	for variable, file := range map[string]string{"NATS_CREDENTIALS": a.Credentials, "NATS_CA": a.CA} {
		if file == "" {
			continue
		}
		if _, err := os.ReadFile(file); err != nil {
			return &config.Error{Variable: variable, Found: strconv.Quote(file) + ", which cannot be read", Expected: "a file"}
		}
	}
	return nil
}

// To completes the way to a bus for one of its users.
func (a Access) To(cfg bus.Config, user string) bus.Config {
	cfg.User = user
	if cfg.InProcess == nil && cfg.Credentials == "" {
		cfg.Credentials = a.Credentials
	}
	if cfg.InProcess == nil && cfg.CA == "" {
		cfg.CA = a.CA
	}
	return cfg
}
