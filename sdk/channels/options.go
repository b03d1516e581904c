package channels

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options are what a client is made of. AppID, Key, Secret and URL are needed; everything else has a default.
type Options struct {
	// AppID, Key and Secret are the app's, as the server's configuration has them.
	AppID, Key, Secret string
	// URL is where the HTTP API is reached, such as "https://chat.example.com". Without a scheme, https is meant; http has to be said.
	// A path is put before /apps/… and is not signed, for what a proxy strips the server doesn't see.
	URL string
	// HTTPClient makes the calls; one of its own unless given. Redirects are never followed.
	HTTPClient *http.Client
	// Proxy is the HTTP proxy that calls go through, such as "http://user:password@proxy.example.com:3128"; https and socks5 are
	// possible as well. Unless given, HTTP_PROXY, HTTPS_PROXY and NO_PROXY decide. Not together with HTTPClient, whose transport
	// has a proxy of its own.
	Proxy string
	// Timeout bounds a call, from connecting to the last byte of the answer; 5 seconds. So does the context of a call.
	Timeout time.Duration
	// EncryptionMasterKey is what the keys of encrypted channels are made from, 32 random bytes; only they need it.
	EncryptionMasterKey []byte
	// EncryptionMasterKeyBase64 is the same as text, as `openssl rand -base64 32` prints it. Only one of the two may be given.
	EncryptionMasterKeyBase64 string
	// ExtraTokens are other keys of the same app whose webhooks are believed too, so that a key can be changed without losing anything.
	ExtraTokens []Token
	// WebhookTolerance is how far off a webhook's time may be, in both directions; it is not looked at unless given, and whoever
	// has recorded a webhook can play it back. 5 minutes are how long a webhook is tried again: less loses what was.
	WebhookTolerance time.Duration
	// Logger is told of every call at debug level, and what handlers refused and why; nobody is unless given. No data of events and no
	// secret is ever logged.
	Logger *slog.Logger
}

// Token is a key of an app and its secret.
type Token struct{ Key, Secret string }

// String is the key alone, so that no secret is printed by accident.
func (t Token) String() string { return t.Key }

// GoString is the key alone.
func (t Token) GoString() string { return t.Key }

func (t Token) check(name string) error {
	if t.Key == "" || !graphic(t.Key) || strings.Contains(t.Key, ":") {
		return fmt.Errorf("channels: %s must have an app's key", name)
	}
	if t.Secret == "" {
		return fmt.Errorf("channels: %s must have the key's secret", name)
	}
	return nil
}

// graphic tells whether a text is of printable ASCII without blanks, as keys and ids are.
func graphic(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0
}

const (
	// defaultTimeout is the gem's.
	defaultTimeout = 5 * time.Second
	masterKeySize  = 32
)

// check answers what New must know of options besides themselves.
func (o Options) check() (base *url.URL, master []byte, err error) {
	if o.AppID == "" || !graphic(o.AppID) {
		return nil, nil, errors.New("channels: Options.AppID must be an app's id")
	}
	if err := (Token{o.Key, o.Secret}).check("Options"); err != nil {
		return nil, nil, err
	}
	for _, t := range o.ExtraTokens {
		if err := t.check("each of Options.ExtraTokens"); err != nil {
			return nil, nil, err
		}
	}
	if o.Timeout < 0 || o.WebhookTolerance < 0 {
		return nil, nil, errors.New("channels: Options.Timeout and Options.WebhookTolerance must not be negative")
	}
	if base, err = parseBase(o.URL); err != nil {
		return nil, nil, err
	}
	master, err = o.masterKey()
	return base, master, err
}

// masterKey is nil when there is none.
func (o Options) masterKey() ([]byte, error) {
	key := o.EncryptionMasterKey
	if o.EncryptionMasterKeyBase64 != "" {
		if len(key) > 0 {
			return nil, errors.New("channels: Options.EncryptionMasterKey and Options.EncryptionMasterKeyBase64 exclude each other")
		}
		var err error
		if key, err = base64.StdEncoding.DecodeString(o.EncryptionMasterKeyBase64); err != nil {
			return nil, errors.New("channels: Options.EncryptionMasterKeyBase64 is not base64") // the cause would quote the key
		}
	}
	if len(key) > 0 && len(key) != masterKeySize {
		return nil, fmt.Errorf("channels: the encryption master key must have %d bytes, and has %d", masterKeySize, len(key))
	}
	return append([]byte(nil), key...), nil
}
