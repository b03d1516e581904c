package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
)

// cdnHosts are where Discord keeps attachments. Links are signed and end after about a day; GetMessage has fresh ones.
// https://discord.com/developers/docs/reference#signed-attachment-cdn-urls
var cdnHosts = []string{"cdn.discordapp.com", "media.discordapp.net"}

// Download is an attachment that is being read.
type Download struct {
	// Body must be closed. Reading more than was allowed fails with ErrTooLarge.
	Body io.ReadCloser
	// Size in bytes; -1 when it is not known.
	Size int64
	// Type is what the server says it is.
	Type string
}

// ErrTooLarge says that an attachment has more bytes than were allowed.
var ErrTooLarge = errors.New("attachment is too large")

var errForeignHost = errors.New("attachment is not on Discord's servers")

// Download opens an attachment of at most so many bytes. It goes to Discord's own servers only, or to this machine where the
// API is here too, and takes no token along. ctx ends the reading too.
func (c *Client) Download(ctx context.Context, address string, most int64) (*Download, error) {
	r := request{method: http.MethodGet, route: "(attachment)"}
	u, err := url.Parse(address)
	if err != nil || !c.mayFetch(u) {
		return nil, c.failed(r, 0, errForeignHost)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, c.failed(r, 0, errForeignHost)
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.failed(r, 0, err)
	}
	if resp.StatusCode != http.StatusOK {
		defer func() { _ = resp.Body.Close() }()
		_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be kept
		return nil, downloadRefused(c, r, resp)
	}
	if resp.ContentLength > most {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("download: %w", ErrTooLarge)
	}
	return &Download{
		Body: &bounded{ReadCloser: resp.Body, left: most}, Size: resp.ContentLength, Type: resp.Header.Get("Content-Type"),
	}, nil
}

// downloadRefused: a link that has ended is 404 or 403, and then the message has a fresh one.
func downloadRefused(c *Client, r request, resp *http.Response) *Error {
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusForbidden, http.StatusGone, http.StatusUnauthorized:
		return &Error{Call: r.name(), HTTPStatus: resp.StatusCode, Refused: true, Code: codeUnknownMessage, Message: "the link has ended"}
	}
	e := c.failed(r, resp.StatusCode, errors.New("not delivered"))
	e.Rate = readRate(r, resp)
	return e
}

// codeUnknownMessage is KindMessageGone.
const codeUnknownMessage = 10008

func (c *Client) mayFetch(u *url.URL) bool {
	if u.User != nil {
		return false
	}
	if c.loopback && isLoopback(u.Hostname()) {
		return u.Scheme == "http" || u.Scheme == "https"
	}
	// A proxy's, or a simulator's: every call goes there anyway.
	if api, err := url.Parse(c.base); err == nil && u.Scheme == api.Scheme && u.Host == api.Host {
		return true
	}
	return u.Scheme == "https" && u.Port() == "" && slices.Contains(cdnHosts, u.Hostname())
}

// bounded reads at most so many bytes.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 { // one more tells whether there are more
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}
