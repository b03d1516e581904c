package widget

import (
	"context"
	"maps"
	"net/http"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// update stores what of the told is new about a session; false when it was refused, and answered so.
func (h *handler) update(w http.ResponseWriter, r *http.Request, sessionID string, told *bellhopv1.Session) (*session.Entry, bool) {
	entry, found := h.speak(w, r, sessionID, "")
	if !found {
		return nil, false
	}
	known, refusal := h.state(r, entry)
	if refusal != nil {
		refusal.Write(w)
		return nil, false
	}
	if was := proven(known); told.GetIdentityVerified() && was != "" && was != proven(told) {
		(&intake.Refusal{Status: http.StatusConflict, Code: "other_identity", Text: "this conversation is another proven identity's; begin a new one"}).Write(w)
		return nil, false
	}
	changed := &bellhopv1.Session{}
	changed.Identity, changed.IdentityVerified = news(known, told)
	if told.GetUserPhone() != known.GetUserPhone() || told.GetUserPhoneCountry() != known.GetUserPhoneCountry() {
		changed.UserPhone, changed.UserPhoneCountry = told.GetUserPhone(), told.GetUserPhoneCountry()
	}
	if changed.Identity != nil || changed.UserPhone != "" {
		if refusal := h.Intake.Record(r.Context(), entry, fact.Updated(entry, changed, fact.Now())); refusal != nil {
			refusal.Write(w)
			return nil, false
		}
	}
	return entry, true
}

// updateTimeout bounds what a connect waits for the news that it brings.
const updateTimeout = time.Second

// updated stores what changed about a conversation since the page was last seen: the changed part only; where the visitor
// came from first is kept. A connect does not fail with it: the page would stay dead, and the next one brings the same news
// again. The page is answered the identity that it gave.
func (h *handler) updated(ctx context.Context, e *session.Entry, before, after *bellhopv1.Session) {
	if before.GetMetadata().GetFields()["ip"] != nil {
		delete(after.GetMetadata().GetFields(), "ip")
	}
	changed := &bellhopv1.Session{Metadata: changes(before.GetMetadata(), after.GetMetadata())}
	changed.Identity, changed.IdentityVerified = news(before, after)
	if changed.Metadata == nil && changed.Identity == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, updateTimeout)
	defer cancel()
	_ = h.Intake.Note(ctx, e, fact.Updated(e, changed, fact.Now())) // Note has logged it
	if before.Identity == nil || changed.IdentityVerified && proven(before) == "" {
		before.Identity = &structpb.Struct{Fields: map[string]*structpb.Value{}}
	}
	maps.Copy(before.Identity.Fields, changed.Identity.GetFields())
}

// changes are the keys of after that before lacks or has otherwise; nil for none.
func changes(before, after *structpb.Struct) *structpb.Struct {
	fields := map[string]*structpb.Value{}
	for key, value := range after.GetFields() {
		if !proto.Equal(before.GetFields()[key], value) {
			fields[key] = value
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return &structpb.Struct{Fields: fields}
}
