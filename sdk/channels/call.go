package channels

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

// request is one call: a path below the app, escaped, its query, and a body or nil.
type request struct {
	method, path string
	query        []signature.Param
	body         []byte
}

const (
	// maxAnswer bounds an answer, in bytes: a list of some 100,000 channels.
	maxAnswer = 32 << 20
	// maxRefusal bounds what is read of a refusal, in bytes.
	maxRefusal = 64 << 10

	contentType = "application/json"
	library     = "bellhop-go"
)

// Get asks something that has no method here, such as Get(ctx, "/channels", url.Values{"info": {"user_count"}}, &into). The path is below
// the app, escaped. The answer, a JSON object of at most 32 MiB, is decoded into what into points to; into may be nil.
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) error {
	if err := checkPath(path); err != nil {
		return err
	}
	var params []signature.Param
	for key, values := range query {
		for _, value := range values {
			params = append(params, signature.Param{Key: key, Value: value})
		}
	}
	return c.call(ctx, request{method: http.MethodGet, path: path, query: params}, into)
}

// Post is Get with a body, which is encoded as JSON, and without a query. Names and sizes are not looked at.
func (c *Client) Post(ctx context.Context, path string, body, into any) error {
	if err := checkPath(path); err != nil {
		return err
	}
	return c.post(ctx, path, body, into)
}

func checkPath(path string) error {
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") {
		return fmt.Errorf("channels: %w: %s", ErrPath, quoted(path))
	}
	return nil
}

func (c *Client) post(ctx context.Context, path string, body, into any) error {
	encoded, err := encode(body)
	if err != nil {
		return err
	}
	return c.call(ctx, request{method: http.MethodPost, path: path, body: encoded}, into)
}

// call makes a request and reads the answer.
func (c *Client) call(ctx context.Context, r request, into any) error {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	req, err := c.sign(ctx, r)
	if err != nil {
		return err
	}
	begun := c.now()
	answer, err := c.http.Do(req)
	if err != nil {
		return unanswered(err)
	}
	defer answer.Body.Close()
	c.opts.Logger.Debug("channels: a call was answered", "method", r.method, "path", r.path, "status", answer.StatusCode, "took", c.now().Sub(begun))
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		told, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusal)) // the status alone says enough
		return &Error{Status: answer.StatusCode, Body: string(told)}
	}
	told, err := io.ReadAll(io.LimitReader(answer.Body, c.most+1))
	if err != nil {
		return unanswered(err)
	}
	if int64(len(told)) > c.most {
		return fmt.Errorf("channels: %w: it is larger than %d bytes", ErrAnswer, c.most)
	}
	return decode(told, into)
}

// decode reads an answer. What is no object comes from somebody else, such as a web site that answers everything with its front page.
func decode(told []byte, into any) error {
	if !bytes.HasPrefix(bytes.TrimSpace(told), []byte("{")) {
		return fmt.Errorf("channels: %w: it is no JSON object", ErrAnswer)
	}
	if into == nil {
		into = new(struct{})
	}
	if err := json.Unmarshal(told, into); err != nil {
		return fmt.Errorf("channels: %w: %w", ErrAnswer, err)
	}
	return nil
}

// sign makes a request that the server believes. The path of Options.URL is not signed.
func (c *Client) sign(ctx context.Context, r request) (*http.Request, error) {
	path := "/apps/" + url.PathEscape(c.opts.AppID) + r.path
	params := append(r.query,
		signature.Param{Key: signature.ParamKey, Value: c.opts.Key},
		signature.Param{Key: signature.ParamTimestamp, Value: strconv.FormatInt(c.now().Unix(), 10)},
		signature.Param{Key: signature.ParamVersion, Value: signature.Version})
	if r.body != nil {
		params = append(params, signature.Param{Key: signature.ParamBodyMD5, Value: signature.BodyMD5(r.body)})
	}
	signed := signature.Request(c.opts.Secret, r.method, path, params)
	params = append(params, signature.Param{Key: signature.ParamSignature, Value: signed})
	req, err := http.NewRequestWithContext(ctx, r.method, c.base.String()+path+"?"+query(params), bytes.NewReader(r.body))
	if err != nil {
		return nil, fmt.Errorf("channels: %w: %s", ErrPath, quoted(r.path))
	}
	req.Header.Set("User-Agent", library)
	req.Header.Set("X-Pusher-Library", library)
	if r.body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

// query writes parameters so that nobody reads them otherwise: a blank as %20, since a plus may also be meant as one.
func query(params []signature.Param) string {
	var b strings.Builder
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(escape(p.Key) + "=" + escape(p.Value))
	}
	return b.String()
}

func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
