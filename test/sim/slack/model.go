package slack

import (
	"encoding/json"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack/block"
)

// User is a member of the workspace.
type User struct {
	ID       string `json:"id"`   // U…
	Name     string `json:"name"` // lower case
	RealName string `json:"realName"`
	Email    string `json:"email,omitempty"`
	IsBot    bool   `json:"isBot,omitempty"`
	Deleted  bool   `json:"deleted,omitempty"`
}

// Channel is one channel as it was when asked for.
type Channel struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Private   bool   `json:"private,omitempty"`
	Archived  bool   `json:"archived,omitempty"`
	BotMember bool   `json:"botMember"`
	// Restriction is one of the restricted_action errors that posts get; "" none.
	Restriction string `json:"restriction,omitempty"`
}

// Thread is a message of the channel with what was answered to it. The zero Thread means "there is none".
type Thread struct {
	TS        string  `json:"ts"` // of the root
	ChannelID string  `json:"channelId"`
	Root      Message `json:"root"`             // the zero Message if the root never existed
	Replies   int     `json:"replies"`          // deleted and ephemeral ones included
	Orphan    bool    `json:"orphan,omitempty"` // replies whose root is gone: nobody sees them
	Locked    bool    `json:"locked,omitempty"`
	Status    string  `json:"status,omitempty"` // assistant.threads.setStatus, while it lasts

	server *Server
}

// Messages are the root and its replies, oldest first, deleted ones included.
func (t Thread) Messages() []Message {
	if t.server == nil {
		return nil
	}
	return t.server.state().messages(t.ChannelID, t.TS)
}

// Message is one message as it was when asked for.
type Message struct {
	ChannelID string    `json:"channelId"`
	TS        string    `json:"ts"`
	ThreadTS  string    `json:"threadTs,omitempty"` // of the root; "" on a message that is not a reply
	Broadcast bool      `json:"broadcast,omitempty"`
	From      User      `json:"from"`
	BotID     string    `json:"botId,omitempty"`
	Username  string    `json:"username,omitempty"` // what an app calls itself for this message
	IconEmoji string    `json:"iconEmoji,omitempty"`
	IconURL   string    `json:"iconUrl,omitempty"`
	Subtype   string    `json:"subtype,omitempty"`
	Date      time.Time `json:"date"`

	Text        string          `json:"text"`  // mrkdwn, with &amp; &lt; &gt; as the platform keeps it
	Shown       string          `json:"shown"` // what people read: of the blocks if there are any, without markup
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Metadata    *Metadata       `json:"metadata,omitempty"`
	Files       []string        `json:"files,omitempty"` // ids
	Buttons     []block.Button  `json:"buttons,omitempty"`
	Reactions   []Reaction      `json:"reactions,omitempty"`
	Unfurl      bool            `json:"unfurl,omitempty"` // links of this message are shown with a preview
	Unfurled    json.RawMessage `json:"unfurled,omitempty"`

	Edited    *Edit     `json:"edited,omitempty"`
	History   []Version `json:"history,omitempty"` // earlier versions, oldest first
	Deleted   bool      `json:"deleted,omitempty"`
	Tombstone bool      `json:"tombstone,omitempty"` // deleted, with replies that are still there
	Ephemeral string    `json:"ephemeral,omitempty"` // id of the only user who sees it
	ClientID  string    `json:"clientMsgId,omitempty"`
	// Notified are the names of members whom this message called (in any of its versions).
	Notified []string `json:"notified,omitempty"`
	// Truncated says that Slack cut the text.
	Truncated bool `json:"truncated,omitempty"`
}

// FromBot says whether the app under test sent the message.
func (m Message) FromBot() bool { return m.BotID == BotID }

// Root is the ts of the thread that the message belongs to; its own if it is no reply.
func (m Message) Root() string {
	if m.ThreadTS != "" {
		return m.ThreadTS
	}
	return m.TS
}

// Edit is the latest edit.
type Edit struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// Version is what a message said before an edit.
type Version struct {
	Text   string          `json:"text"`
	Shown  string          `json:"shown"`
	Blocks json.RawMessage `json:"blocks,omitempty"`
	At     time.Time       `json:"at"` // when it was replaced
}

// Metadata is what an app attaches to its message.
type Metadata struct {
	EventType    string          `json:"event_type"`
	EventPayload json.RawMessage `json:"event_payload"`
}

// Reaction is one emoji on a message, by its short name, and who put it there, in order.
type Reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
}

// Has says whether a user (by id) reacted with the emoji of that short name.
func (m Message) Has(name, user string) bool {
	for _, r := range m.Reactions {
		if r.Name != name {
			continue
		}
		for _, u := range r.Users {
			if u == user {
				return true
			}
		}
	}
	return false
}
