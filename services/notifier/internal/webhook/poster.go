package webhook

import (
	"context"
	"net/http"
	"time"
)

// Poster posts to one address as destinations are posted to, for webhooks of another form: in a bounded time, without following a redirect, and
// to no private address unless that is allowed.
type Poster struct{ client *client }

// NewPoster makes one, whose attempts end within a time. The address must be valid.
func NewPoster(address string, allowPrivate bool, within time.Duration) *Poster {
	c := newClient(address, allowPrivate, http.ProxyFromEnvironment, wallClock{})
	c.within = within
	return &Poster{c}
}

// Post sends one body. Its error is a *Failure, or ctx's end.
func (p *Poster) Post(ctx context.Context, header http.Header, body []byte) error {
	return p.client.post(ctx, header, body)
}

// Disconnect ends the connections that are kept.
func (p *Poster) Disconnect() { p.client.http.CloseIdleConnections() }

// MarkOf tells one address from another without telling the address.
func MarkOf(address string) string { return markOf(address) }

// ValidateURL names a variable whose address no webhook can go to, as *config.Error.
func ValidateURL(variable, address string) error { return validateURL(variable, address) }
