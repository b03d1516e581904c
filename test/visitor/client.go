package visitor

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say who comes, from where, and how patiently. Only URL is required.
type Options struct {
	// URL is the gateway's base, http://127.0.0.1:3001; the widget's routes are below Mount.
	URL string
	// Mount is /pocketping unless given.
	Mount string
	// VisitorID is what the browser remembers; empty makes a new one. SessionID resumes.
	VisitorID, SessionID string
	// Origin is the page's site; empty sends none.
	Origin string
	// Identity and Metadata go with every connect.
	Identity, Metadata map[string]any
	// Reconnect is how the socket comes back; the zero value is the widget's way.
	Reconnect Reconnect
	// Polling begins without a socket.
	Polling bool
	// NoSockets and NoEvents: something on the way lets no WebSockets through, no event streams.
	NoSockets, NoEvents bool
	// Clock is how far the browser's clock is ahead.
	Clock time.Duration
	// HTTP is used for every call; nil makes one of the client's own.
	HTTP *http.Client
}

// userAgent is what the tab's browser says that it is.
const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"

// Client is one tab. Close it.
type Client struct {
	opts    Options
	http    *http.Client
	page    *Page
	temp    atomic.Int64
	wg      sync.WaitGroup
	network network

	mu      sync.Mutex
	session string
	stop    context.CancelFunc
}

// New makes a tab that has not connected yet.
func New(o Options) *Client {
	if o.VisitorID == "" {
		o.VisitorID = strings.ToLower(rand.Text()[:10]) + "-" + strings.ToLower(rand.Text()[:9])
	}
	if o.Mount == "" {
		o.Mount = "/pocketping"
	}
	c := &Client{opts: o, http: o.HTTP, page: newPage(), session: o.SessionID}
	if c.http == nil {
		c.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	}
	return c
}

// Page is what the tab shows.
func (c *Client) Page() *Page { return c.page }

// VisitorID is what the browser remembers of itself.
func (c *Client) VisitorID() string { return c.opts.VisitorID }

// SessionID is the conversation; empty before Connect.
func (c *Client) SessionID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// Close leaves the page.
func (c *Client) Close() {
	c.mu.Lock()
	stop := c.stop
	c.mu.Unlock()
	if stop != nil {
		stop()
	}
	c.wg.Wait()
	if c.opts.HTTP == nil {
		c.http.CloseIdleConnections()
	}
}

// Connected is the answer of a connect.
type Connected struct {
	SessionID         string    `json:"sessionId"`
	VisitorID         string    `json:"visitorId"`
	OperatorOnline    bool      `json:"operatorOnline"`
	OperatorReachable bool      `json:"operatorReachable"`
	WelcomeMessage    string    `json:"welcomeMessage"`
	Messages          []Message `json:"messages"`
}

// Connect is POST /connect, once a page load. The page shows what it brings.
func (c *Client) Connect(ctx context.Context) (Connected, error) {
	request := map[string]any{"visitorId": c.opts.VisitorID, "sessionId": nil, "metadata": c.opts.Metadata}
	if session := c.SessionID(); session != "" {
		request["sessionId"] = session
	}
	if c.opts.Identity != nil {
		request["identity"] = c.opts.Identity
	}
	var answer Connected
	if err := c.Call(ctx, http.MethodPost, "/connect", request, &answer); err != nil {
		return answer, err
	}
	c.mu.Lock()
	c.session = answer.SessionID
	c.mu.Unlock()
	c.page.edit(func() {
		c.page.online = answer.OperatorOnline
		for _, m := range answer.Messages {
			c.page.show(m)
		}
	})
	return answer, nil
}

// Refused is an answer other than 2xx.
type Refused struct {
	Status     int
	Code       string `json:"code"`
	Text       string `json:"error"`
	RetryAfter time.Duration
	Header     http.Header
}

func (r *Refused) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Text) }

// Call makes one of the widget's calls with the headers that the widget sends. A body of nil sends none; an answer other than
// 2xx is a *Refused.
func (c *Client) Call(ctx context.Context, method, path string, body, into any) error {
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode %s: %w", path, err)
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.opts.URL+c.opts.Mount+path, payload)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-PocketPing-Version", "2.6.0")
	req.Header.Set("User-Agent", userAgent) // as a program that says so it would be taken for a bot
	if c.opts.Origin != "" {
		req.Header.Set("Origin", c.opts.Origin)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if res.StatusCode/100 != 2 {
		refused := &Refused{Header: res.Header}
		_ = json.Unmarshal(raw, refused) // what is no JSON has neither code nor text, and a test says so
		refused.Status = res.StatusCode
		if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
			refused.RetryAfter = time.Duration(seconds) * time.Second
		}
		return refused
	}
	if err := json.Unmarshal(raw, into); err != nil { // the widget parses every 2xx
		return fmt.Errorf("%s %s: answer %q: %w", method, path, raw, err)
	}
	return nil
}
