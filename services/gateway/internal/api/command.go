package api

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

// Commands carries out what a backend asks for. Every method answers after the bus has stored what it led to; platform says
// which way the request came: api or nats.
type Commands struct {
	Intake *intake.Intake
	// Links writes addresses of files into what is exported.
	Links *transfer.Links
}

type sendRequest struct {
	Content      string `json:"content"`
	OperatorName string `json:"operatorName"`
	ReplyTo      string `json:"replyTo"`
	// IdempotencyKey names the message within its session: however often it is sent, there is one. Optional.
	IdempotencyKey string `json:"idempotencyKey"`
}

type sendResponse struct {
	MessageID string    `json:"messageId"`
	Timestamp wire.Time `json:"timestamp"`
}

// maxName is the longest name of an operator, in characters.
const maxName = 100

// name checks a name or an id that people will read; it may be empty.
func name(field, value string) *intake.Refusal {
	if utf8.RuneCountInString(value) <= maxName && !strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return nil
	}
	return intake.Invalid("invalid_operator", field+" must have at most 100 printable characters")
}

// send says something to a visitor in the team's name.
func (c *Commands) send(ctx context.Context, sessionID string, body []byte, platform string) (any, *intake.Refusal) {
	var req sendRequest
	if refusal := parse(body, &req); refusal != nil {
		return nil, refusal
	}
	if refusal := intake.Content(req.Content); refusal != nil {
		return nil, refusal
	}
	if refusal := name("operatorName", req.OperatorName); refusal != nil {
		return nil, refusal
	}
	entry, refusal := c.Intake.Find(ctx, sessionID)
	if refusal != nil {
		return nil, refusal
	}
	messageID, before, refusal := c.named(ctx, entry, req.IdempotencyKey)
	if refusal != nil || before != nil {
		return before, refusal
	}
	quote, refusal := c.Intake.Quote(ctx, entry, req.ReplyTo)
	if refusal != nil {
		return nil, refusal
	}
	now := fact.Now()
	m := &bellhopv1.Message{
		Id: string(messageID), Content: req.Content, Sender: "operator", OperatorName: strings.TrimSpace(req.OperatorName),
		Timestamp: timestamppb.New(now), ReplyTo: quote.GetId(), Quote: quote,
	}
	if refusal := c.Intake.Record(ctx, entry, fact.Created(entry, m, platform)); refusal != nil {
		return nil, refusal
	}
	return sendResponse{MessageID: m.GetId(), Timestamp: wire.Time(now)}, nil
}

// named is the id of a message that is sent under a key, and the answer if it was sent before; without a key the message is a new one.
// What is sent again while the first is on its way is dropped by the bus.
func (c *Commands) named(ctx context.Context, e *session.Entry, key string) (id.Message, any, *intake.Refusal) {
	if key == "" {
		return id.NewMessage(), nil, nil
	}
	if len(key) > 128 || strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", nil, intake.Invalid("invalid_idempotency_key", "idempotencyKey must have 1 to 128 printable characters")
	}
	// No key of a visitor's can be this one: they are printable too.
	messageID := id.MessageOf(e.Project, e.Session, "\x00reply\x00"+key)
	records, refusal := c.Intake.Messages(ctx, e, string(messageID))
	if refusal != nil || len(records) == 0 {
		return messageID, nil, refusal
	}
	m := records[0].GetMessage()
	return messageID, sendResponse{MessageID: m.GetId(), Timestamp: wire.Time(m.GetTimestamp().AsTime())}, nil
}

type closeResponse struct {
	OK       bool      `json:"ok"`
	ClosedAt wire.Time `json:"closedAt"`
}

// close closes a conversation. The visitor's next message opens it again.
func (c *Commands) close(ctx context.Context, sessionID string, body []byte, platform string) (any, *intake.Refusal) {
	var req struct {
		OperatorName string `json:"operatorName"`
	}
	if refusal := parse(body, &req); refusal != nil {
		return nil, refusal
	}
	if refusal := name("operatorName", req.OperatorName); refusal != nil {
		return nil, refusal
	}
	entry, refusal := c.Intake.Find(ctx, sessionID)
	if refusal != nil {
		return nil, refusal
	}
	if entry.Visit() {
		return nil, intake.Invalid("not_started", "this session has no conversation yet")
	}
	now := fact.Now()
	if refusal := c.Intake.Note(ctx, entry, fact.Closed(entry, strings.TrimSpace(req.OperatorName), platform, now)); refusal != nil {
		return nil, refusal
	}
	return closeResponse{OK: true, ClosedAt: wire.Time(now)}, nil
}

// operatorStatus says whether somebody of the team is there.
func (c *Commands) operatorStatus(ctx context.Context, body []byte) (any, *intake.Refusal) {
	var req struct {
		Online     *bool  `json:"online"`
		OperatorID string `json:"operatorId"`
		Name       string `json:"operatorName"`
	}
	if refusal := parse(body, &req); refusal != nil {
		return nil, refusal
	}
	if req.Online == nil {
		return nil, intake.Invalid("missing_online", "online must be true or false")
	}
	for field, value := range map[string]string{"operatorId": req.OperatorID, "operatorName": req.Name} {
		if refusal := name(field, value); refusal != nil {
			return nil, refusal
		}
	}
	operatorID := "api"
	if req.OperatorID != "" {
		operatorID = "api:" + req.OperatorID
	}
	if refusal := c.Intake.Announce(ctx, fact.Operator(c.Intake.Project, operatorID, req.Name, *req.Online, fact.Now())); refusal != nil {
		return nil, refusal
	}
	return struct {
		OK bool `json:"ok"`
	}{true}, nil
}

// parse reads a request; an empty one is an empty object.
func parse(body []byte, into any) *intake.Refusal {
	if len(body) == 0 {
		return nil
	}
	return intake.Parse(body, into)
}

// commandTimeout bounds one command over HTTP.
const commandTimeout = 10 * time.Second
