package telegram

import "github.com/go-telegram/bot/models"

// Message has the fields that Bellhop reads, and no more: an unknown variant in a field that nobody reads must not make
// an update unreadable, for Telegram would then hold back everything that comes after it in that chat.
type Message struct {
	ID             int          `json:"message_id"`
	ThreadID       int          `json:"message_thread_id"`
	IsTopicMessage bool         `json:"is_topic_message"`
	From           *models.User `json:"from"`
	// SenderChat is set when the message speaks for a chat; the group itself for an anonymous administrator.
	SenderChat      *models.Chat `json:"sender_chat"`
	AuthorSignature string       `json:"author_signature"`
	Date            int64        `json:"date"`
	EditDate        int64        `json:"edit_date"`
	Chat            models.Chat  `json:"chat"`
	ReplyTo         *Message     `json:"reply_to_message"`
	// ExternalReply is what this answers if that stands in another topic or chat.
	ExternalReply lenient[ExternalReply] `json:"external_reply"`
	// Quote is the part of the answered message that the sender picked.
	Quote           lenient[Quote]        `json:"quote"`
	Text            string                `json:"text"`
	Entities        lenient[[]TextEntity] `json:"entities"`
	Caption         string                `json:"caption"`
	CaptionEntities lenient[[]TextEntity] `json:"caption_entities"`
	// MediaGroupID is the same for all messages of an album; empty for others.
	MediaGroupID string `json:"media_group_id"`
	// IsAutomaticForward: a post of the channel that the group belongs to.
	IsAutomaticForward bool `json:"is_automatic_forward"`

	// Service messages about the topic.
	TopicCreated  *struct{} `json:"forum_topic_created"`
	TopicEdited   *struct{} `json:"forum_topic_edited"`
	TopicClosed   *struct{} `json:"forum_topic_closed"`
	TopicReopened *struct{} `json:"forum_topic_reopened"`

	// MigrateTo and MigrateFrom are the chat's new id, in the old chat, and its old one, in the new.
	MigrateTo   int64 `json:"migrate_to_chat_id"`
	MigrateFrom int64 `json:"migrate_from_chat_id"`

	// Files; see File.
	Photo     lenient[[]attachment] `json:"photo"`
	Document  lenient[attachment]   `json:"document"`
	Audio     lenient[attachment]   `json:"audio"`
	Voice     lenient[attachment]   `json:"voice"`
	Video     lenient[attachment]   `json:"video"`
	VideoNote lenient[attachment]   `json:"video_note"`
	Animation lenient[attachment]   `json:"animation"`
	Sticker   lenient[attachment]   `json:"sticker"`

	// Content that is neither text nor file; only whether it is there.
	Location  present `json:"location"`
	Contact   present `json:"contact"`
	Poll      present `json:"poll"`
	Dice      present `json:"dice"`
	Story     present `json:"story"`
	PaidMedia present `json:"paid_media"`
	Checklist present `json:"checklist"`
}

// ExternalReply names a message elsewhere; zero where Telegram doesn't tell.
type ExternalReply struct {
	Chat      models.Chat `json:"chat"`
	MessageID int         `json:"message_id"`
}

// Quote is a part of the answered message. Position is in UTF-16 code units; IsManual if the sender picked it.
type Quote struct {
	Text     string `json:"text"`
	Position int    `json:"position"`
	IsManual bool   `json:"is_manual"`
}

// TextEntity is formatting of a text: offsets and lengths in UTF-16 code units.
type TextEntity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	URL    string `json:"url"`
}

// Content is the text or the caption.
func (m *Message) Content() string {
	if m.Text != "" {
		return m.Text
	}
	return m.Caption
}

// Formatting is the entities of Content.
func (m *Message) Formatting() []TextEntity {
	if m.Text != "" {
		return m.Entities.Value
	}
	return m.CaptionEntities.Value
}

// HasMedia tells whether the message holds something that a person sees beside its text.
func (m *Message) HasMedia() bool {
	return m.Photo.Set || m.Document.Set || m.Audio.Set || m.Voice.Set || m.Video.Set || m.VideoNote.Set || m.Animation.Set || m.Sticker.Set ||
		bool(m.Location || m.Contact || m.Poll || m.Dice || m.Story || m.PaidMedia || m.Checklist)
}

// IsAnonymousAdmin tells whether an administrator wrote in the name of the group: who is not told, only the title, in
// AuthorSignature, if there is one. From is then a bot of Telegram's.
func (m *Message) IsAnonymousAdmin() bool { return m.SenderChat != nil && m.SenderChat.ID == m.Chat.ID }

// Accessible is false for a message that only is named: of a button below a message that is too old.
func (m *Message) Accessible() bool { return m.Date != 0 }
