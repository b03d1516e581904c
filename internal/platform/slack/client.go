package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultAPIURL is Slack's own server.
const DefaultAPIURL = "https://slack.com/api/"

const (
	// callTimeout bounds a call whose context allows more. Slack answers in well under a second.
	callTimeout = 20 * time.Second
	// maxAnswer bounds an answer: 200 messages of a thread with their blocks stay far below.
	maxAnswer = 16 << 20
)

// transport is shared by all clients of the process: they talk to one host. It honours HTTPS_PROXY.
var transport = newTransport()

func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	// The default of 2 opens a connection for every other call of a busy channel.
	t.MaxIdleConnsPerHost = 32
	return t
}

// Client calls the Web API for one bot. It is safe for concurrent use and never retries: whoever calls knows what a second
// try may cost. Every error is an *Error.
type Client struct {
	token, appToken string
	webhook         string
	base            string
	api             *url.URL
	secrets         []string
	http            *http.Client
}

// New makes a client; nothing is sent yet.
func New(cfg Config) *Client {
	base := strings.TrimRight(cfg.APIURL, "/")
	if base == "" {
		base = strings.TrimRight(DefaultAPIURL, "/")
	}
	api, err := url.Parse(base)
	if err != nil {
		api = &url.URL{} // no host is this one; Validate has said so
	}
	c := &Client{
		token: cfg.Token, appToken: cfg.AppToken, webhook: cfg.WebhookURL, base: base + "/", api: api,
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the token elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	for _, secret := range []string{cfg.Token, cfg.AppToken, cfg.WebhookURL, cfg.SigningSecret} {
		if secret != "" {
			c.secrets = append(c.secrets, secret)
		}
	}
	return c
}

// CloseIdleConnections ends the kept connections of all clients of this process: for a process that ends.
func (c *Client) CloseIdleConnections() { transport.CloseIdleConnections() }

// envelope is what every answer of the Web API has.
type envelope struct {
	// OK is nil in what is no answer of the Web API's.
	OK       *bool  `json:"ok"`
	Error    string `json:"error"`
	Needed   string `json:"needed"`
	Provided string `json:"provided"`
	Metadata struct {
		Messages   []string `json:"messages"`
		NextCursor string   `json:"next_cursor"`
	} `json:"response_metadata"`
}

// reply is what came back, whatever it is.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// call makes a call with the bot's token and decodes the answer. R has the fields of the answer that are wanted.
func call[R any](ctx context.Context, c *Client, m method, params url.Values) (R, error) {
	var result R
	r, err := c.post(ctx, m, c.token, params)
	if err != nil {
		return result, err
	}
	if err := json.Unmarshal(r.body, &result); err != nil {
		// It was done, but what came of it is lost.
		return result, c.failed(m, http.StatusOK, fmt.Errorf("decode result: %w", err))
	}
	return result, nil
}

// do is call for what answers nothing but success.
func (c *Client) do(ctx context.Context, m method, params url.Values) error {
	_, err := c.post(ctx, m, c.token, params)
	return err
}

// post sends a form, which every method takes, and returns the answer of a success; an *Error for everything else. The token goes
// into a header: bodies are what proxies like to log.
func (c *Client) post(ctx context.Context, m method, token string, params url.Values) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+m.name, strings.NewReader(params.Encode()))
	if err != nil {
		return reply{}, c.failed(m, 0, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+token)
	r, err := c.roundTrip(m, req)
	if err != nil {
		return r, err
	}
	var says envelope
	if err := json.Unmarshal(r.body, &says); err != nil {
		return r, c.unreadable(m, r, errNotJSON)
	}
	switch {
	case says.OK == nil:
		return r, c.unreadable(m, r, errNeither)
	case !*says.OK:
		return r, c.refused(m, r, &says)
	case r.status != http.StatusOK:
		return r, c.unreadable(m, r, errNeither)
	}
	return r, nil
}

// roundTrip sends a request and reads the whole answer.
func (c *Client) roundTrip(m method, req *http.Request) (reply, error) {
	req.Header.Set("User-Agent", "Bellhop")
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, c.failed(m, 0, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return reply{}, c.failed(m, resp.StatusCode, fmt.Errorf("read answer: %w", err))
	}
	return reply{status: resp.StatusCode, header: resp.Header, body: body}, nil
}

// encode is v as a parameter of a form.
func encode(v any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "" // blocks and plain structs can't fail; Slack would say what is missing
	}
	return strings.TrimSuffix(text.String(), "\n")
}
