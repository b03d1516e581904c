package slack

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/bellhop-chat/bellhop/internal/label"
)

// Upload is a file to be shared.
type Upload struct {
	Place
	// Name is the file's, Title what is shown above it; empty for the name.
	Name, Title string
	// AltText describes a picture; at most MaxAltText characters of it are sent.
	AltText string
	// Size is how many bytes Bytes holds; not 0, which Slack refuses.
	Size  int64
	Bytes io.Reader
	// Comment is what the message with the file says, see Escape; may be empty.
	Comment string
}

// ticket is where a file's bytes go.
type ticket struct {
	URL    string `json:"upload_url"`
	FileID string `json:"file_id"`
}

// Upload uploads a file in three steps and shares it in the place. The bytes are passed on as they are read. The answer is the file's id: Slack
// makes the message afterwards, see FileInfo. Of a call that fails in between nothing is shown.
func (c *Client) Upload(ctx context.Context, u Upload) (fileID string, err error) {
	params := url.Values{"filename": {u.Name}, "length": {strconv.FormatInt(u.Size, 10)}}
	set(params, "alt_txt", label.Clip(u.AltText, MaxAltText))
	to, err := call[ticket](ctx, c, getUploadURL, params)
	if err != nil {
		return "", err
	}
	if to.URL == "" || to.FileID == "" {
		return "", c.failed(getUploadURL, 0, errNoResult)
	}
	if err := c.uploadBytes(ctx, to.URL, u.Bytes, u.Size); err != nil {
		return "", err
	}
	type file struct {
		ID    string `json:"id"`
		Title string `json:"title,omitempty"`
	}
	params = url.Values{"files": {encode([]file{{to.FileID, u.Title}})}, "channel_id": {u.Channel}}
	set(params, "thread_ts", u.Thread)
	set(params, "initial_comment", u.Comment)
	if err := c.do(ctx, completeUpload, params); err != nil {
		return to.FileID, err
	}
	return to.FileID, nil
}

var errNotTaken = errors.New("the bytes were not taken")

// uploadBytes posts without the token: the address is secret enough. How long it may take is for ctx to say.
func (c *Client) uploadBytes(ctx context.Context, address string, bytes io.Reader, size int64) error {
	if !c.trusted(address) {
		return c.failed(uploadBytes, 0, errForbidden)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, io.NopCloser(io.LimitReader(bytes, size)))
	if err != nil {
		return c.failed(uploadBytes, 0, err)
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", "application/octet-stream")
	r, err := c.roundTrip(uploadBytes, req)
	if err != nil {
		return err
	}
	if r.status != http.StatusOK {
		return c.unreadable(uploadBytes, r, errNotTaken)
	}
	return nil
}
