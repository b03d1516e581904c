package widget

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"google.golang.org/protobuf/types/known/structpb"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/proof"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// What an identity comes with to be believed.
const (
	tokenKey = "token"
	hashKey  = "userHash"
)

// maxIdentity is the longest id of an identity that can be proven, in bytes.
const maxIdentity = 256

// refusals are the codes of proofs that prove nothing.
var refusals = []struct {
	err  error
	code string
}{
	{proof.ErrMissing, "missing_proof"}, {proof.ErrMalformed, "malformed_proof"}, {proof.ErrWrong, "wrong_proof"},
	{proof.ErrExpired, "expired_proof"}, {proof.ErrEarly, "early_proof"}, {proof.ErrOther, "other_proof"},
}

// checkIdentity wants a non-empty id; userId is taken for one, because PocketPing's own documents write it so.
func checkIdentity(identity *structpb.Struct) *intake.Refusal {
	if identity.GetFields()["id"] == nil && identity.GetFields()["userId"] != nil {
		identity.Fields["id"] = identity.GetFields()["userId"]
		delete(identity.Fields, "userId")
	}
	if identity.GetFields()["id"].GetStringValue() == "" {
		return intake.Invalid("invalid_identity", "identity.id must be a non-empty string")
	}
	return nil
}

// prove tells whether an identity is proven; one that is not is refused where proofs are wanted, and merely said elsewhere. The proof
// is taken out of it in any case: it is nothing of the visitor, and whoever reads it could be him.
func (h *handler) prove(identity *structpb.Struct) (verified bool, refusal *intake.Refusal) {
	given, id := identity.GetFields(), identity.GetFields()["id"].GetStringValue()
	token, hash := given[tokenKey], given[hashKey]
	delete(given, tokenKey)
	delete(given, hashKey)
	if h.Proofs == nil {
		return false, nil
	}
	if len(id) > maxIdentity {
		return false, intake.Invalid("invalid_identity", "identity.id must have at most 256 bytes to be proven")
	}
	err := h.Proofs.Check(id, proof.Proof{Token: token.GetStringValue(), Hash: hash.GetStringValue()})
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return false, &intake.Refusal{Status: http.StatusForbidden, Code: r.code, Text: "identity is not proven: " + r.err.Error()}
		}
	}
	return true, nil
}

// claim puts the identity that a page gives into its visit, and answers the code of why it does not: a connect does not fail for want
// of a proof, or the chat would stay dead.
func (h *handler) claim(visit *bellhopv1.Session, raw json.RawMessage) (refused string, refusal *intake.Refusal) {
	identity, refusal := intake.Object("identity", raw)
	if refusal != nil || identity == nil {
		return "", refusal
	}
	if refusal := checkIdentity(identity); refusal != nil {
		return "", refusal
	}
	verified, unproven := h.prove(identity)
	if unproven != nil {
		return unproven.Code, nil
	}
	visit.Identity, visit.IdentityVerified = identity, verified
	return "", nil
}

// proven is the id that a session's visitor is proven to have, empty for none.
func proven(s *bellhopv1.Session) string {
	if !s.GetIdentityVerified() {
		return ""
	}
	return s.GetIdentity().GetFields()["id"].GetStringValue()
}

// elsewhere is the session in which a proven identity's conversation is, when that is not the one that its page is in. Not to know it
// is no reason to refuse what is stored already.
func (h *handler) elsewhere(ctx context.Context, e *session.Entry, id string) string {
	answer, err := h.Intake.Sessions.Open(ctx, &sessionsv1.OpenRequest{
		Project: string(e.Project), VisitorId: e.Visitor, SessionId: string(e.Session), Identity: id,
	})
	own := answer.GetRecord().GetSession().GetId()
	if err != nil || !answer.GetResumed() || own == string(e.Session) {
		return ""
	}
	return own
}

// news is what of a told identity is new about a session: the changed part only. Of a proven identity what is merely said changes
// nothing, it only adds what was not known; and what is proven is told with its id, whatever was said before.
func news(known, told *bellhopv1.Session) (identity *structpb.Struct, verified bool) {
	before, now := known.GetIdentity(), told.GetIdentity()
	id := now.GetFields()["id"].GetStringValue()
	switch was := proven(known); {
	case len(now.GetFields()) == 0:
		return nil, false
	case told.GetIdentityVerified() && was == "":
		return now, true
	case told.GetIdentityVerified():
		if identity = changes(before, now); identity != nil {
			identity.Fields["id"] = now.Fields["id"]
		}
		return identity, true
	case was == "":
		return changes(before, now), false
	case id != "" && id != was:
		return nil, false
	}
	added := maps.Clone(now.GetFields())
	maps.DeleteFunc(added, func(key string, _ *structpb.Value) bool { return before.GetFields()[key] != nil })
	return changes(nil, &structpb.Struct{Fields: added}), false
}
