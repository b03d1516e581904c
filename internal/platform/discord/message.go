package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bellhop-chat/bellhop/internal/label"
)

// User is a person or a bot.
type User struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
	System     bool   `json:"system"`
}

// Member is a user in a server.
type Member struct {
	User  *User    `json:"user"`
	Nick  string   `json:"nick"`
	Roles []string `json:"roles"`
	// Permissions are set in interactions only: what the member may do in that channel.
	Permissions Permissions `json:"permissions"`
	// TimedOutUntil is set for a member who may only read until then.
	TimedOutUntil time.Time `json:"communication_disabled_until"`
}

// DisplayName is how people see somebody: the first that can be read of the name in the server, the global one and the user name.
func DisplayName(u *User, m *Member) string {
	var names []string
	if m != nil {
		names = append(names, m.Nick)
	}
	if u == nil && m != nil {
		u = m.User
	}
	if u != nil {
		names = append(names, u.GlobalName, u.Username)
	}
	for _, name := range names {
		if name = label.Clean(name); name != "" {
			return name
		}
	}
	return ""
}

// MessageType is what sort of message it is. https://discord.com/developers/docs/resources/message#message-object-message-types
type MessageType int

// The types that people write; everything else is Discord's own notice.
const (
	MessageDefault MessageType = 0
	MessageReply   MessageType = 19
)

// Message has the fields that Bellhop reads, and no more: an unknown variant in a field that nobody reads must not make an
// event unreadable.
type Message struct {
	ID        string      `json:"id"`
	ChannelID string      `json:"channel_id"`
	GuildID   string      `json:"guild_id"` // by the gateway only
	Type      MessageType `json:"type"`
	Author    *User       `json:"author"`
	Member    *Member     `json:"member"` // by the gateway only, without its user
	Content   string      `json:"content"`
	// EditedAt is zero for what was never edited. Discord updates messages for previews of links too.
	EditedAt    time.Time    `json:"edited_timestamp"`
	Timestamp   time.Time    `json:"timestamp"`
	Attachments []Attachment `json:"attachments"`
	Mentions    []User       `json:"mentions"`
	WebhookID   string       `json:"webhook_id"`
	// ApplicationID is set for what an application posted.
	ApplicationID string     `json:"application_id"`
	Nonce         Nonced     `json:"nonce"`
	Flags         Flags      `json:"flags"`
	Reference     *Reference `json:"message_reference"`
	Stickers      []Sticker  `json:"sticker_items"`
	// Forwarded is what another message said that this one passes on; its own content is empty then.
	Forwarded []Snapshot `json:"message_snapshots"`
	Poll      present    `json:"poll"`
	Embeds    []Framed   `json:"embeds"`
}

// Written tells whether a person has written it, or one of these bots, which count as people.
func (m *Message) Written(bots []string) bool {
	if m.Type != MessageDefault && m.Type != MessageReply || m.WebhookID != "" || m.Author == nil || m.Author.System {
		return false
	}
	return slices.Contains(bots, m.Author.ID) || !m.Author.Bot && m.ApplicationID == ""
}

// ReplyTo is the message that this one answers; empty if it answers none.
func (m *Message) ReplyTo() string {
	if m.Type != MessageReply || m.Reference == nil || m.Reference.ChannelID != "" && m.Reference.ChannelID != m.ChannelID {
		return ""
	}
	return m.Reference.MessageID
}

// Attachment is a file of a message.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
	URL         string `json:"url"`
}

// Reference is the message that another answers or forwards.
type Reference struct {
	MessageID string `json:"message_id"`
	ChannelID string `json:"channel_id"`
}

// Framed is an embed as it is received.
type Framed struct {
	Description string `json:"description"`
}

// Sticker is a picture that is sent by name.
type Sticker struct {
	Name string `json:"name"`
}

// Snapshot is a forwarded message.
type Snapshot struct {
	Message struct {
		Content     string       `json:"content"`
		Attachments []Attachment `json:"attachments"`
	} `json:"message"`
}

// Nonced is a nonce, which other applications send as a number.
type Nonced string

// UnmarshalJSON takes a text or a number.
func (n *Nonced) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*n = Nonced(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*n = Nonced(number)
	return nil
}

// present is whether a field is there, whatever it holds.
type present bool

func (p *present) UnmarshalJSON(data []byte) error {
	*p = string(data) != "null"
	return nil
}

var errNoID = errors.New("an id is missing or is none")

// DecodeMessage reads MESSAGE_CREATE and MESSAGE_UPDATE.
func DecodeMessage(data []byte) (*Message, error) {
	var m Message
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("decode message: %w", plain(err))
	}
	if !IsID(m.ID) || !IsID(m.ChannelID) {
		return nil, fmt.Errorf("decode message: %w", errNoID)
	}
	return &m, nil
}
