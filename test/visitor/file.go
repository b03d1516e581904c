package visitor

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// ScreenshotRequest asks for a picture of the page.
type ScreenshotRequest struct {
	RequestID     string `json:"requestId"`
	RequestedBy   string `json:"requestedBy"`
	RequestedFrom string `json:"requestedFrom"`
	Silent        bool   `json:"silent"`
}

// promised is the answer to an upload request.
type promised struct {
	AttachmentID string `json:"attachmentId"`
	UploadURL    string `json:"uploadUrl"`
}

// Upload sends a file in the widget's three steps: it asks for an address, puts the bytes there, and says that they are
// complete.
func (c *Client) Upload(ctx context.Context, name, mimeType string, body []byte) (Attachment, error) {
	var to promised
	var stored Attachment
	request := map[string]any{"sessionId": c.SessionID(), "filename": name, "mimeType": mimeType, "size": len(body)}
	if err := c.Call(ctx, http.MethodPost, "/upload", request, &to); err != nil {
		return stored, err
	}
	if err := c.Put(ctx, to.UploadURL, mimeType, body); err != nil {
		return stored, err
	}
	request = map[string]any{"sessionId": c.SessionID(), "attachmentId": to.AttachmentID}
	return stored, c.Call(ctx, http.MethodPost, "/upload/complete", request, &stored)
}

// Picture answers a request for a picture of the page.
func (c *Client) Picture(ctx context.Context, requestID string, png []byte) (Attachment, error) {
	var to promised
	var stored Attachment
	request := map[string]any{"sessionId": c.SessionID(), "requestId": requestID}
	if err := c.Call(ctx, http.MethodPost, "/screenshot/upload", request, &to); err != nil {
		return stored, err
	}
	if err := c.Put(ctx, to.UploadURL, "image/png", png); err != nil {
		return stored, err
	}
	request["attachmentId"], request["size"] = to.AttachmentID, len(png)
	return stored, c.Call(ctx, http.MethodPost, "/screenshot/upload/complete", request, &stored)
}

// Put sends bytes to an upload address as it is, with none of the widget's headers. An answer other than 2xx is a *Refused.
func (c *Client) Put(ctx context.Context, address, mimeType string, body []byte) error {
	if mimeType == "" {
		mimeType = "application/octet-stream"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("put: %w", err)
	}
	req.Header.Set("Content-Type", mimeType)
	_, _, err = c.do(req)
	return err
}

// Download gets a file as a browser does that shows it.
func (c *Client) Download(ctx context.Context, a Attachment) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("download: %w", err)
	}
	return c.do(req)
}

// do makes a request that is none of the widget's calls.
func (c *Client) do(req *http.Request) ([]byte, http.Header, error) {
	if c.opts.Origin != "" {
		req.Header.Set("Origin", c.opts.Origin)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", req.Method, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", req.Method, err)
	}
	if res.StatusCode/100 != 2 {
		refused := &Refused{Header: res.Header, Status: res.StatusCode}
		_ = json.Unmarshal(raw, refused) // what is no JSON has neither code nor text, and a test says so
		return nil, res.Header, refused
	}
	return raw, res.Header, nil
}

// SaysWithFile uploads a file and posts it with a text, which may be empty.
func (v *Visitor) SaysWithFile(text, name, mimeType string, body []byte) Message {
	v.t.Helper()
	stored, err := v.Upload(Within(v.t), name, mimeType, body)
	if err != nil {
		v.t.Fatalf("upload %s: %v", clip(name), err)
	}
	sent, err := v.Send(Within(v.t), text, "", stored)
	if err != nil {
		v.t.Fatalf("say with file %q: %v", clip(text), err)
	}
	var said Message
	v.Waits("the message just sent with its file", func() bool { return v.Shown(sent.MessageID, &said) && len(said.Attachments) == 1 })
	return said
}

// HearsFile waits until the page shows a message of the team with a file of that name, and gets its bytes.
func (v *Visitor) HearsFile(name string) (Message, []byte) {
	v.t.Helper()
	m := v.sees("the team's file "+clip(name), func(m Message) bool {
		return m.Sender != "visitor" && len(m.Attachments) > 0 && m.Attachments[0].Filename == name
	})
	return m, v.Downloads(m.Attachments[0])
}

// Downloads gets a file's bytes.
func (v *Visitor) Downloads(a Attachment) []byte {
	v.t.Helper()
	body, _, err := v.Download(Within(v.t), a)
	if err != nil {
		v.t.Fatalf("download %s: %v", clip(a.Filename), err)
	}
	if int64(len(body)) != a.Size {
		v.t.Fatalf("%s has %d bytes, said to have %d", clip(a.Filename), len(body), a.Size)
	}
	return body
}
