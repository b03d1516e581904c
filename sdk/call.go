package bellhop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// request is one call.
type request struct {
	method string
	path   []string
	query  url.Values
	body   any
	// once tells that doing it twice does harm: it is tried again only when it can't have been taken.
	once bool
}

const (
	// maxAnswer bounds an answer, in bytes: a transcript has at most 1000 messages of 4000 characters, with their files.
	maxAnswer = 64 << 20
	// patience is the longest Retry-After that a call waits for; what takes longer is for the caller to decide.
	patience = time.Minute
)

// call makes a request, again if it makes sense, and reads the answer.
func (c *Client) call(ctx context.Context, r request, into any) error {
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return fmt.Errorf("bellhop: encode request: %w", err)
		}
	}
	for n := 0; ; n++ {
		err := c.attempt(ctx, r, body, into)
		wait, again := c.wait(ctx, r, n, err)
		if !again {
			return err
		}
		c.opts.Logger.Debug("bellhop: a call is tried again", "method", r.method, "attempt", n+1, "pause", wait, "reason", err)
		if rest(ctx, wait) != nil {
			return err // which says more than that time is up
		}
	}
}

// wait tells whether a call that failed n times before is to be tried again, and when.
func (c *Client) wait(ctx context.Context, r request, n int, err error) (time.Duration, bool) {
	if err == nil || n >= c.opts.Retries || ctx.Err() != nil {
		return 0, false
	}
	wait := c.again.after(n)
	var refused *Error
	if errors.As(err, &refused) {
		// A 503 may have been stored.
		if !refused.Temporary() || r.once && refused.Status != http.StatusTooManyRequests || refused.RetryAfter > patience {
			return 0, false
		}
		wait = max(wait, refused.RetryAfter)
	} else if r.once && !unsent(err) {
		return 0, false
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
		return 0, false
	}
	return wait, true
}

// unsent tells whether an error says that there was no connection to send anything over.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

func (c *Client) attempt(ctx context.Context, r request, body []byte, into any) error {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	req, err := c.request(ctx, r.method, c.address(r.query, r.path...), body)
	if err != nil {
		return err
	}
	answer, err := c.calls.Do(req)
	if err != nil {
		return fmt.Errorf("bellhop: %w", bare(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		told, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusal)) // the status alone says enough
		return refusal(answer, told)
	}
	told, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("bellhop: read answer: %w", err)
	}
	if err := json.Unmarshal(told, into); err != nil {
		return fmt.Errorf("bellhop: decode answer: %w", err)
	}
	return nil
}

// bare is an error without the address, which has a session's id: of a widget's session that is a secret.
func bare(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func (c *Client) request(ctx context.Context, method, address string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("bellhop: %w", bare(err))
	}
	req.Header.Set("Authorization", "Bearer "+c.opts.Key)
	req.Header.Set("User-Agent", "bellhop-go")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}
