package wire

import (
	"encoding/json"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Time is an instant as the widget writes it: ISO 8601, UTC, milliseconds.
type Time time.Time

// layout of every timestamp on the wire.
const layout = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the instant in quotes.
func (t Time) MarshalJSON() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, `"`+layout+`"`), nil
}

// At is nil for an unset timestamp: the widget tells absent from null.
func At(ts *timestamppb.Timestamp) *Time {
	if ts == nil {
		return nil
	}
	t := Time(ts.AsTime())
	return &t
}

// Message is a message as the widget knows it.
type Message struct {
	ID           string         `json:"id"`
	SessionID    string         `json:"sessionId"`
	Content      string         `json:"content"`
	Sender       string         `json:"sender"`
	Timestamp    *Time          `json:"timestamp"`
	ReplyTo      *Quote         `json:"replyTo,omitempty"`
	Attachments  []Attachment   `json:"attachments,omitempty"`
	Status       string         `json:"status"`
	DeliveredAt  *Time          `json:"deliveredAt,omitempty"`
	ReadAt       *Time          `json:"readAt,omitempty"`
	EditedAt     *Time          `json:"editedAt,omitempty"`
	DeletedAt    *Time          `json:"deletedAt,omitempty"`
	Metadata     map[string]any `json:"metadata,omitempty"`
	OperatorName string         `json:"operatorName,omitempty"`
}

// Quote is the message that another one answers, so that it shows even when it is outside the loaded window.
type Quote struct {
	ID             string `json:"id"`
	Content        string `json:"content"`
	Sender         string `json:"sender"`
	Deleted        bool   `json:"deleted,omitempty"`
	HasAttachment  bool   `json:"hasAttachment,omitempty"`
	AttachmentType string `json:"attachmentType,omitempty"`
}

// Attachment is a file of a message.
type Attachment struct {
	ID           string `json:"id"`
	Filename     string `json:"filename"`
	MimeType     string `json:"mimeType"`
	Size         int64  `json:"size"`
	URL          string `json:"url"`
	ThumbnailURL string `json:"thumbnailUrl,omitempty"`
	Status       string `json:"status"`
}

// FromMessage renders a message; quote is what it answers, nil for nothing.
func FromMessage(m *bellhopv1.Message, quote *bellhopv1.Quote) Message {
	out := Message{
		ID: m.GetId(), SessionID: m.GetSessionId(), Content: m.GetContent(), Sender: m.GetSender(), Timestamp: At(m.GetTimestamp()),
		Status: m.GetStatus(), DeliveredAt: At(m.GetDeliveredAt()), ReadAt: At(m.GetReadAt()), EditedAt: At(m.GetEditedAt()),
		DeletedAt: At(m.GetDeletedAt()), Metadata: object(m.GetMetadata()), OperatorName: m.GetOperatorName(),
	}
	if out.Status == "" {
		out.Status = "sent" // without a status the widget's own bubble stays "sending"
	}
	if quote != nil {
		out.ReplyTo = &Quote{
			ID: quote.GetId(), Content: quote.GetContent(), Sender: quote.GetSender(), Deleted: quote.GetDeleted(),
			HasAttachment: quote.GetHasAttachment(), AttachmentType: quote.GetAttachmentType(),
		}
	}
	out.Attachments = FromAttachments(m.GetAttachments())
	return out
}

// FromAttachments renders files; nil for none. Their addresses are what whoever shows them has written into url.
func FromAttachments(files []*bellhopv1.Attachment) (out []Attachment) {
	for _, a := range files {
		out = append(out, Attachment{
			ID: a.GetId(), Filename: a.GetFilename(), MimeType: a.GetMimeType(), Size: a.GetSize(), URL: a.GetUrl(),
			ThumbnailURL: a.GetThumbnailUrl(), Status: a.GetStatus(),
		})
	}
	return out
}

func object(s *structpb.Struct) map[string]any {
	if len(s.GetFields()) == 0 {
		return nil
	}
	return s.AsMap()
}

// quoteLength is how much of a quoted text is shown, in characters.
const quoteLength = 140

// QuoteOf makes the quote of a message.
func QuoteOf(m *bellhopv1.Message) *bellhopv1.Quote {
	q := &bellhopv1.Quote{Id: m.GetId(), Sender: m.GetSender(), Deleted: m.GetDeletedAt() != nil}
	if text := []rune(m.GetContent()); len(text) > quoteLength {
		q.Content = string(text[:quoteLength-1]) + "…"
	} else {
		q.Content = m.GetContent()
	}
	if files := m.GetAttachments(); len(files) > 0 {
		q.HasAttachment, q.AttachmentType = true, files[0].GetMimeType()
	}
	return q
}

// FromRecords renders a page of history; quoted holds messages that the page answers and does not contain.
func FromRecords(page, quoted []*sessionsv1.MessageRecord) []Message {
	byID := make(map[string]*bellhopv1.Message, len(page)+len(quoted))
	for _, list := range [][]*sessionsv1.MessageRecord{page, quoted} {
		for _, r := range list {
			byID[r.GetMessage().GetId()] = r.GetMessage()
		}
	}
	out := make([]Message, 0, len(page))
	for _, r := range page {
		var quote *bellhopv1.Quote
		if target, ok := byID[r.GetMessage().GetReplyTo()]; ok {
			quote = QuoteOf(target)
		}
		out = append(out, FromMessage(r.GetMessage(), quote))
	}
	return out
}

// Frame writes a socket frame: {"type","data"}.
func Frame(kind string, data any) []byte {
	b, err := json.Marshal(struct {
		Type string `json:"type"`
		Data any    `json:"data"`
	}{kind, data})
	if err != nil { // every shape of this package marshals; custom data came from JSON
		return nil
	}
	return b
}
