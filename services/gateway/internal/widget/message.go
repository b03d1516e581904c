package widget

import (
	"context"
	"net/http"
	"strings"
	"unicode"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/wire"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// maxKey is the longest idempotency key, in bytes; a UUID has 36.
const maxKey = 128

type messageRequest struct {
	SessionID string `json:"sessionId"`
	Content   string `json:"content"`
	Sender    string `json:"sender"`
	ReplyTo   string `json:"replyTo"`
	// AttachmentIDs are finished uploads; with one, content may be empty.
	AttachmentIDs []string `json:"attachmentIds"`
	// IdempotencyKey names the message within its session: however often it is sent, there is one. Optional; PocketPing's widget has none.
	IdempotencyKey string `json:"idempotencyKey"`
}

type messageResponse struct {
	MessageID   string            `json:"messageId"`
	Timestamp   wire.Time         `json:"timestamp"`
	Attachments []wire.Attachment `json:"attachments,omitempty"`
}

// message is POST /message: 200 when the bus has stored it.
func (h *handler) message(w http.ResponseWriter, r *http.Request) {
	var req messageRequest
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	if refusal := said(req); refusal != nil {
		refusal.Write(w)
		return
	}
	entry, ok := h.speak(w, r, req.SessionID, req.Sender)
	if !ok {
		return
	}
	known, refusal := h.repeated(r.Context(), entry, req.IdempotencyKey)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	if known == nil {
		known, refusal = h.create(r.Context(), entry, req)
	}
	if refusal != nil {
		refusal.Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, messageResponse{
		MessageID: known.GetId(), Timestamp: wire.Time(known.GetTimestamp().AsTime()), Attachments: h.shown(known.GetAttachments()...),
	})
}

// create stores a message of the visitor's.
func (h *handler) create(ctx context.Context, e *session.Entry, req messageRequest) (*bellhopv1.Message, *intake.Refusal) {
	quote, refusal := h.Intake.Quote(ctx, e, req.ReplyTo)
	if refusal != nil {
		return nil, refusal
	}
	messageID := id.NewMessage()
	if req.IdempotencyKey != "" {
		messageID = id.MessageOf(e.Project, e.Session, req.IdempotencyKey)
	}
	m := &bellhopv1.Message{
		Id: string(messageID), Content: req.Content, Sender: "visitor", Timestamp: timestamppb.New(fact.Now()),
		ReplyTo: quote.GetId(), Quote: quote,
	}
	return m, h.attach(ctx, e, m, req.AttachmentIDs, func() *intake.Refusal {
		return h.Intake.Record(ctx, e, fact.Created(e, m, "widget"))
	})
}

// repeated finds the message that a session has under a key already; nil when there is none, or no key. What is sent again while the
// first is on its way is not found here: the bus drops it by its id.
func (h *handler) repeated(ctx context.Context, e *session.Entry, key string) (*bellhopv1.Message, *intake.Refusal) {
	if key == "" {
		return nil, nil
	}
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return nil, intake.Invalid("invalid_idempotency_key", "idempotencyKey must have 1 to 128 printable characters")
	}
	records, refusal := h.Intake.Messages(ctx, e, string(id.MessageOf(e.Project, e.Session, key)))
	if refusal != nil || len(records) == 0 {
		return nil, refusal
	}
	return records[0].GetMessage(), nil
}

// said checks what a message says. One that brings files need not say anything.
func said(req messageRequest) *intake.Refusal {
	if len(req.AttachmentIDs) > 0 {
		return intake.Caption(req.Content)
	}
	return intake.Content(req.Content)
}

type editRequest struct {
	SessionID string `json:"sessionId"`
	MessageID string `json:"messageId"` // on the alias only
	Content   string `json:"content"`
}

type editResponse struct {
	Message struct {
		ID       string    `json:"id"`
		Content  string    `json:"content"`
		EditedAt wire.Time `json:"editedAt"`
	} `json:"message"`
}

// edit is PATCH /message/{id}.
func (h *handler) edit(w http.ResponseWriter, r *http.Request) {
	var req editRequest
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	req.MessageID = r.PathValue("id")
	h.editMessage(w, r, req)
}

// editAlias is POST /edit, what PocketPing's SDKs call.
func (h *handler) editAlias(w http.ResponseWriter, r *http.Request) {
	var req editRequest
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	h.editMessage(w, r, req)
}

func (h *handler) editMessage(w http.ResponseWriter, r *http.Request, req editRequest) {
	if refusal := intake.Content(req.Content); refusal != nil {
		refusal.Write(w)
		return
	}
	entry, _, ok := h.own(w, r, req.SessionID, req.MessageID)
	if !ok {
		return
	}
	now := fact.Now()
	if refusal := h.Intake.Record(r.Context(), entry, fact.Edited(entry, req.MessageID, req.Content, now)); refusal != nil {
		refusal.Write(w)
		return
	}
	var res editResponse
	res.Message.ID, res.Message.Content, res.Message.EditedAt = req.MessageID, req.Content, wire.Time(now)
	httpserver.JSON(w, http.StatusOK, res)
}

// delete is DELETE /message/{id}?sessionId=.
func (h *handler) delete(w http.ResponseWriter, r *http.Request) {
	h.deleteMessage(w, r, r.URL.Query().Get("sessionId"), r.PathValue("id"))
}

// deleteAlias is POST /delete, what PocketPing's SDKs call.
func (h *handler) deleteAlias(w http.ResponseWriter, r *http.Request) {
	var req editRequest
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	h.deleteMessage(w, r, req.SessionID, req.MessageID)
}

func (h *handler) deleteMessage(w http.ResponseWriter, r *http.Request, sessionID, messageID string) {
	entry, m, ok := h.own(w, r, sessionID, messageID)
	if !ok {
		return
	}
	// The files go first: a message that is said to be deleted must not leave any behind, and whoever is told that it could not be
	// deleted tries again.
	if refusal := h.dropFiles(r.Context(), m); refusal != nil {
		refusal.Write(w)
		return
	}
	if refusal := h.Intake.Note(r.Context(), entry, fact.Deleted(entry, messageID, fact.Now())); refusal != nil {
		refusal.Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, struct {
		Deleted bool `json:"deleted"`
	}{true})
}

// own finds a session and makes sure that the message is one of the visitor's in it, and still there.
func (h *handler) own(w http.ResponseWriter, r *http.Request, sessionID, messageID string) (*session.Entry, *bellhopv1.Message, bool) {
	if _, err := id.ParseMessage(messageID); err != nil {
		intake.Invalid("invalid_message_id", "messageId is missing or malformed").Write(w)
		return nil, nil, false
	}
	entry, ok := h.speak(w, r, sessionID, "")
	if !ok {
		return nil, nil, false
	}
	records, refusal := h.Intake.Messages(r.Context(), entry, messageID)
	switch {
	case refusal != nil:
	case len(records) == 0:
		refusal = &intake.Refusal{Status: http.StatusNotFound, Code: "unknown_message", Text: "the session has no such message"}
	case records[0].GetMessage().GetSender() != "visitor":
		refusal = &intake.Refusal{Status: http.StatusForbidden, Code: "not_yours", Text: "this message is not the visitor's"}
	case records[0].GetMessage().GetDeletedAt() != nil:
		refusal = &intake.Refusal{Status: http.StatusGone, Code: "deleted", Text: "this message was deleted"}
	}
	if refusal != nil {
		refusal.Write(w)
		return nil, nil, false
	}
	return entry, records[0].GetMessage(), true
}
