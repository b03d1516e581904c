package bridge

import (
	"encoding/json"
	"strings"
	"unicode"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/foreign"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// given is a session as a backend tells of it. What it says of Bellhop's own matters (status, operatorOnline, threads) is ignored.
type given struct {
	ID               string          `json:"id"`
	VisitorID        string          `json:"visitorId"`
	CreatedAt        string          `json:"createdAt"`
	Metadata         json.RawMessage `json:"metadata"`
	Identity         json.RawMessage `json:"identity"`
	UserPhone        string          `json:"userPhone"`
	UserPhoneCountry string          `json:"userPhoneCountry"`
}

// report is every incoming event: which of the fields count depends on its type.
type report struct {
	Type    string   `json:"type"`
	Session *given   `json:"session"`
	Message *message `json:"message"`
	Event   *custom  `json:"event"`

	SessionID   string   `json:"sessionId"`
	MessageID   string   `json:"messageId"`
	MessageIDs  []string `json:"messageIds"`
	Content     string   `json:"content"`
	EditedAt    string   `json:"editedAt"`
	DeletedAt   string   `json:"deletedAt"`
	Status      string   `json:"status"`
	ReadAt      string   `json:"readAt"`
	DeliveredAt string   `json:"deliveredAt"`
	Reason      string   `json:"reason"`
	Duration    float64  `json:"duration"`
	Score       *float64 `json:"score"`
	Comment     string   `json:"comment"`
	RespondedAt string   `json:"respondedAt"`
}

type message struct {
	ID          string          `json:"id"`
	SessionID   string          `json:"sessionId"`
	Content     string          `json:"content"`
	Sender      string          `json:"sender"`
	Timestamp   string          `json:"timestamp"`
	ReplyTo     json.RawMessage `json:"replyTo"`
	Attachments []attachment    `json:"attachments"`
}

type attachment struct {
	Filename string `json:"filename"`
	URL      string `json:"url"`
}

type custom struct {
	Name      string          `json:"name"`
	Data      json.RawMessage `json:"data"`
	Timestamp string          `json:"timestamp"`
	SessionID string          `json:"sessionId"`
}

// session checks what is told of a session, and makes what would start it.
func (g *given) session() (*bellhopv1.Session, *intake.Refusal) {
	if g == nil {
		return nil, intake.Invalid("missing_session", "session must be an object")
	}
	if _, refusal := foreign.Parse("session.id", g.ID); refusal != nil {
		return nil, refusal
	}
	created, refusal := instant("session.createdAt", g.CreatedAt)
	if refusal != nil {
		return nil, refusal
	}
	for field, text := range map[string]string{"session.visitorId": g.VisitorID, "session.userPhoneCountry": g.UserPhoneCountry} {
		if refusal := word(field, text, maxWord); refusal != nil {
			return nil, refusal
		}
	}
	if refusal := word("session.userPhone", g.UserPhone, maxPhone); refusal != nil {
		return nil, refusal
	}
	s := &bellhopv1.Session{
		VisitorId: g.VisitorID, ExternalId: g.ID, Status: "active", CreatedAt: timestamppb.New(created), LastActivity: timestamppb.New(fact.Now()),
		UserPhone: g.UserPhone, UserPhoneCountry: g.UserPhoneCountry,
	}
	if s.VisitorId == "" {
		s.VisitorId = g.ID
	}
	if s.Metadata, refusal = intake.Object("metadata", g.Metadata); refusal != nil {
		return nil, refusal
	}
	s.Identity, refusal = identity(g.Identity)
	return s, refusal
}

// identity reads who a visitor is. userId is another name for id.
func identity(raw json.RawMessage) (*structpb.Struct, *intake.Refusal) {
	who, refusal := intake.Object("identity", raw)
	if fields := who.GetFields(); refusal == nil && fields["id"] == nil && fields["userId"] != nil {
		fields["id"] = fields["userId"]
		delete(fields, "userId")
	}
	return who, refusal
}

// text is what the team reads of a message: its content, and where its files are. The bytes stay where the backend has them.
func (m *message) text() (string, *intake.Refusal) {
	var b strings.Builder
	b.WriteString(m.Content)
	for _, a := range m.Attachments {
		https, http := strings.HasPrefix(a.URL, "https://"), strings.HasPrefix(a.URL, "http://")
		if !https && !http || strings.ContainsFunc(a.URL, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
			return "", intake.Invalid("invalid_attachments", "message.attachments must each have a url that begins with https:// or http://")
		}
		if refusal := word("message.attachments.filename", a.Filename, maxWord); refusal != nil {
			return "", refusal
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("📎 " + strings.TrimSpace(a.Filename+" "+a.URL))
	}
	return b.String(), intake.Content(b.String())
}

// reply is the id of the message that this one answers, which is told as such or as an object.
func (m *message) reply() (string, *intake.Refusal) {
	if len(m.ReplyTo) == 0 || string(m.ReplyTo) == "null" {
		return "", nil
	}
	var plain string
	if json.Unmarshal(m.ReplyTo, &plain) == nil {
		return plain, nil
	}
	var object struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(m.ReplyTo, &object) != nil {
		return "", intake.Invalid("invalid_reply_to", "message.replyTo must be a message's id, or an object with one")
	}
	return object.ID, nil
}
