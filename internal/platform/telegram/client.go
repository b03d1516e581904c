package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// DefaultAPIURL is Telegram's own server.
const DefaultAPIURL = "https://api.telegram.org"

const userAgent = "Bellhop"

const (
	// callTimeout bounds a call whose context allows more. Telegram answers in well under a second.
	callTimeout = 20 * time.Second
	// maxAnswer bounds an answer: 100 updates with long texts stay far below.
	maxAnswer = 16 << 20
)

// transport is shared by all bots of the process: they talk to one host. It honours HTTPS_PROXY.
var transport = newTransport()

func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	// The default of 2 opens a connection for every other call of a busy group.
	t.MaxIdleConnsPerHost = 32
	return t
}

// Client calls the Bot API for one bot. It is safe for concurrent use and never retries: whoever calls knows what a
// second try may cost. Every error is an *Error.
type Client struct {
	token string
	base  string
	botID int64
	sizes sizes
	http  *http.Client
}

// New makes a client; nothing is sent yet.
func New(cfg Config) *Client {
	base := strings.TrimRight(cfg.APIURL, "/")
	if base == "" {
		base = DefaultAPIURL
	}
	return &Client{
		token: cfg.Token, base: base, botID: cfg.BotID(), sizes: cfg.sizes(),
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the token elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// BotID is the bot's user id.
func (c *Client) BotID() int64 { return c.botID }

// CloseIdleConnections ends the kept connections of all clients of this process: for a process that ends.
func (c *Client) CloseIdleConnections() { transport.CloseIdleConnections() }

// envelope is how the Bot API answers.
type envelope struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	ErrorCode   int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// call sends params as JSON and decodes the answer's result. R is what the method answers.
func call[R any](ctx context.Context, c *Client, method string, params any) (R, error) {
	return callWithin[R](ctx, c, callTimeout, method, params)
}

func callWithin[R any](ctx context.Context, c *Client, timeout time.Duration, method string, params any) (R, error) {
	data, err := json.Marshal(params)
	if err != nil {
		var none R
		return none, c.failed(method, 0, fmt.Errorf("encode parameters: %w", err))
	}
	return send[R](ctx, c, timeout, method, content{
		kind: "application/json", length: int64(len(data)),
		open: func(context.Context) io.ReadCloser { return io.NopCloser(bytes.NewReader(data)) },
	})
}

// content is a request's body, which can be opened again if nothing of it was sent.
type content struct {
	kind   string
	length int64 // in bytes; -1 if unknown
	open   func(context.Context) io.ReadCloser
}

// send posts a body and decodes the answer's result.
func send[R any](ctx context.Context, c *Client, timeout time.Duration, method string, body content) (R, error) {
	var result R
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer, err := c.post(ctx, method, body)
	if err != nil {
		return result, err
	}
	if err := json.Unmarshal(answer.Result, &result); err != nil {
		// It was done, but what came of it is lost.
		return result, c.failed(method, http.StatusOK, fmt.Errorf("decode result: %w", err))
	}
	return result, nil
}

// post returns the envelope of a success, and an *Error for everything else.
func (c *Client) post(ctx context.Context, method string, body content) (*envelope, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/bot"+c.token+"/"+method, body.open(ctx))
	if err != nil {
		return nil, c.failed(method, 0, err)
	}
	req.ContentLength = body.length
	// Without it a kept connection that has just ended would cost the call.
	req.GetBody = func() (io.ReadCloser, error) { return body.open(ctx), nil }
	req.Header.Set("Content-Type", body.kind)
	req.Header.Set("User-Agent", userAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.failed(method, 0, err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, c.failed(method, resp.StatusCode, fmt.Errorf("read answer: %w", err))
	}
	var answer envelope
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, c.notJSON(method, resp)
	}
	if !answer.OK {
		return nil, c.refused(method, resp.StatusCode, &answer)
	}
	return &answer, nil
}

// errNotJSON is what a proxy or a broken server answers: a page.
var errNotJSON = errors.New("the answer is not JSON")

func (c *Client) notJSON(method string, resp *http.Response) *Error {
	e := c.failed(method, resp.StatusCode, errNotJSON)
	if resp.StatusCode == http.StatusTooManyRequests {
		e.Code, e.RetryAfter = resp.StatusCode, retryAfter(0, resp.Header.Get("Retry-After"))
	}
	return e
}
