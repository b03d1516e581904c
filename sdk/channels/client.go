package channels

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Client is one app on one server. It is safe for concurrent use, and needs no closing.
type Client struct {
	opts Options
	base *url.URL
	http *http.Client
	// tokens are the app's own key and then the others.
	tokens []Token
	// master is nil when there is none.
	master []byte
	// most is how large an answer may be, in bytes.
	most int64
	now  func() time.Time
}

// New makes a client. It does not connect: [Client.Channels] shows whether address and key are right.
func New(o Options) (*Client, error) {
	base, master, err := o.check()
	if err != nil {
		return nil, err
	}
	calls, err := caller(o)
	if err != nil {
		return nil, err
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	tokens := append([]Token{{o.Key, o.Secret}}, o.ExtraTokens...)
	return &Client{opts: o, base: base, http: calls, tokens: tokens, master: master, most: maxAnswer, now: time.Now}, nil
}

// String tells which app of which server a client is for, and nothing that is secret.
func (c *Client) String() string { return "channels: app " + c.opts.AppID + " at " + c.base.String() }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

func caller(o Options) (*http.Client, error) {
	calls := new(http.Client)
	switch {
	case o.HTTPClient != nil && o.Proxy != "":
		return nil, errors.New("channels: Options.Proxy and Options.HTTPClient exclude each other")
	case o.HTTPClient != nil:
		*calls = *o.HTTPClient
	default:
		proxy := http.ProxyFromEnvironment
		if o.Proxy != "" {
			fixed, err := parseProxy(o.Proxy)
			if err != nil {
				return nil, err
			}
			proxy = http.ProxyURL(fixed)
		}
		calls.Transport = transport(proxy)
	}
	calls.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return calls, nil
}

// transport keeps more connections than the default one, which keeps two per host: all calls go to one, from many goroutines. They
// are kept for half a minute, as the gem keeps them.
func transport(proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{Timeout: defaultTimeout, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    defaultTimeout,
		MaxResponseHeaderBytes: 1 << 20,
		OnProxyConnectResponse: refusedByProxy,
	}
}

// refusedByProxy makes an error of a proxy's 407 to CONNECT, which would be nothing but its text otherwise.
func refusedByProxy(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusProxyAuthRequired {
		return &Error{Status: answer.StatusCode}
	}
	return nil
}
