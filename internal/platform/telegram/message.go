package telegram

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-telegram/bot/models"
)

// Update is one thing that happened, with the kinds that Bellhop asks for; of any other kind only the id is set.
type Update struct {
	ID            int64     `json:"update_id"`
	Message       *Message  `json:"message"`
	EditedMessage *Message  `json:"edited_message"`
	Reaction      *Reaction `json:"message_reaction"`
}

// AllowedUpdates are the kinds that Bellhop asks for. message_reaction is not in Telegram's default.
func AllowedUpdates() []string { return []string{"message", "edited_message", "message_reaction"} }

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
	Text            string       `json:"text"`
	Caption         string       `json:"caption"`
	MediaGroupID    string       `json:"media_group_id"`
	// IsAutomaticForward: a post of the channel that the group belongs to.
	IsAutomaticForward bool `json:"is_automatic_forward"`

	// Service messages about the topic.
	TopicCreated  *struct{} `json:"forum_topic_created"`
	TopicEdited   *struct{} `json:"forum_topic_edited"`
	TopicClosed   *struct{} `json:"forum_topic_closed"`
	TopicReopened *struct{} `json:"forum_topic_reopened"`

	// Content that is no text; only whether it is there.
	Photo     present `json:"photo"`
	Document  present `json:"document"`
	Audio     present `json:"audio"`
	Voice     present `json:"voice"`
	Video     present `json:"video"`
	VideoNote present `json:"video_note"`
	Animation present `json:"animation"`
	Sticker   present `json:"sticker"`
	Location  present `json:"location"`
	Contact   present `json:"contact"`
	Poll      present `json:"poll"`
	Dice      present `json:"dice"`
	Story     present `json:"story"`
	PaidMedia present `json:"paid_media"`
	Checklist present `json:"checklist"`
}

// present is whether a field is there, whatever it holds.
type present bool

func (p *present) UnmarshalJSON(data []byte) error {
	*p = string(data) != "null"
	return nil
}

// Content is the text or the caption.
func (m *Message) Content() string {
	if m.Text != "" {
		return m.Text
	}
	return m.Caption
}

// HasMedia tells whether the message holds something that a person sees beside its text.
func (m *Message) HasMedia() bool {
	return bool(m.Photo || m.Document || m.Audio || m.Voice || m.Video || m.VideoNote || m.Animation || m.Sticker ||
		m.Location || m.Contact || m.Poll || m.Dice || m.Story || m.PaidMedia || m.Checklist)
}

// Reaction is the change of one person's reactions to one message.
type Reaction struct {
	Chat      models.Chat  `json:"chat"`
	MessageID int          `json:"message_id"`
	User      *models.User `json:"user"`
	ActorChat *models.Chat `json:"actor_chat"`
	Date      int64        `json:"date"`
	Old       []Emoji      `json:"old_reaction"`
	New       []Emoji      `json:"new_reaction"`
}

// Emoji is one reaction; Emoji is empty for a custom or paid one.
type Emoji struct {
	Type  string `json:"type"`
	Emoji string `json:"emoji,omitempty"`
}

var errNoUpdateID = errors.New("no update_id")

// DecodeUpdate reads one update, whose id must be there.
func DecodeUpdate(data []byte) (*Update, error) {
	var u Update
	if err := json.Unmarshal(data, &u); err != nil {
		return nil, fmt.Errorf("decode update: %w", err)
	}
	if u.ID <= 0 {
		return nil, fmt.Errorf("decode update: %w", errNoUpdateID)
	}
	return &u, nil
}
