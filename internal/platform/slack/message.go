package slack

import (
	"context"
	"net/url"

	"github.com/slack-go/slack"
)

// Place is a channel, or a thread in it.
type Place struct {
	Channel string `json:"channel"`
	// Thread is the TS of the thread's first message; empty for the channel itself.
	Thread string `json:"thread"`
}

// Ref names a message.
type Ref struct{ Channel, TS string }

// Look is how the bot appears in a message. Fields that are set need the scope ScopeCustomize; without it Slack refuses the message.
type Look struct {
	Username string
	// IconEmoji is a name between colons; IconURL a picture. The emoji wins.
	IconEmoji, IconURL string
}

// ScopeCustomize allows a Look.
const ScopeCustomize = "chat:write.customize"

// Mark is what a message of ours carries unseen, so that it is found again. Apps that read the channel can read it.
type Mark struct {
	// ID is our name of the message; empty for no mark. Version tells what it shows.
	ID, Version string
}

// Outgoing is a message to be posted. Links in it are not unfolded.
type Outgoing struct {
	Place
	Content
	Look
	Mark
	// Broadcast shows an answer in the channel as well.
	Broadcast bool
}

// Posted is a message that stands.
type Posted struct {
	Ref
	// Orphan: it was to be an answer and became a message of the channel, because the thread is not there any more.
	Orphan bool
	// AppID is the app that posted it, which is ours.
	AppID string
}

// metadataType tells our messages' metadata from other apps'. https://docs.slack.dev/messaging/message-metadata
const metadataType = "bellhop_message"

type metadata struct {
	Type    string          `json:"event_type"`
	Payload metadataPayload `json:"event_payload"`
}

type metadataPayload struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`
}

// Post posts a message. Slack allows one a second to a channel, with short bursts.
func (c *Client) Post(ctx context.Context, m Outgoing) (Posted, error) {
	params := m.Content.form(m.Channel)
	set(params, "thread_ts", m.Thread)
	set(params, "username", m.Username)
	set(params, "icon_emoji", m.IconEmoji)
	if m.IconEmoji == "" {
		set(params, "icon_url", m.IconURL)
	}
	params.Set("unfurl_links", "false")
	params.Set("unfurl_media", "false")
	m.Mark.set(params)
	if m.Broadcast && m.Thread != "" {
		params.Set("reply_broadcast", "true")
	}
	result, err := call[struct {
		Channel string  `json:"channel"`
		TS      string  `json:"ts"`
		Message Message `json:"message"`
	}](ctx, c, postMessage, params)
	if err == nil && result.TS == "" {
		err = c.failed(postMessage, 0, errNoResult)
	}
	return Posted{
		Ref: Ref{Channel: either(result.Channel, m.Channel), TS: result.TS}, AppID: result.Message.AppID,
		Orphan: err == nil && m.Thread != "" && result.Message.TS != "" && result.Message.ThreadTS != m.Thread,
	}, err
}

// Update replaces what one of the bot's messages shows, its blocks as well: without blocks it has none afterwards. A mark that is
// empty leaves the message's. Slack allows 50 a minute.
func (c *Client) Update(ctx context.Context, at Ref, show Content, mark Mark) error {
	params := show.form(at.Channel)
	params.Set("ts", at.TS)
	mark.set(params)
	return c.do(ctx, updateMessage, params)
}

// Delete deletes one of the bot's messages. Answers to it stay.
func (c *Client) Delete(ctx context.Context, at Ref) error {
	return c.do(ctx, deleteMessage, url.Values{"channel": {at.Channel}, "ts": {at.TS}})
}

// PostEphemeral shows something to one person who is in the channel, until he reloads. Slack allows 100 a minute, and does not
// promise that it arrives.
func (c *Client) PostEphemeral(ctx context.Context, to Place, userID string, show Content) error {
	params := show.form(to.Channel)
	params.Set("user", userID)
	set(params, "thread_ts", to.Thread)
	return c.do(ctx, postEphemeral, params)
}

// Permalink is a message's address for people.
func (c *Client) Permalink(ctx context.Context, at Ref) (string, error) {
	result, err := call[struct {
		Permalink string `json:"permalink"`
	}](ctx, c, getPermalink, url.Values{"channel": {at.Channel}, "message_ts": {at.TS}})
	return result.Permalink, err
}

// form are the parameters that every method for messages has. Both the text and the blocks are always there: what an update does
// with a missing one has changed over time.
func (c Content) form(channel string) url.Values {
	blocks := c.Blocks
	if blocks == nil {
		blocks = []slack.Block{}
	}
	return url.Values{"channel": {channel}, "text": {c.Text}, "blocks": {encode(blocks)}}
}

func (m Mark) set(params url.Values) {
	if m.ID != "" {
		params.Set("metadata", encode(metadata{metadataType, metadataPayload(m)}))
	}
}

func set(params url.Values, name, value string) {
	if value != "" {
		params.Set(name, value)
	}
}
