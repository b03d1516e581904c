package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// callTimeout bounds a call whose context allows more. Discord answers in well under a second.
	callTimeout = 20 * time.Second
	// uploadTimeout bounds a call with files.
	uploadTimeout = 2 * time.Minute
	// maxAnswer bounds an answer: a page of 100 messages with ten embeds each stays far below.
	maxAnswer = 16 << 20
	// userAgent has the form that Discord demands. https://discord.com/developers/docs/reference#user-agent
	userAgent = "DiscordBot (https://github.com/bellhop-chat/bellhop, 1)"
)

// transport is shared by all clients of the process: they talk to one host. It honours HTTPS_PROXY.
var transport = newTransport()

func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	// The default of 2 opens a connection for every other call of a busy server. HTTP/2 needs but one.
	t.MaxIdleConnsPerHost = 32
	return t
}

// Client calls Discord's API for one bot or one webhook. It is safe for concurrent use and never retries and never waits
// for a limit: whoever calls knows what a second try may cost. Every error is an *Error.
type Client struct {
	token        string
	base         string
	webhookID    string
	webhookToken string
	loopback     bool
	observe      func(Rate)
	http         *http.Client
}

// Option changes a Client that is being made.
type Option func(*Client)

// WithRates hands every answer's rate limit to observe, which must be quick and safe for concurrent use.
func WithRates(observe func(Rate)) Option { return func(c *Client) { c.observe = observe } }

// New makes a client; nothing is sent yet.
func New(cfg Config, options ...Option) *Client {
	base := strings.TrimRight(cfg.APIURL, "/")
	if base == "" {
		base = DefaultAPIURL
	}
	c := &Client{
		token: cfg.Token, base: base, loopback: cfg.Loopback(), observe: func(Rate) {},
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the token elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	c.webhookID, c.webhookToken = cfg.Webhook()
	for _, option := range options {
		option(c)
	}
	return c
}

// CloseIdleConnections ends the kept connections of all clients of this process: for a process that ends.
func (c *Client) CloseIdleConnections() { transport.CloseIdleConnections() }

// none is the result of a call that answers nothing.
type none struct{}

// call makes a request and decodes the answer. R is what the route answers; none for an empty answer.
func call[R any](ctx context.Context, c *Client, r request) (R, error) {
	var result R
	data, status, err := c.do(ctx, r)
	if err != nil {
		return result, err
	}
	if _, empty := any(result).(none); empty {
		return result, nil
	}
	if err := json.Unmarshal(data, &result); err != nil {
		// It was done, but what came of it is lost.
		return result, c.failed(r, status, fmt.Errorf("decode answer: %w", plain(err)))
	}
	return result, nil
}

// plain drops from a decoding error what it repeats of the answer.
func plain(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%w: field %s", errUnexpected, wrong.Field)
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return errNotJSON
	}
	return errUnexpected
}

var (
	// errNotJSON is what a proxy or a broken server answers: a page.
	errNotJSON    = errors.New("it is not JSON")
	errUnexpected = errors.New("it has an unexpected form")
)

// do returns the body of a success, and an *Error for everything else.
func (c *Client) do(ctx context.Context, r request) ([]byte, int, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()
	req, release, err := c.build(ctx, r)
	if err != nil {
		return nil, 0, c.failed(r, 0, err)
	}
	defer release()
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, 0, c.failed(r, 0, err)
	}
	defer func() { _ = resp.Body.Close() }()
	rate := readRate(r, resp)
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case err != nil:
		c.observe(rate)
		return nil, resp.StatusCode, c.failed(r, resp.StatusCode, fmt.Errorf("read answer: %w", err))
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		refused := c.refused(r, resp.StatusCode, rate, data)
		c.observe(refused.Rate)
		return nil, resp.StatusCode, refused
	}
	c.observe(rate)
	return data, resp.StatusCode, nil
}
