package discord

import (
	"encoding/json"
	"strings"
	"time"
)

// User is a person, a bot or a webhook's face.
type User struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"` // display name; global_name on the wire
	Bot      bool   `json:"bot,omitempty"`
}

// Role is one role of the guild.
type Role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions uint64 `json:"permissions"`
	Mentionable bool   `json:"mentionable,omitempty"`
	Managed     bool   `json:"managed,omitempty"` // the bot's own
}

// Overwrite changes a role's (type 0) or a member's (type 1) permissions in a channel.
type Overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"`
	Allow uint64 `json:"allow"`
	Deny  uint64 `json:"deny"`
}

// Tag is a tag of the forum.
type Tag struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Moderated bool   `json:"moderated,omitempty"`
}

// ThreadState is where a thread stands.
type ThreadState string

// The states of a thread. Discord archives an idle thread by itself, so archived alone does not mean that somebody closed it.
const (
	ThreadOpen     ThreadState = "open"
	ThreadArchived ThreadState = "archived"
	ThreadLocked   ThreadState = "locked" // and not archived
	ThreadClosed   ThreadState = "closed" // locked and archived
	ThreadDeleted  ThreadState = "deleted"
)

// Thread is one thread as it was when asked for. The zero Thread means "there is none".
type Thread struct {
	ID          string        `json:"id"`
	ParentID    string        `json:"parentId"`
	Name        string        `json:"name"`
	OwnerID     string        `json:"ownerId"`
	State       ThreadState   `json:"state"`
	Archived    bool          `json:"archived"`
	Locked      bool          `json:"locked"`
	Tags        []string      `json:"tags"` // names of the applied tags
	AutoArchive time.Duration `json:"autoArchiveNs"`
	Created     time.Time     `json:"created"`
	Active      time.Time     `json:"active"`           // of the last message or un-archiving
	Typing      string        `json:"typing,omitempty"` // who types, while it lasts
	Length      int           `json:"length"`           // messages, deleted ones included
	Added       []string      `json:"added,omitempty"`  // whom the bot added, which notified them

	server *Server
}

// Messages are the thread's messages, oldest first, system messages and deleted ones included.
func (t Thread) Messages() []Message {
	if t.server == nil {
		return nil
	}
	return t.server.State().Messages(t.ID)
}

// Message types that occur here.
const (
	TypeDefault       = 0
	TypeRename        = 4
	TypeThreadCreated = 18
	TypeReply         = 19
	TypeChatCommand   = 20
	TypeStarter       = 21
)

// Message is one message as it was when asked for.
type Message struct {
	ID          string            `json:"id"`
	ChannelID   string            `json:"channelId"`
	Type        int               `json:"type"`
	Author      User              `json:"author"`
	WebhookID   string            `json:"webhookId,omitempty"`
	At          time.Time         `json:"at"`
	EditedAt    time.Time         `json:"editedAt,omitzero"`
	Text        string            `json:"text"`  // content, with its markup
	Shown       string            `json:"shown"` // what a person reads: content without markup
	Embeds      []json.RawMessage `json:"embeds,omitempty"`
	Components  []json.RawMessage `json:"components,omitempty"`
	Buttons     [][]Button        `json:"buttons,omitempty"`
	Attachments []Attachment      `json:"attachments,omitempty"`
	ReplyTo     string            `json:"replyTo,omitempty"`
	Nonce       string            `json:"nonce,omitempty"`
	NumberNonce bool              `json:"numberNonce,omitempty"` // the nonce came as a number
	Flags       int               `json:"flags,omitempty"`
	Reactions   []Reaction        `json:"reactions,omitempty"`
	History     []Version         `json:"history,omitempty"` // earlier versions, oldest first
	Deleted     bool              `json:"deleted,omitempty"`
	// OnlyFor is the user who alone sees an ephemeral answer.
	OnlyFor string `json:"onlyFor,omitempty"`
	// ThreadID is the thread that was started from this message.
	ThreadID string `json:"threadId,omitempty"`
	// Notified are those whom this text pinged in any of its versions: user names, "@role", "@everyone", "@here".
	Notified []string `json:"notified,omitempty"`
	// Mentioned is what the present text resolved to.
	Mentioned Mentions `json:"mentioned,omitzero"`
	// Interaction is the press or command that this message answers.
	Interaction string `json:"interaction,omitempty"`

	shownOf string // the text that Shown was made of
}

// FromBot says whether the bot under test (or a webhook) wrote the message.
func (m Message) FromBot() bool { return m.Author.Bot && !m.System() }

// System says whether the message was made by Discord and not written by anybody.
func (m Message) System() bool {
	return m.Type == TypeRename || m.Type == TypeThreadCreated || m.Type == TypeStarter
}

// Has says whether a person would find part in the message: in its text or in an embed's.
func (m Message) Has(part string) bool {
	if strings.Contains(m.Shown, part) || strings.Contains(m.Text, part) {
		return true
	}
	for _, embed := range m.Embeds {
		if embedHas(embed, part) {
			return true
		}
	}
	return false
}

// Version is what a message said before an edit; an edit of its embeds is one too.
type Version struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Mentions is what a text's mentions resolved to under allowed_mentions.
type Mentions struct {
	Users    []string `json:"users,omitempty"` // ids
	Roles    []string `json:"roles,omitempty"` // ids
	Everyone bool     `json:"everyone,omitempty"`
}

// Reaction is what one user put on a message. Emoji is the character, or name:id.
type Reaction struct {
	UserID string `json:"userId"`
	Emoji  string `json:"emoji"`
}

// Button is one button of a message. Style is Discord's: 1 primary … 4 danger, 5 a link.
type Button struct {
	Label    string `json:"label"`
	CustomID string `json:"customId,omitempty"`
	URL      string `json:"url,omitempty"`
	Style    int    `json:"style"`
	Emoji    string `json:"emoji,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
}

// Attachment describes one stored file. Digest is the hex SHA-256 of what a download yields.
type Attachment struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	MIME        string `json:"mime,omitempty"`
	Size        int64  `json:"size"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
	Digest      string `json:"digest"`
}
