package widget

import (
	"encoding/json"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// identify is POST /identify: the visitor says who he is. What is known already is not said again: a widget repeats it on every
// page. Where the site proves its visitors' identities, one without a proof is refused before anything is looked up or stored.
func (h *handler) identify(w http.ResponseWriter, r *http.Request) {
	var req struct {
		SessionID string          `json:"sessionId"`
		Identity  json.RawMessage `json:"identity"`
	}
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	identity, refusal := intake.Object("identity", req.Identity)
	if refusal == nil {
		refusal = checkIdentity(identity)
	}
	var verified bool
	if refusal == nil {
		verified, refusal = h.prove(identity)
	}
	if refusal != nil {
		refusal.Write(w)
		return
	}
	entry, stored := h.update(w, r, req.SessionID, &bellhopv1.Session{Identity: identity, IdentityVerified: verified})
	if !stored {
		return
	}
	res := struct {
		OK bool `json:"ok"`
		// SessionID is where the identity's conversation is, when it is not this one: the next connect goes on with it.
		SessionID string `json:"sessionId,omitempty"`
	}{OK: true}
	if verified {
		res.SessionID = h.elsewhere(r.Context(), entry, identity.GetFields()["id"].GetStringValue())
	}
	httpserver.JSON(w, http.StatusOK, res)
}

var (
	phoneNumber = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // E.164
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)           // ISO 3166 alpha-2
)

// maxEmail is the longest e-mail address that a mail server takes, in bytes (RFC 5321).
const maxEmail = 254

// prechat is POST /prechat: how the visitor can be reached.
func (h *handler) prechat(w http.ResponseWriter, r *http.Request) {
	var req struct {
		SessionID    string `json:"sessionId"`
		Email        string `json:"email"`
		Phone        string `json:"phone"`
		PhoneCountry string `json:"phoneCountry"`
	}
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	country := strings.ToUpper(req.PhoneCountry)
	var refusal *intake.Refusal
	switch {
	case req.Email == "" && req.Phone == "":
		refusal = intake.Invalid("missing_contact", "email or phone must be given")
	case req.Email != "" && !isEmail(req.Email):
		refusal = intake.Invalid("invalid_email", "email must be an e-mail address")
	case req.Phone != "" && !phoneNumber.MatchString(req.Phone):
		refusal = intake.Invalid("invalid_phone", "phone must be an international number such as +491701234567")
	case country != "" && !countryCode.MatchString(country):
		refusal = intake.Invalid("invalid_phone_country", "phoneCountry must be a country code of two letters")
	}
	if refusal != nil {
		refusal.Write(w)
		return
	}
	told := &bellhopv1.Session{UserPhone: req.Phone}
	if req.Phone != "" {
		told.UserPhoneCountry = country
	}
	if req.Email != "" {
		told.Identity = &structpb.Struct{Fields: map[string]*structpb.Value{"email": structpb.NewStringValue(req.Email)}}
	}
	if _, stored := h.update(w, r, req.SessionID, told); stored {
		httpserver.JSON(w, http.StatusOK, ok)
	}
}

// isEmail wants a bare address: no name, no brackets.
func isEmail(s string) bool {
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Address == s && len(s) <= maxEmail && !strings.ContainsAny(s, " \"<>")
}

// state is what the sessions service knows of a session now.
func (h *handler) state(r *http.Request, e *session.Entry) (*bellhopv1.Session, *intake.Refusal) {
	record, err := h.Intake.Sessions.Get(r.Context(), &sessionsv1.GetRequest{Project: string(e.Project), SessionId: string(e.Session)})
	if err != nil && status.Code(err) != codes.NotFound {
		return nil, intake.Unavailable("the session cannot be looked up now; try again")
	}
	return record.GetSession(), nil
}

// maxComment is the longest comment of a rating, in characters: what the widget's own form takes.
const maxComment = 1000

// csat is POST /csat: the visitor's rating. The first one counts.
func (h *handler) csat(w http.ResponseWriter, r *http.Request) {
	var req struct {
		SessionID string `json:"sessionId"`
		Score     int32  `json:"score"`
		Comment   string `json:"comment"`
	}
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	switch {
	case req.Score < 1 || req.Score > 5:
		intake.Invalid("invalid_score", "score must be a whole number from 1 to 5").Write(w)
		return
	case utf8.RuneCountInString(req.Comment) > maxComment:
		intake.Invalid("comment_too_long", "comment must have at most 1000 characters").Write(w)
		return
	}
	entry, found := h.speak(w, r, req.SessionID, "")
	if !found {
		return
	}
	if entry.Visit() {
		intake.Invalid("not_started", "this session has no conversation yet").Write(w)
		return
	}
	known, refusal := h.state(r, entry)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	res := struct {
		OK           bool `json:"ok"`
		AlreadyRated bool `json:"alreadyRated,omitempty"`
	}{OK: true, AlreadyRated: known.GetCsat().GetScore() > 0}
	if !res.AlreadyRated {
		var asked time.Time
		if at := known.GetCsat().GetRequestedAt(); at != nil {
			asked = at.AsTime()
		}
		if refusal := h.Intake.Record(r.Context(), entry, fact.Rated(entry, req.Score, req.Comment, asked, fact.Now())); refusal != nil {
			refusal.Write(w)
			return
		}
	}
	httpserver.JSON(w, http.StatusOK, res)
}
