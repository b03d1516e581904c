package bus

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// errCredentials says that a file shows nobody who this is.
var errCredentials = errors.New("neither the seed of a user's nkey nor a JWT with its seed")

// identity is how this process tells the servers who it is, and how it knows them.
func (c Config) identity() (opts []nats.Option, err error) {
	if c.User != "" {
		opts = append(opts, nats.CustomInboxPrefix(Inbox(c.User)))
	}
	if c.CA != "" {
		opts = append(opts, nats.RootCAs(c.CA))
	}
	if c.Credentials == "" {
		return opts, nil
	}
	shown, err := credentials(c.Credentials)
	if err != nil {
		return nil, fmt.Errorf("read NATS credentials: %w", err)
	}
	return append(opts, shown), nil
}

// credentials reads a file of either kind. What it says is read again with each connection, but for which nkey it is.
func credentials(file string) (nats.Option, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	if bytes.Contains(text, []byte("BEGIN NATS USER JWT")) {
		return nats.UserCredentials(file), nil
	}
	key, err := nkeys.ParseDecoratedUserNKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, errCredentials)
	}
	defer key.Wipe()
	return nats.NkeyOptionFromSeed(file)
}
