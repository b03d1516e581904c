package slack

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/test/sim/slack/block"
	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// Limits of a message's parts, in characters and items.
const (
	maxText        = 40_000 // https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages
	maxMarkdown    = 12_000 // markdown_text, https://docs.slack.dev/reference/methods/chat.postMessage
	maxAttachments = 100
	maxMetadata    = 8_000 // bytes of event_payload; the documents name none
)

var eventType = regexp.MustCompile(`^[A-Za-z0-9_.]{1,255}$`)

// content is what a message says, checked.
type content struct {
	text        string
	truncated   bool
	set         block.Set
	hasBlocks   bool // blocks were given, maybe an empty list
	attachments json.RawMessage
	metadata    *Metadata
	linkNames   bool
}

// content reads the text, blocks, attachments and metadata of a call. Something must be there to show.
func (c *call) content() (content, *apiError) {
	out := content{linkNames: c.p.flag("link_names") || c.p.values["parse"] == "full"}
	if err := c.text(&out); err != nil {
		return out, err
	}
	if err := c.blocks(&out, c.p.values["blocks"]); err != nil {
		return out, err
	}
	if err := c.attachments(&out); err != nil {
		return out, err
	}
	if err := c.metadata(&out); err != nil {
		return out, err
	}
	if strings.TrimSpace(out.text) == "" && out.set.JSON == nil && out.attachments == nil {
		return out, refuse("no_text")
	}
	if out.text == "" && out.set.JSON != nil {
		c.p.warn("blocks without a text for notifications")
	}
	return out, nil
}

func (c *call) text(out *content) *apiError {
	out.text = c.p.values["text"]
	if markdown := c.p.values["markdown_text"]; markdown != "" {
		if out.text != "" || c.p.values["blocks"] != "" {
			return refuse("markdown_text_conflict")
		}
		if utf8.RuneCountInString(markdown) > maxMarkdown {
			return refuse("msg_too_long")
		}
		out.text = mrkdwn.Escape(markdown)
	}
	if utf8.RuneCountInString(out.text) > maxText {
		out.text, out.truncated = string([]rune(out.text)[:maxText]), true
		c.codes = append(c.codes, "message_truncated")
		c.p.warn("the text is longer than 40,000 characters and was cut")
	}
	return nil
}

func (c *call) blocks(out *content, raw string) *apiError {
	if raw == "" {
		return nil
	}
	parsed, problems, err := block.Parse([]byte(raw), func() string { return random(c.s.rng, alphabet, 5) })
	switch {
	case err != nil:
		return refuse("invalid_blocks_format")
	case len(problems) > 0:
		var messages []string
		for _, p := range problems {
			messages = append(messages, p.String())
		}
		return refuse("invalid_blocks", messages...)
	case parsed.Size > block.MaxTotal:
		return refuse("msg_blocks_too_long")
	}
	out.set, out.hasBlocks = parsed, true
	return nil
}

func (c *call) attachments(out *content) *apiError {
	raw := c.p.values["attachments"]
	if raw == "" {
		return nil
	}
	var list []map[string]json.RawMessage
	switch err := json.Unmarshal([]byte(raw), &list); {
	case err != nil:
		return refuse("invalid_attachments")
	case len(list) > maxAttachments:
		return refuse("too_many_attachments")
	case len(list) > 0:
		out.attachments = json.RawMessage(raw)
	}
	return nil
}

func (c *call) metadata(out *content) *apiError {
	raw := c.p.values["metadata"]
	if raw == "" {
		return nil
	}
	var m Metadata
	var payload map[string]json.RawMessage
	if json.Unmarshal([]byte(raw), &m) != nil {
		return refuse("invalid_metadata_format")
	}
	switch {
	case m.EventType == "" && len(m.EventPayload) == 0: // how clients that always send the field say "none"
		return nil
	case !eventType.MatchString(m.EventType) || json.Unmarshal(m.EventPayload, &payload) != nil:
		return refuse("invalid_metadata_format")
	case len(m.EventPayload) > maxMetadata:
		return refuse("metadata_too_large")
	}
	out.metadata = &m
	return nil
}

// apply makes a message say something, and works out what people see and who is called.
func (s *Server) apply(m *Message, c content) {
	m.Text, m.Truncated = c.text, c.truncated
	m.Blocks, m.Buttons, m.Attachments = c.set.JSON, c.set.Buttons, c.attachments
	if c.metadata != nil {
		m.Metadata = c.metadata
	}
	var shown []string
	for _, t := range c.set.Texts {
		shown = append(shown, mrkdwn.Plain(t.Value, s.nameOf))
	}
	m.Shown = strings.Join(shown, "\n")
	if len(shown) == 0 {
		m.Shown = mrkdwn.Plain(c.text, s.nameOf)
	}
	m.Notified = merge(m.Notified, s.called(m, c))
}

// merge adds what is new to a list.
func merge(to, more []string) []string {
	seen := set(to)
	for _, name := range more {
		if !seen[name] {
			to, seen[name] = append(to, name), true
		}
	}
	return to
}
