package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// request is one call of the API.
type request struct {
	method string
	// route is the path with names in braces, as Discord's documentation has it. {token} and {emoji} may be anything, every
	// other name is an id.
	route string
	// args take the places of the names, in order. The first is what Discord counts by.
	args  []string
	query url.Values
	// body is sent as JSON; nil for none. With files it goes along as payload_json.
	body  any
	files []File
	// open: the path authenticates the call, the bot's token must not.
	open bool
	// reason is shown in the server's audit log.
	reason string
}

// name is the call without any id: for errors and metrics.
func (r request) name() string { return r.method + " " + r.route }

func (r request) timeout() time.Duration {
	if len(r.files) > 0 {
		return uploadTimeout
	}
	return callTimeout
}

var errBadArgument = errors.New("not an id")

// path fills the route. What is no id is refused: an empty one would make it another route.
func (r request) path() (string, error) {
	var path strings.Builder
	rest, args := r.route, r.args
	for {
		before, after, found := strings.Cut(rest, "{")
		path.WriteString(before)
		if !found {
			return path.String(), nil
		}
		name, after, _ := strings.Cut(after, "}")
		if len(args) == 0 {
			return "", fmt.Errorf("%s: %w", name, errBadArgument)
		}
		free := name == "token" || name == "emoji"
		if args[0] == "" || args[0] == "." || args[0] == ".." || !free && !IsID(args[0]) {
			return "", fmt.Errorf("%s: %w", name, errBadArgument)
		}
		path.WriteString(url.PathEscape(args[0]))
		rest, args = after, args[1:]
	}
}

// secret is the token in the path, if there is one.
func (r request) secret() string {
	for i, name := range strings.Split(r.route, "{")[1:] {
		if strings.HasPrefix(name, "token}") && i < len(r.args) {
			return r.args[i]
		}
	}
	return ""
}

// build makes the HTTP request. release must be called when the call has ended: the transport may still read the files then.
func (c *Client) build(ctx context.Context, r request) (req *http.Request, release func(), err error) {
	path, err := r.path()
	if err != nil {
		return nil, nil, err
	}
	body, err := newBody(r)
	if err != nil {
		return nil, nil, err
	}
	address := c.base + path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	req, err = http.NewRequestWithContext(ctx, r.method, address, body.reader)
	if err != nil {
		return nil, nil, err
	}
	if body.length > 0 {
		req.ContentLength = body.length
	}
	if body.contentType != "" {
		req.Header.Set("Content-Type", body.contentType)
	}
	req.Header.Set("User-Agent", userAgent)
	if !r.open {
		req.Header.Set("Authorization", "Bot "+c.token)
	}
	if r.reason != "" {
		req.Header.Set("X-Audit-Log-Reason", url.PathEscape(r.reason))
	}
	return req, body.release, nil
}

// body is what a request sends.
type body struct {
	reader      io.Reader
	contentType string
	length      int64 // 0 where the reader tells it
	release     func()
}

func newBody(r request) (body, error) {
	if r.body == nil {
		return body{release: func() {}}, nil
	}
	payload, err := json.Marshal(r.body)
	if err != nil {
		return body{}, fmt.Errorf("encode request: %w", err)
	}
	if len(r.files) > 0 {
		return newUpload(payload, r.files)
	}
	return body{reader: bytes.NewReader(payload), contentType: "application/json", release: func() {}}, nil
}
