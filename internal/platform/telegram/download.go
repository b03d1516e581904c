package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// FileInfo is what getFile says of a file.
type FileInfo struct {
	ID       string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	// Size in bytes; 0 if Telegram doesn't say.
	Size int64 `json:"file_size"`
	// Path is where to fetch it, for an hour.
	Path string `json:"file_path"`
}

// GetFile asks where a file can be fetched. One that is larger than the configured limit is KindFileTooBig.
func (c *Client) GetFile(ctx context.Context, fileID string) (FileInfo, error) {
	const method = "getFile"
	info, err := call[FileInfo](ctx, c, method, struct {
		ID string `json:"file_id"`
	}{fileID})
	if err == nil && info.Size > c.sizes.download {
		return info, c.failed(method, 0, &sizeError{info.Size, c.sizes.download})
	}
	return info, err
}

// MaxDownload is the largest file that Download fetches, in bytes.
func (c *Client) MaxDownload() int64 { return c.sizes.download }

// MaxUpload is the largest file that SendDocument sends, in bytes.
func (c *Client) MaxUpload() int64 { return c.sizes.upload }

// MaxPhoto is the largest picture that SendPhoto sends, in bytes.
func (c *Client) MaxPhoto() int64 { return c.sizes.photo }

// download is the method's name in errors.
const download = "file"

// errPath is a file_path that leads to another place than this server's files: a local Bot API server answers a path on
// its own disk.
var errPath = errors.New("the file's path does not lead to this server's files")

// Download fetches a file that GetFile has told of. The reader must be closed; it ends with an error if the file is larger than
// the limit, or ends before its size. An address that holds the token is never in an error.
func (c *Client) Download(ctx context.Context, info FileInfo) (io.ReadCloser, error) {
	address, err := c.fileURL(info.Path)
	if err != nil {
		return nil, c.failed(download, 0, err)
	}
	most := info.Size
	if most == 0 {
		most = c.sizes.download
	}
	ctx, cancel := context.WithTimeout(ctx, TransferTime(most))
	body, err := c.fetch(ctx, address)
	if err != nil {
		cancel()
		return nil, err
	}
	return &downloading{c: c, body: body, cancel: cancel, want: info.Size, limit: c.sizes.download}, nil
}

func (c *Client) fetch(ctx context.Context, address string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, c.failed(download, 0, err)
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.failed(download, 0, err)
	}
	if resp.StatusCode != http.StatusOK {
		defer func() { _ = resp.Body.Close() }()
		return nil, c.notAFile(resp)
	}
	if resp.ContentLength > c.sizes.download {
		_ = resp.Body.Close()
		return nil, c.failed(download, resp.StatusCode, &sizeError{resp.ContentLength, c.sizes.download})
	}
	return resp.Body, nil
}

// notAFile is the error for an answer that holds no file. A link that has ended is 404, as is a wrong token.
func (c *Client) notAFile(resp *http.Response) *Error {
	e := c.failed(download, resp.StatusCode, errNoFile)
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		e.Code = resp.StatusCode
	case http.StatusTooManyRequests:
		e.Code, e.RetryAfter = resp.StatusCode, retryAfter(0, resp.Header.Get("Retry-After"))
	}
	return e
}

var errNoFile = errors.New("the answer is no file")

// fileURL is the address of a file, which stays below this server's files whatever the path says.
func (c *Client) fileURL(path string) (string, error) {
	base, err := url.Parse(c.base)
	if err != nil {
		return "", err
	}
	files := base.JoinPath("file", "bot"+c.token)
	address := files.JoinPath(path) // cleans what would lead elsewhere
	inside := address.Host == base.Host && address.Scheme == base.Scheme && strings.HasPrefix(address.Path, files.Path+"/")
	if path == "" || strings.HasPrefix(path, "/") || strings.ContainsAny(path, "\\?#") || strings.Contains(path, "..") || !inside {
		return "", errPath
	}
	return address.String(), nil
}

// downloading holds a file to its size.
type downloading struct {
	c      *Client
	body   io.ReadCloser
	cancel context.CancelFunc
	got    int64
	want   int64 // 0 if unknown
	limit  int64
}

// Read reads on; the end is io.EOF only if everything has come.
func (d *downloading) Read(p []byte) (int, error) {
	n, err := d.body.Read(p)
	d.got += int64(n)
	switch {
	case d.got > d.limit:
		return 0, d.c.failed(download, http.StatusOK, &sizeError{d.got, d.limit})
	case errors.Is(err, io.EOF) && d.want > 0 && d.got != d.want:
		return n, d.c.failed(download, http.StatusOK, fmt.Errorf("%d of %d bytes came: %w", d.got, d.want, io.ErrUnexpectedEOF))
	case err != nil && !errors.Is(err, io.EOF):
		return n, d.c.failed(download, http.StatusOK, fmt.Errorf("read file: %w", err))
	}
	return n, err
}

// Close ends the transfer.
func (d *downloading) Close() error {
	err := d.body.Close()
	d.cancel()
	return err
}
