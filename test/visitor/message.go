package visitor

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Message is a message as the page holds it. Its id begins with "temp-" while the server has not named it.
type Message struct {
	ID           string    `json:"id"`
	SessionID    string    `json:"sessionId"`
	Content      string    `json:"content"`
	Sender       string    `json:"sender"`
	Timestamp    time.Time `json:"timestamp"`
	Status       string    `json:"status"`
	ReplyTo      *Quote    `json:"replyTo,omitempty"`
	DeliveredAt  time.Time `json:"deliveredAt,omitzero"`
	ReadAt       time.Time `json:"readAt,omitzero"`
	EditedAt     time.Time `json:"editedAt,omitzero"`
	DeletedAt    time.Time `json:"deletedAt,omitzero"`
	OperatorName string    `json:"operatorName,omitempty"`

	Attachments []Attachment `json:"attachments,omitempty"`
}

// Attachment is a file of a message.
type Attachment struct {
	ID       string `json:"id"`
	Filename string `json:"filename"`
	MimeType string `json:"mimeType"`
	Size     int64  `json:"size"`
	URL      string `json:"url"`
	Status   string `json:"status"`
}

// Quote is the message that another one answers.
type Quote struct {
	ID      string `json:"id"`
	Content string `json:"content"`
	Sender  string `json:"sender"`
	Deleted bool   `json:"deleted,omitempty"`
}

// String is one line for a failing test.
func (m Message) String() string {
	line := fmt.Sprintf("%s %s [%s] %q", m.Sender, m.ID, m.Status, m.Content)
	if m.ReplyTo != nil {
		line += fmt.Sprintf(" (answers %s %q)", m.ReplyTo.ID, m.ReplyTo.Content)
	}
	for _, a := range m.Attachments {
		line += fmt.Sprintf(" (file %s %s, %d bytes)", a.Filename, a.MimeType, a.Size)
	}
	if !m.EditedAt.IsZero() {
		line += " (edited)"
	}
	if !m.DeletedAt.IsZero() {
		line += " (deleted)"
	}
	return line
}

// Frame is one frame from the socket.
type Frame struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// CustomEvent is the data of an event frame.
type CustomEvent struct {
	Name      string          `json:"name"`
	Data      json.RawMessage `json:"data"`
	Timestamp time.Time       `json:"timestamp"`
	SessionID string          `json:"sessionId"`
}

// merge takes over what the widget takes over from a pushed object: absent fields are left alone.
func (m *Message) merge(news Message) (changed bool) {
	before := *m
	set(&m.Content, news.Content, news.Content != "" || !news.DeletedAt.IsZero())
	set(&m.Status, news.Status, news.Status != "")
	set(&m.ReplyTo, news.ReplyTo, news.ReplyTo != nil)
	set(&m.Attachments, news.Attachments, len(news.Attachments) > 0)
	set(&m.DeliveredAt, news.DeliveredAt, !news.DeliveredAt.IsZero())
	set(&m.ReadAt, news.ReadAt, !news.ReadAt.IsZero())
	set(&m.EditedAt, news.EditedAt, !news.EditedAt.IsZero())
	set(&m.DeletedAt, news.DeletedAt, !news.DeletedAt.IsZero())
	return m.Content != before.Content || m.Status != before.Status || !m.DeletedAt.Equal(before.DeletedAt) ||
		!m.EditedAt.Equal(before.EditedAt) || !m.ReadAt.Equal(before.ReadAt) || !m.DeliveredAt.Equal(before.DeliveredAt)
}

func set[T any](field *T, value T, present bool) {
	if present {
		*field = value
	}
}

// known is the newest instant that the message tells of: what a polling widget sends back as "after".
func (m *Message) known() time.Time {
	newest := m.Timestamp
	for _, t := range []time.Time{m.EditedAt, m.DeletedAt, m.DeliveredAt, m.ReadAt} {
		if t.After(newest) {
			newest = t
		}
	}
	return newest
}

// temporary tells whether the server has not named the message yet.
func (m *Message) temporary() bool { return strings.HasPrefix(m.ID, "temp-") }

// progress orders the statuses: they move forward only.
var progress = map[string]int{"sending": 1, "sent": 2, "delivered": 3, "read": 4}
