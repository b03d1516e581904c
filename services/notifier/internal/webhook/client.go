package webhook

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"code.dny.dev/ssrf"
)

const (
	// CallTimeout bounds one attempt, from the look-up of the name to the answer. PocketPing's receivers know this number, and it is within what Standard Webhooks recommends (15 to 30 s at most).
	CallTimeout = 10 * time.Second
	// maxAnswer is how much of an answer is read, so that its connection can be used again. Nothing in it matters.
	maxAnswer = 64 << 10
	// idleConnections to one receiver: as many as are in use at once.
	idleConnections = concurrency + retriers
)

// client posts to one address.
type client struct {
	address string
	http    *http.Client
	clock   Clock
	// within bounds one attempt.
	within time.Duration
}

// newClient dials what the address's name resolves to, and nothing private unless that is allowed. The check is made on the
// address that is dialled, after the look-up: a name that resolves to another one each time gains nothing.
//
// Through a proxy it is the proxy that looks up and dials. Its own address is the environment's choice and may be private; what
// can be checked of the receiver is an address that stands in the URL itself, the rest is the proxy's to refuse.
func newClient(address string, allowPrivate bool, proxy func(*http.Request) (*url.URL, error), clock Clock) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = idleConnections
	transport.Proxy = nil
	c := &client{address: address, clock: clock, within: CallTimeout, http: &http.Client{
		Transport: transport,
		// Wherever it leads, nobody has entered that address.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	guardian := ssrf.New(ssrf.WithAnyPort())
	if hop := through(address, proxy); hop != nil {
		transport.Proxy = http.ProxyURL(hop)
		if !allowPrivate {
			c.http.Transport = &literal{guardian: guardian, next: transport}
		}
		return c
	}
	if !allowPrivate {
		dialer := &net.Dialer{Timeout: CallTimeout, KeepAlive: 30 * time.Second, Control: guardian.Safe}
		transport.DialContext = dialer.DialContext
	}
	return c
}

// through is the proxy on the way to an address; nil for none.
func through(address string, proxy func(*http.Request) (*url.URL, error)) *url.URL {
	req, err := http.NewRequest(http.MethodPost, address, http.NoBody)
	if err != nil {
		return nil // the configuration was validated
	}
	hop, err := proxy(req)
	if err != nil {
		return nil
	}
	return hop
}

// literal refuses a private address that stands in the URL.
type literal struct {
	guardian *ssrf.Guardian
	next     *http.Transport
}

func (l *literal) RoundTrip(req *http.Request) (*http.Response, error) {
	host := req.URL.Hostname()
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if err := l.guardian.SafeAddr(ip); err != nil {
			return nil, err
		}
	}
	return l.next.RoundTrip(req)
}

// CloseIdleConnections is what http.Client looks for.
func (l *literal) CloseIdleConnections() { l.next.CloseIdleConnections() }

// post sends one body. Its error is a *Failure, or ctx's end.
func (c *client) post(ctx context.Context, header http.Header, body []byte) error {
	call, cancel := context.WithTimeout(ctx, c.within)
	defer cancel()
	req, err := http.NewRequestWithContext(call, http.MethodPost, c.address, bytes.NewReader(body))
	if err != nil {
		return unanswered(err)
	}
	req.Header = header
	resp, err := c.http.Do(req)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // nobody knows what has become of it
	}
	if err != nil {
		return unanswered(err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer) // whatever it says, and however it ends
	if f := refusal(resp, c.clock.Now()); f != nil {
		return f
	}
	return nil
}
