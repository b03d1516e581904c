package telegram

import (
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// User is a person or a bot, in the Bot API's own spelling.
type User = markup.User

// TopicState is where a forum topic stands.
type TopicState string

// The states of a topic.
const (
	TopicOpen    TopicState = "open"
	TopicClosed  TopicState = "closed"
	TopicDeleted TopicState = "deleted"
)

// Topic is one forum topic as it was when asked for. The zero Topic means "there is none".
type Topic struct {
	ID        int64      `json:"id"` // message_thread_id
	ChatID    int64      `json:"chatId"`
	Name      string     `json:"name"`
	IconColor int        `json:"iconColor"`
	IconEmoji string     `json:"iconCustomEmojiId,omitempty"`
	State     TopicState `json:"state"`
	CreatorID int64      `json:"creatorId"`
	Created   time.Time  `json:"created"`
	Typing    string     `json:"typing,omitempty"` // the bot's chat action, while it lasts
	Length    int        `json:"length"`           // messages, deleted ones included

	server *Server
}

// Messages are the topic's messages, oldest first, service messages and deleted ones included.
func (t Topic) Messages() []Message {
	if t.server == nil {
		return nil
	}
	return t.server.state().In(t.ChatID).Messages(t.ID)
}

// Message is one message as it was when asked for.
type Message struct {
	ID           int64           `json:"id"`
	ChatID       int64           `json:"chatId"`
	TopicID      int64           `json:"topicId"` // 0: the General topic
	From         User            `json:"from"`
	Anonymous    string          `json:"anonymous,omitempty"` // title of an anonymous administrator
	Date         time.Time       `json:"date"`
	EditDate     time.Time       `json:"editDate,omitzero"`
	Text         string          `json:"text"` // a file's caption counts as its text
	Entities     []markup.Entity `json:"entities,omitempty"`
	Media        *Media          `json:"media,omitempty"`
	MediaGroupID string          `json:"mediaGroupId,omitempty"`
	ReplyTo      int64           `json:"replyTo,omitempty"`
	Quote        string          `json:"quote,omitempty"`
	Buttons      [][]Button      `json:"buttons,omitempty"`
	Service      *Service        `json:"service,omitempty"`
	Reactions    []Reaction      `json:"reactions,omitempty"`
	History      []Version       `json:"history,omitempty"` // earlier versions, oldest first
	Deleted      bool            `json:"deleted,omitempty"`
	Pinned       bool            `json:"pinned,omitempty"`
	Silent       bool            `json:"silent,omitempty"`
	PreviewOff   bool            `json:"previewOff,omitempty"`
	// Unanswered: a fault kept from the bot that it had posted this. It will never know the id.
	Unanswered bool `json:"unanswered,omitempty"`
	// Notified are the user names of members whom this text pinged (in any of its versions).
	Notified []string `json:"notified,omitempty"`
}

// FromBot says whether a bot sent the message: an anonymous administrator is none, although its account is.
func (m Message) FromBot() bool { return m.From.IsBot && m.Service == nil && m.Anonymous == "" }

// Version is what a message said before an edit.
type Version struct {
	Text     string          `json:"text"`
	Entities []markup.Entity `json:"entities,omitempty"`
	At       time.Time       `json:"at"`
}

// Reaction is what one user put on a message.
type Reaction struct {
	UserID int64  `json:"userId"`
	Emoji  string `json:"emoji"`
}

// Button is one inline keyboard button.
type Button struct {
	Text         string `json:"text"`
	CallbackData string `json:"callback_data,omitempty"`
	URL          string `json:"url,omitempty"`
	CopyText     *struct {
		Text string `json:"text"`
	} `json:"copy_text,omitempty"`
	Style string `json:"style,omitempty"`
	Icon  string `json:"icon_custom_emoji_id,omitempty"`
}

// Service says what a service message announces. Kind is one of topic_created, topic_edited, topic_closed,
// topic_reopened, pinned, joined, left, migrated_to, migrated_from.
type Service struct {
	Kind      string  `json:"kind"`
	Name      string  `json:"name,omitempty"`
	IconColor int     `json:"iconColor,omitempty"`
	IconEmoji *string `json:"iconCustomEmojiId,omitempty"`
	Ref       int64   `json:"ref,omitempty"` // the pinned message, or the other chat of a migration
	User      *User   `json:"user,omitempty"`
}

// Media is what a message carries beside its text. Kind is photo, document, voice, audio, video, video_note,
// animation or sticker; a photo has several sizes, the largest last.
type Media struct {
	Kind  string    `json:"kind"`
	Files []FileRef `json:"files"`
}

// FileRef describes one stored file. Digest is the hex SHA-256 of what a download yields.
type FileRef struct {
	ID       string `json:"id"`       // file_id
	UniqueID string `json:"uniqueId"` // file_unique_id
	Name     string `json:"name,omitempty"`
	MIME     string `json:"mime,omitempty"`
	Size     int64  `json:"size"`
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	Digest   string `json:"digest"`
}

// Callback is one press of an inline button.
type Callback struct {
	ID        string    `json:"id"`
	ChatID    int64     `json:"chatId"`
	MessageID int64     `json:"messageId"`
	User      User      `json:"user"`
	Data      string    `json:"data"`
	At        time.Time `json:"at"`
	Answered  bool      `json:"answered"` // false: the operator's client still spins
	Text      string    `json:"text,omitempty"`
	Alert     bool      `json:"alert,omitempty"`
}

// Chat is the group as a whole.
type Chat struct {
	ID         int64           `json:"id"`
	Type       string          `json:"type"` // group or supergroup
	Title      string          `json:"title"`
	Forum      bool            `json:"forum"`
	MigratedTo int64           `json:"migratedTo,omitempty"`
	BotStatus  string          `json:"botStatus"` // administrator, member, left, kicked
	Rights     map[string]bool `json:"rights"`
	Reactions  []string        `json:"availableReactions,omitempty"` // nil: all
	SlowMode   int             `json:"slowModeSeconds,omitempty"`
}
