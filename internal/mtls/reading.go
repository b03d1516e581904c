package mtls

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"

	"google.golang.org/grpc/credentials"
)

var errNoAuthority = errors.New("holds no certificate")

// load reads the files as they are now.
func (c Config) load() (*tls.Config, error) {
	own, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	text, err := os.ReadFile(c.CA)
	if err != nil {
		return nil, fmt.Errorf("read authority: %w", err)
	}
	authority := x509.NewCertPool()
	if !authority.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: %w", c.CA, errNoAuthority)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{own}, RootCAs: authority, ClientCAs: authority, ClientAuth: tls.RequireAndVerifyClientCert,
		MinVersion: tls.VersionTLS13,
	}, nil
}

// reading is TLS with the files as they are at each handshake.
type reading struct{ Config }

// ClientHandshake implements credentials.TransportCredentials.
func (r reading) ClientHandshake(ctx context.Context, authority string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	now, err := r.load()
	if err != nil {
		return nil, nil, err
	}
	return credentials.NewTLS(now).ClientHandshake(ctx, authority, conn)
}

// ServerHandshake implements credentials.TransportCredentials.
func (r reading) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	now, err := r.load()
	if err != nil {
		return nil, nil, err
	}
	return credentials.NewTLS(now).ServerHandshake(conn)
}

// Info implements credentials.TransportCredentials.
func (r reading) Info() credentials.ProtocolInfo { return credentials.NewTLS(nil).Info() }

// Clone implements credentials.TransportCredentials.
func (r reading) Clone() credentials.TransportCredentials { return r }

// OverrideServerName implements credentials.TransportCredentials: nobody of ours is called by another name than his address.
func (r reading) OverrideServerName(string) error {
	return errors.New("the certificate must be for the address that is called")
}
