package widget

import (
	"encoding/json"
	"net/http"
	"slices"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/feed"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// typing is POST /typing. The widget calls it with every keystroke: what comes too often is dropped without complaint, and
// what is passed on is a signal, lost if nobody listens.
func (h *handler) typing(w http.ResponseWriter, r *http.Request) {
	req := struct {
		SessionID string `json:"sessionId"`
		Sender    string `json:"sender"`
		IsTyping  bool   `json:"isTyping"`
	}{IsTyping: true}
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	entry, refusal := h.visitor(r, req.SessionID, req.Sender)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	if req.IsTyping && h.Limits.Typing.Wait(string(entry.Session)) > 0 {
		httpserver.JSON(w, http.StatusOK, ok)
		return
	}
	payload, err := json.Marshal(feed.Typing{Sender: "visitor", IsTyping: req.IsTyping})
	if err == nil {
		err = h.Intake.Bus.Signal(entry.Project, entry.Session, feed.TypingNoun, payload)
	}
	if err != nil {
		h.Log.Debug("typing not told", zap.Error(err))
	}
	httpserver.JSON(w, http.StatusOK, ok)
}

// statusOrder is how far a status is; it moves forward only.
var statusOrder = []string{"sent", "delivered", "read"}

// read is POST /read: the visitor has seen messages of the team. Ticks on his own messages are not his to set.
func (h *handler) read(w http.ResponseWriter, r *http.Request) {
	req := struct {
		SessionID  string   `json:"sessionId"`
		MessageIDs []string `json:"messageIds"`
		Status     string   `json:"status"`
	}{Status: "read"}
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	switch {
	case req.Status != "read" && req.Status != "delivered":
		intake.Invalid("invalid_status", "status must be read or delivered").Write(w)
		return
	case req.MessageIDs == nil:
		intake.Invalid("missing_message_ids", "messageIds must be an array").Write(w)
		return
	case len(req.MessageIDs) > maxPage:
		intake.Invalid("too_many_message_ids", "messageIds must have at most 100 entries").Write(w)
		return
	}
	entry, found := h.speak(w, r, req.SessionID, "")
	if !found {
		return
	}
	records, refusal := h.Intake.Messages(r.Context(), entry, req.MessageIDs...)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	if ids := unread(records, req.Status); len(ids) > 0 {
		if refusal := h.Intake.Note(r.Context(), entry, fact.Read(entry, ids, req.Status, fact.Now())); refusal != nil {
			refusal.Write(w)
			return
		}
		httpserver.JSON(w, http.StatusOK, map[string]int{"updated": len(ids)})
		return
	}
	httpserver.JSON(w, http.StatusOK, map[string]int{"updated": 0})
}

// unread are the team's messages whose status is behind the one given.
func unread(records []*sessionsv1.MessageRecord, status string) []string {
	var ids []string
	for _, record := range records {
		m := record.GetMessage()
		if m.GetSender() != "visitor" && slices.Index(statusOrder, m.GetStatus()) < slices.Index(statusOrder, status) {
			ids = append(ids, m.GetId())
		}
	}
	return ids
}

type operator struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// presence is GET /presence: is somebody there?
func (h *handler) presence(w http.ResponseWriter, r *http.Request) {
	answer, err := h.Intake.Sessions.Operators(r.Context(), &sessionsv1.OperatorsRequest{Project: string(h.Intake.Project)})
	if err != nil {
		intake.Unavailable("the operators cannot be asked for now; try again").Write(w)
		return
	}
	res := struct {
		Online    bool       `json:"online"`
		Operators []operator `json:"operators,omitempty"`
	}{Online: answer.GetOnline()}
	for _, o := range answer.GetOperators() {
		if o.GetOnline() {
			res.Operators = append(res.Operators, operator{ID: o.GetId(), Name: o.GetName()})
		}
	}
	httpserver.JSON(w, http.StatusOK, res)
}

// visibility is POST /visibility, a beacon: the tab was hidden or shown. It keeps a visit alive.
func (h *handler) visibility(w http.ResponseWriter, r *http.Request) {
	var req struct {
		SessionID string   `json:"sessionId"`
		State     string   `json:"state"`
		Timestamp *float64 `json:"timestamp"`
	}
	if refusal := intake.Body(w, r, &req, true); refusal != nil {
		refusal.Write(w)
		return
	}
	if req.State != "hidden" && req.State != "visible" {
		intake.Invalid("invalid_state", "state must be hidden or visible").Write(w)
		return
	}
	h.acknowledge(w, r, req.SessionID)
}

func (h *handler) acknowledge(w http.ResponseWriter, r *http.Request, sessionID string) {
	if _, refusal := h.Intake.Visitor(r.Context(), sessionID); refusal != nil {
		refusal.Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, ok)
}
