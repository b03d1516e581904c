package telegram

import (
	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// The wire types are the Bot API's own, as far as the simulator speaks of them.

type envelope struct {
	OK          bool                `json:"ok"`
	Result      any                 `json:"result,omitempty"`
	ErrorCode   int                 `json:"error_code,omitempty"`
	Description string              `json:"description,omitempty"`
	Parameters  *responseParameters `json:"parameters,omitempty"`
}

type responseParameters struct {
	RetryAfter      int   `json:"retry_after,omitempty"`
	MigrateToChatID int64 `json:"migrate_to_chat_id,omitempty"`
}

type wireMe struct {
	User
	CanJoinGroups  bool `json:"can_join_groups"`
	CanReadAll     bool `json:"can_read_all_group_messages"`
	SupportsInline bool `json:"supports_inline_queries"`
	CanConnect     bool `json:"can_connect_to_business"`
	HasMainWebApp  bool `json:"has_main_web_app"`
	HasTopics      bool `json:"has_topics_enabled"`
}

type wireChat struct {
	ID      int64  `json:"id"`
	Title   string `json:"title"`
	Type    string `json:"type"`
	IsForum bool   `json:"is_forum,omitempty"`
}

type wireMessage struct {
	MessageID       int64           `json:"message_id"`
	ThreadID        int64           `json:"message_thread_id,omitempty"`
	From            *User           `json:"from,omitempty"`
	SenderChat      *wireChat       `json:"sender_chat,omitempty"`
	AuthorSignature string          `json:"author_signature,omitempty"`
	Chat            wireChat        `json:"chat"`
	Date            int64           `json:"date"`
	EditDate        int64           `json:"edit_date,omitempty"`
	IsTopicMessage  bool            `json:"is_topic_message,omitempty"`
	ReplyTo         *wireMessage    `json:"reply_to_message,omitempty"`
	ExternalReply   *wireExternal   `json:"external_reply,omitempty"`
	Quote           *wireQuote      `json:"quote,omitempty"`
	MediaGroupID    string          `json:"media_group_id,omitempty"`
	Text            string          `json:"text,omitempty"`
	Entities        []markup.Entity `json:"entities,omitempty"`
	Caption         string          `json:"caption,omitempty"`
	CaptionEntities []markup.Entity `json:"caption_entities,omitempty"`
	Preview         *linkPreview    `json:"link_preview_options,omitempty"`
	ReplyMarkup     *inlineKeyboard `json:"reply_markup,omitempty"`

	Photo     []wirePhoto `json:"photo,omitempty"`
	Document  *wireFile   `json:"document,omitempty"`
	Voice     *wireFile   `json:"voice,omitempty"`
	Audio     *wireFile   `json:"audio,omitempty"`
	Video     *wireFile   `json:"video,omitempty"`
	VideoNote *wireFile   `json:"video_note,omitempty"`
	Animation *wireFile   `json:"animation,omitempty"`
	Sticker   *wireFile   `json:"sticker,omitempty"`

	TopicCreated  *wireTopicCreated `json:"forum_topic_created,omitempty"`
	TopicEdited   *wireTopicEdited  `json:"forum_topic_edited,omitempty"`
	TopicClosed   *struct{}         `json:"forum_topic_closed,omitempty"`
	TopicReopened *struct{}         `json:"forum_topic_reopened,omitempty"`
	Pinned        *wireMessage      `json:"pinned_message,omitempty"`
	NewMembers    []User            `json:"new_chat_members,omitempty"`
	LeftMember    *User             `json:"left_chat_member,omitempty"`
	MigrateTo     int64             `json:"migrate_to_chat_id,omitempty"`
	MigrateFrom   int64             `json:"migrate_from_chat_id,omitempty"`
}

type wireExternal struct {
	Chat      wireChat `json:"chat"`
	MessageID int64    `json:"message_id"`
}

type wireQuote struct {
	Text     string `json:"text"`
	Position int    `json:"position"`
	IsManual bool   `json:"is_manual"`
}

type linkPreview struct {
	IsDisabled       bool   `json:"is_disabled,omitempty"`
	URL              string `json:"url,omitempty"`
	PreferSmallMedia bool   `json:"prefer_small_media,omitempty"`
	PreferLargeMedia bool   `json:"prefer_large_media,omitempty"`
	ShowAboveText    bool   `json:"show_above_text,omitempty"`
}

type inlineKeyboard struct {
	InlineKeyboard [][]Button `json:"inline_keyboard"`
}

type wirePhoto struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	FileSize     int64  `json:"file_size"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
}

type wireFile struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	FileName     string `json:"file_name,omitempty"`
	MIMEType     string `json:"mime_type,omitempty"`
	FileSize     int64  `json:"file_size,omitempty"`
	FilePath     string `json:"file_path,omitempty"`
	Width        int    `json:"width,omitempty"`
	Height       int    `json:"height,omitempty"`
	Duration     *int   `json:"duration,omitempty"`
	Emoji        string `json:"emoji,omitempty"`
}

type wireTopicCreated struct {
	Name      string `json:"name"`
	IconColor int    `json:"icon_color"`
	IconEmoji string `json:"icon_custom_emoji_id,omitempty"`
}

type wireTopicEdited struct {
	Name      string  `json:"name,omitempty"`
	IconEmoji *string `json:"icon_custom_emoji_id,omitempty"`
}

type wireTopic struct {
	ThreadID  int64  `json:"message_thread_id"`
	Name      string `json:"name"`
	IconColor int    `json:"icon_color"`
	IconEmoji string `json:"icon_custom_emoji_id,omitempty"`
}

type wireReaction struct {
	Type          string `json:"type"`
	Emoji         string `json:"emoji,omitempty"`
	CustomEmojiID string `json:"custom_emoji_id,omitempty"`
}
