package mtls

import (
	"errors"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config is embedded in a service's Config. All three or none.
type Config struct {
	// Cert and Key are files of this service's certificate with what leads to the authority, and of its key, in PEM. The certificate of
	// the sessions service is for the host by which the others call it.
	Cert string `env:"GRPC_TLS_CERT" expect:"a file of a certificate in PEM"`
	Key  string `env:"GRPC_TLS_KEY" expect:"a file of a private key in PEM"`
	// CA is a file of the authority that has signed everybody's. It should sign for nobody else: whoever has one of its certificates may
	// ask anything.
	CA string `env:"GRPC_TLS_CA" expect:"a file of certificates in PEM"`
}

// On tells whether there are certificates.
func (c Config) On() bool { return c.Cert != "" }

// Validate reads the files once.
func (c *Config) Validate() error {
	if c.Cert == "" && c.Key == "" && c.CA == "" {
		return nil
	}
	var problems []error
	for variable, file := range map[string]string{"GRPC_TLS_CERT": c.Cert, "GRPC_TLS_KEY": c.Key, "GRPC_TLS_CA": c.CA} {
		if file == "" {
			problems = append(problems, &config.Error{Variable: variable, Found: "nothing", Expected: "a file in PEM, because another of GRPC_TLS_* is given"})
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	if _, err := c.load(); err != nil {
		return &config.Error{Variable: "GRPC_TLS_CERT", Found: err.Error(), Expected: "a certificate, its key and the authority's certificate"}
	}
	return nil
}

// Credentials are for either side of a connection.
func (c Config) Credentials() credentials.TransportCredentials {
	if !c.On() {
		return insecure.NewCredentials()
	}
	return reading{c}
}
