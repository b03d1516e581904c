package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// Download is a file's bytes on their way.
type Download struct {
	// Body must be closed.
	Body io.ReadCloser
	// Size is in bytes; -1 where it is not told before.
	Size int64
	// MimeType is what the answer calls itself.
	MimeType string
}

// errLogin is Slack's page for signing in, which it answers with 200 to whoever may not have the file.
var errLogin = errors.New("slack answered its sign-in page: the scope files:read is missing, or the file is not for this bot")

var (
	errNoFile     = errors.New("no file in the answer")
	errNotAllowed = errors.New("not allowed")
)

// Download asks for a file's bytes; they come as they are read, and how long they may take is for ctx to say. The token is sent
// to Slack's hosts only: the address of a remote file is its owner's, and the error is then KindBadRequest. A file that this
// bot may not have is KindNoRights.
func (c *Client) Download(ctx context.Context, f File) (*Download, error) {
	if !c.trusted(f.URL) {
		return nil, c.failed(downloadFile, 0, errForbidden)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL, nil)
	if err != nil {
		return nil, c.failed(downloadFile, 0, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("User-Agent", "Bellhop")
	// Otherwise the transport would ask for gzip, and the size would be hidden.
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.failed(downloadFile, 0, err)
	}
	if err := c.judgeDownload(resp, f); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return &Download{Body: &body{resp.Body, c}, Size: resp.ContentLength, MimeType: resp.Header.Get("Content-Type")}, nil
}

func (c *Client) judgeDownload(resp *http.Response, f File) error {
	switch {
	case 300 <= resp.StatusCode && resp.StatusCode < 400, resp.StatusCode == http.StatusOK && signIn(resp, f):
		e := c.failed(downloadFile, resp.StatusCode, errLogin)
		e.Code, e.Needed = "missing_scope", downloadScope
		return e
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		e := c.failed(downloadFile, resp.StatusCode, errNoFile)
		e.Code = "file_not_found"
		return e
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
		e := c.failed(downloadFile, resp.StatusCode, errNotAllowed)
		e.Code = "access_denied"
		return e
	case resp.StatusCode != http.StatusOK:
		return c.unreadable(downloadFile, reply{status: resp.StatusCode, header: resp.Header}, errNoFile)
	}
	return nil
}

const downloadScope = "files:read"

// signIn tells the sign-in page from a file that is a page itself.
func signIn(resp *http.Response, f File) bool {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "text/html" {
		return false
	}
	sized := f.Size > 0 && resp.ContentLength == f.Size
	return !strings.HasPrefix(f.MimeType, "text/html") || f.Size > 0 && resp.ContentLength >= 0 && !sized
}

// body keeps what net/http says of a broken stream free of secrets.
type body struct {
	io.ReadCloser
	client *Client
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.client.failed(downloadFile, http.StatusOK, fmt.Errorf("read file: %w", err))
	}
	return n, err
}
