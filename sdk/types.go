package bellhop

import (
	"encoding/json"
	"time"
)

// The senders of messages.
const (
	Visitor  = "visitor"
	Operator = "operator"
	AI       = "ai"
	System   = "system"
)

// The states of sessions.
const (
	Active   = "active"
	Closed   = "closed"
	Archived = "archived"
)

// Session is one conversation with one visitor. Times that are not set are zero.
type Session struct {
	// ID names the session in every call: Bellhop's own ("ses_…"), or the one that your backend gave it.
	ID           string    `json:"id"`
	VisitorID    string    `json:"visitorId"`
	CreatedAt    time.Time `json:"createdAt,omitzero"`
	LastActivity time.Time `json:"lastActivity,omitzero"`
	// Status is Active, Closed or Archived.
	Status   string    `json:"status"`
	ClosedAt time.Time `json:"closedAt,omitzero"`
	// OperatorOnline tells whether anybody of the team is there.
	OperatorOnline bool `json:"operatorOnline"`
	AIActive       bool `json:"aiActive"`
	// Metadata is what is known of the visitor's page and browser: url, referrer, pageTitle, userAgent, language, country and more.
	Metadata map[string]any `json:"metadata,omitempty"`
	Identity Identity       `json:"identity,omitempty"`
	// Verified tells whether the site has proven that the visitor is whom Identity.ID names. Whatever else the identity says is what
	// the page said.
	Verified         bool    `json:"verified"`
	UserPhone        string  `json:"userPhone,omitempty"`        // E.164
	UserPhoneCountry string  `json:"userPhoneCountry,omitempty"` // ISO 3166 alpha-2
	Rating           *Rating `json:"csat,omitempty"`

	// Where the conversation is on the platforms that have it.
	TelegramTopicID int64  `json:"telegramTopicId,omitempty"`
	DiscordThreadID string `json:"discordThreadId,omitempty"`
	SlackThreadTS   string `json:"slackThreadTs,omitempty"`

	// Unanswered and MessageCount are set by Sessions, Session and Transcript only.
	Unanswered   bool  `json:"unanswered,omitempty"`
	MessageCount int64 `json:"messageCount,omitempty"`
}

// Identity is who the site says that a visitor is: "id", mostly "name" and "email", and whatever else it told.
type Identity map[string]any

// ID is the site's own id of the visitor, or "".
func (i Identity) ID() string { return i.text("id") }

// Name is the visitor's name, or "".
func (i Identity) Name() string { return i.text("name") }

// Email is the visitor's address, or "". Nobody has verified it.
func (i Identity) Email() string { return i.text("email") }

func (i Identity) text(key string) string {
	s, _ := i[key].(string)
	return s
}

// Rating is what a visitor thinks of a conversation: Pending once it was asked for, then a Score of 1 to 5.
type Rating struct {
	Pending     bool      `json:"pending"`
	Score       int       `json:"score,omitempty"`
	Comment     string    `json:"comment,omitempty"`
	RequestedAt time.Time `json:"requestedAt,omitzero"`
	RespondedAt time.Time `json:"respondedAt,omitzero"`
}

// Message is one message of a conversation. Times that are not set are zero.
type Message struct {
	ID        string `json:"id"`
	SessionID string `json:"sessionId"`
	// Content is plain text; "" of a deleted message.
	Content string `json:"content"`
	// Sender is Visitor, Operator, AI or System.
	Sender       string       `json:"sender"`
	OperatorName string       `json:"operatorName,omitempty"`
	Timestamp    time.Time    `json:"timestamp,omitzero"`
	ReplyTo      *Quote       `json:"replyTo,omitempty"`
	Attachments  []Attachment `json:"attachments,omitempty"`
	// Status is "sent", "delivered" or "read".
	Status      string         `json:"status,omitempty"`
	DeliveredAt time.Time      `json:"deliveredAt,omitzero"`
	ReadAt      time.Time      `json:"readAt,omitzero"`
	EditedAt    time.Time      `json:"editedAt,omitzero"`
	DeletedAt   time.Time      `json:"deletedAt,omitzero"`
	Metadata    map[string]any `json:"metadata,omitempty"`
}

// Quote is the message that another one answers. Of some events only its ID is known.
type Quote struct {
	ID      string `json:"id"`
	Content string `json:"content,omitempty"` // at most 140 characters of it
	Sender  string `json:"sender,omitempty"`
	Deleted bool   `json:"deleted,omitempty"`
}

// UnmarshalJSON reads a quote, or only its id.
func (q *Quote) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &q.ID)
	}
	type plain Quote
	return json.Unmarshal(raw, (*plain)(q))
}

// Attachment is a file of a message.
type Attachment struct {
	ID           string `json:"id"`
	Filename     string `json:"filename"`
	MimeType     string `json:"mimeType"`
	Size         int64  `json:"size"` // bytes
	URL          string `json:"url"`  // a signed link that ends after a day: fetch it now, or read the message again
	ThumbnailURL string `json:"thumbnailUrl,omitempty"`
	Status       string `json:"status,omitempty"`
}

// CustomEvent is an event of your own making: of a visitor's page, or for it.
type CustomEvent struct {
	Name string `json:"name"`
	// Data is JSON of any shape, or nil.
	Data      json.RawMessage `json:"data,omitempty"`
	Timestamp time.Time       `json:"timestamp,omitzero"`
	SessionID string          `json:"sessionId,omitempty"`
}

// Decode reads the event's data into what v points to; without data it does nothing.
func (e CustomEvent) Decode(v any) error {
	if len(e.Data) == 0 {
		return nil
	}
	return json.Unmarshal(e.Data, v)
}
