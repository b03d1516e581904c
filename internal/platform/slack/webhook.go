package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/slack-go/slack"
)

// PostWebhook posts to the configured incoming webhook. It answers nothing that could be edited or answered later. Slack allows
// one a second.
func (c *Client) PostWebhook(ctx context.Context, show Content, look Look) error {
	wire := hook{Text: show.Text, Blocks: show.Blocks, Username: look.Username, IconEmoji: look.IconEmoji}
	return c.postHook(ctx, sendWebhook, c.webhook, wire)
}

// Response is an answer to a press or a command.
type Response struct {
	Content
	// Replace the message with the button; otherwise only who pressed it sees the answer.
	Replace bool
	// Delete the message instead.
	Delete bool
}

// Respond answers at an interaction's ResponseURL: up to 5 times within 30 minutes.
func (c *Client) Respond(ctx context.Context, responseURL string, r Response) error {
	wire := hook{Text: r.Text, Blocks: r.Blocks, Type: "ephemeral", Replace: &r.Replace}
	if r.Delete {
		wire = hook{Delete: true}
	}
	return c.postHook(ctx, respond, responseURL, wire)
}

// hook is what addresses without a method take.
type hook struct {
	Text      string        `json:"text,omitempty"`
	Blocks    []slack.Block `json:"blocks,omitempty"`
	Username  string        `json:"username,omitempty"`
	IconEmoji string        `json:"icon_emoji,omitempty"`
	Type      string        `json:"response_type,omitempty"`
	Replace   *bool         `json:"replace_original,omitempty"`
	Delete    bool          `json:"delete_original,omitempty"`
	// Links are not unfolded.
	UnfurlLinks bool `json:"unfurl_links"`
	UnfurlMedia bool `json:"unfurl_media"`
}

// postHook posts to an address that needs no token, and answers "ok" or what is wrong, as text; some answer as methods do.
func (c *Client) postHook(ctx context.Context, m method, address string, show hook) error {
	if !c.trustedHook(address) {
		return c.failed(m, 0, errForbidden)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader([]byte(encode(show))))
	if err != nil {
		return c.failed(m, 0, err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	r, err := c.roundTrip(m, req)
	if err != nil {
		return err
	}
	return c.judgeHook(m, r, strings.TrimSpace(string(r.body)))
}

func (c *Client) judgeHook(m method, r reply, said string) error {
	var answer envelope
	switch {
	case r.status == http.StatusOK && said == "ok", r.status == http.StatusOK && said == "" && m.name == respond.name:
		return nil
	case decoded(said, &answer):
		if *answer.OK && r.status == http.StatusOK {
			return nil
		}
		if !*answer.OK {
			return c.refused(m, r, &answer)
		}
	case hookCode.MatchString(said):
		return c.refused(m, r, &envelope{Error: said})
	}
	return c.unreadable(m, r, errNeither)
}

// hookCode is how these addresses name an error.
var hookCode = regexp.MustCompile(`^[a-z][a-z_]{1,79}$`)

func decoded(said string, answer *envelope) bool {
	return json.Unmarshal([]byte(said), answer) == nil && answer.OK != nil
}

// trustedHook is trusted, and where Slack itself is simulated on this machine, all of it.
func (c *Client) trustedHook(address string) bool {
	u, err := url.Parse(address)
	return c.trusted(address) || err == nil && loopback(u) && loopback(c.api)
}
