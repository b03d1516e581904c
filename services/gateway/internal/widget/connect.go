package widget

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"unicode"

	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/appearance"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

type connectRequest struct {
	VisitorID string          `json:"visitorId"`
	SessionID *string         `json:"sessionId"`
	Metadata  json.RawMessage `json:"metadata"`
	Identity  json.RawMessage `json:"identity"`
}

type connectResponse struct {
	SessionID         string         `json:"sessionId"`
	VisitorID         string         `json:"visitorId"`
	OperatorOnline    bool           `json:"operatorOnline"`
	OperatorReachable bool           `json:"operatorReachable"`
	WelcomeMessage    string         `json:"welcomeMessage,omitempty"`
	Messages          []wire.Message `json:"messages"`
	Identity          map[string]any `json:"identity,omitempty"`
	// IdentityRefused is why the identity that the page gave was ignored: the code that /identify would answer.
	IdentityRefused string `json:"identityRefused,omitempty"`
	appearance.Look
	TrackedElements json.RawMessage  `json:"trackedElements,omitempty"`
	PreChatForm     *appearance.Form `json:"preChatForm,omitempty"`
	// Closed tells that the team has closed the conversation. Widgets up to 2.6 ignore it.
	Closed bool `json:"closed,omitempty"`
	// Position is up to where the messages are complete, for clients that resume.
	Position string `json:"position,omitempty"`
}

const (
	// maxVisitorID is the longest visitor id, in bytes; a widget's has about 20.
	maxVisitorID = 128
	// connectMessages is how much of the conversation a page is shown: the widget cannot ask for more.
	connectMessages = 100
)

// connect is POST /connect: it resumes the session when both ids match, else begins a new one. Nothing is published for a
// mere look, unless the team wants to know of it.
func (h *handler) connect(w http.ResponseWriter, r *http.Request) {
	var req connectRequest
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	visit, refusal := h.visit(r, req)
	var unproven string
	if refusal == nil {
		unproven, refusal = h.claim(visit, req.Identity)
	}
	if refusal != nil {
		refusal.Write(w)
		return
	}
	open := &sessionsv1.OpenRequest{
		Project: string(h.Intake.Project), VisitorId: req.VisitorID, Visit: visit, Messages: connectMessages, Identity: proven(visit),
	}
	if req.SessionID != nil {
		if _, err := id.ParseSession(*req.SessionID); err == nil { // any other is as good as unknown
			open.SessionId = *req.SessionID
		}
	}
	position := h.position() // before the question: what the answer holds is complete up to here
	answer, entry, err := h.open(r.Context(), open)
	if err != nil {
		h.Log.Warn("session cannot be opened", zap.Error(err))
		intake.Unavailable("the chat cannot be opened now; try again").Write(w)
		return
	}
	entry.Saw()
	if version := r.Header.Get(versionHeader); h.Appearance.Check(version).Status != appearance.OK {
		entry.Runs(version) // its connection is told too
	}
	h.Links.ShowRecords(answer.GetMessages())
	if answer.GetResumed() && !answer.GetRecord().GetVisit() {
		h.Intake.Directory.Shown(entry.Key, answer.GetMessages())
		h.updated(r.Context(), entry, answer.GetRecord().GetSession(), visit)
	}
	if h.BeginOnConnect && answer.GetRecord().GetVisit() {
		h.Intake.Begin(r.Context(), entry)
	}
	res := h.connected(req.VisitorID, answer)
	res.Position, res.IdentityRefused = position, unproven
	answerPage(w, res)
}

// open asks for the session, and keeps what is answered.
func (h *handler) open(ctx context.Context, open *sessionsv1.OpenRequest) (*sessionsv1.OpenResponse, *session.Entry, error) {
	key := func(s string) session.Key { return session.Key{Project: h.Intake.Project, Session: id.Session(s)} }
	question := h.Intake.Directory.Ask(key(open.GetSessionId()))
	defer func() { question.End() }()
	answer, err := h.Intake.Sessions.Open(ctx, open)
	if err != nil {
		return nil, nil, err
	}
	given := answer.GetRecord().GetSession().GetId()
	if given != open.GetSessionId() && answer.GetResumed() { // a proven identity's: what was heard of it meanwhile counts
		entry, err := h.Intake.Directory.Find(ctx, key(given))
		return answer, entry, err
	}
	if given != open.GetSessionId() { // a new one: nothing was heard of it yet
		question.End()
		question = h.Intake.Directory.Ask(key(given))
	}
	entry, err := question.Answer(answer.GetRecord())
	return answer, entry, err
}

func (h *handler) connected(visitor string, answer *sessionsv1.OpenResponse) connectResponse {
	res := connectResponse{
		SessionID: answer.GetRecord().GetSession().GetId(), VisitorID: visitor, OperatorOnline: answer.GetOperatorOnline(),
		Closed: answer.GetRecord().GetSession().GetStatus() == "closed", OperatorReachable: h.Appearance.OperatorReachable != "off", Look: h.Appearance.Look(), TrackedElements: h.Tracked.Elements(),
		PreChatForm: h.Appearance.Form(reachable(answer.GetRecord().GetSession())), WelcomeMessage: h.WelcomeMessage, Messages: wire.FromRecords(answer.GetMessages(), answer.GetQuoted()),
	}
	// The pre-chat form may have told an e-mail address alone; a widget takes no identity without an id.
	if identity := answer.GetRecord().GetSession().GetIdentity(); identity.GetFields()["id"] != nil {
		res.Identity = identity.AsMap()
	}
	return res
}

// reachable tells whether the visitor has told how he can be reached.
func reachable(s *bellhopv1.Session) bool {
	return s.GetUserPhone() != "" || s.GetIdentity().GetFields()["email"].GetStringValue() != ""
}

// visit is what the page says of itself, and what the gateway sees of it.
func (h *handler) visit(r *http.Request, req connectRequest) (*bellhopv1.Session, *intake.Refusal) {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if strings.TrimSpace(req.VisitorID) == "" || len(req.VisitorID) > maxVisitorID || strings.ContainsFunc(req.VisitorID, unprintable) {
		return nil, intake.Invalid("invalid_visitor_id", "visitorId must have 1 to 128 printable characters")
	}
	metadata, refusal := intake.Object("metadata", req.Metadata)
	if refusal != nil {
		return nil, refusal
	}
	if metadata == nil {
		metadata = &structpb.Struct{}
	}
	if metadata.Fields == nil {
		metadata.Fields = map[string]*structpb.Value{}
	}
	// What the server sees is not the page's to say.
	for _, key := range []string{"ip", "country", "city", isBot, botReasons} {
		delete(metadata.Fields, key)
	}
	if ip := h.Proxies.ClientIP(r); ip.IsValid() {
		metadata.Fields["ip"] = structpb.NewStringValue(ip.String())
	}
	maps.Copy(metadata.Fields, device(userAgent(r, metadata)))
	if h.Heuristics != nil && h.Heuristics() {
		maps.Copy(metadata.Fields, suspicions(h.Proxies.ClientIP(r), r.UserAgent()))
	}
	now := timestamppb.New(fact.Now())
	return &bellhopv1.Session{
		VisitorId: req.VisitorID, CreatedAt: now, LastActivity: now, Status: "active", Metadata: metadata,
	}, nil
}
