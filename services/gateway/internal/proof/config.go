package proof

import (
	"fmt"
	"strconv"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config is what identities are verified with.
type Config struct {
	// Secrets sign the proofs; empty when identities are not verified. There may be two, so that one can take the other's place.
	Secrets []string `env:"IDENTITY_SECRET" secret:"true" expect:"one secret, or two separated by a comma" where:"make one with openssl rand -hex 32"`
}

const (
	// minSecret is the shortest secret, in bytes: HS256 wants a key as long as its hash (RFC 7518, 3.2).
	minSecret = 32
	// maxSecrets is the present secret and the one before.
	maxSecrets = 2
)

// Validate names what is wrong with the secrets, and repeats none.
func (c *Config) Validate() error {
	wrong := func(found, expected string) error {
		return &config.Error{Variable: "IDENTITY_SECRET", Found: found, Expected: expected, Where: "make one with openssl rand -hex 32"}
	}
	if n := len(c.Secrets); n > maxSecrets {
		return wrong(strconv.Itoa(n)+" secrets", "one, or two while one takes the other's place")
	}
	for _, secret := range c.Secrets {
		if len(secret) < minSecret {
			return wrong(fmt.Sprintf("a secret of %d bytes", len(secret)), fmt.Sprintf("at least %d bytes each", minSecret))
		}
	}
	return nil
}
