package bellhop

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options are what a client is made of. URL and Key are needed; everything else has a default.
type Options struct {
	// URL is where Bellhop is reached, such as "https://chat.example.com"; a path is kept.
	URL string
	// Key is API_KEY, or a key that `bellhop key create` made.
	Key string
	// HTTPClient makes the calls; a client of its own with the default transport unless given. Redirects are never followed,
	// and its Timeout does not apply to the stream of Listen.
	HTTPClient *http.Client
	// Timeout bounds one attempt of a call; 30 seconds. The context of a call bounds all of them.
	Timeout time.Duration
	// Retries is how often a call is tried again; 4. Negative for never.
	Retries int
	// Position keeps how far Listen has come; in memory unless given, so that a new process begins with what happens then.
	Position PositionStore
	// FromStart lets Listen begin with the oldest event that is stored when Position has nothing yet, not with what happens next.
	FromStart bool
	// Logger is told what is tried again and why; nobody is unless given. No content of messages and no key is ever logged.
	Logger *slog.Logger
}

const (
	// defaultTimeout is longer than the 10 s in which Bellhop answers any call.
	defaultTimeout = 30 * time.Second
	defaultRetries = 4
)

// Client talks to one installation of Bellhop. It is safe for concurrent use, and needs no closing.
type Client struct {
	// Handlers are what Listen calls. A WebhookHandler may have the same.
	*Handlers

	base   *url.URL
	opts   Options
	calls  *http.Client
	stream *http.Client
	// again are the pauses between attempts of a call, reconnect between streams, rehandle between calls of a handler that failed.
	again, reconnect, rehandle pauses
	// idle is how long a stream may be silent before it is taken for dead.
	idle time.Duration
}

// New makes a client. It does not connect: [Client.Me] shows whether address and key are right.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(o.URL, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, errors.New("bellhop: Options.URL must be an address such as https://chat.example.com")
	}
	if o.Key == "" || strings.TrimFunc(o.Key, func(r rune) bool { return r > ' ' && r < 0x7f }) != "" {
		return nil, errors.New("bellhop: Options.Key must be an API key")
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Retries == 0 {
		o.Retries = defaultRetries
	}
	if o.Position == nil {
		o.Position = new(memory)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.HTTPClient == nil {
		o.HTTPClient = new(http.Client)
	}
	calls := *o.HTTPClient
	calls.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	stream := calls
	stream.Timeout = 0
	return &Client{
		Handlers: new(Handlers), base: base, opts: o, calls: &calls, stream: &stream,
		again:     pauses{500 * time.Millisecond, 10 * time.Second},
		reconnect: pauses{500 * time.Millisecond, 30 * time.Second},
		rehandle:  pauses{time.Second, time.Minute},
		idle:      3 * heartbeat,
	}, nil
}

// address is where a route is, its parts escaped.
func (c *Client) address(query url.Values, parts ...string) string {
	var b strings.Builder
	b.WriteString(c.base.String())
	for _, part := range parts {
		b.WriteString("/" + url.PathEscape(part))
	}
	if len(query) > 0 {
		b.WriteString("?" + query.Encode())
	}
	return b.String()
}
