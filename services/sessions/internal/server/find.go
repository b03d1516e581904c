package server

import (
	"context"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// search is a text that is looked for, whatever its case.
type search string

func newSearch(text string) search { return search(strings.ToLower(text)) }

func (q search) in(text string) bool { return strings.Contains(strings.ToLower(text), string(q)) }

// matches looks into what is known of the visitor, then into the newest messages.
func (s *Server) matches(ctx context.Context, record *sessionsv1.SessionRecord, q search) (bool, error) {
	session := record.GetSession()
	if q == "" || q.in(session.GetUserPhone()) || q.in(session.GetExternalId()) || q.in(session.GetVisitorId()) {
		return true, nil
	}
	for _, field := range []string{"name", "email", "id"} {
		if q.in(session.GetIdentity().GetFields()[field].GetStringValue()) {
			return true, nil
		}
	}
	if record.GetSummary().GetMessages() == 0 {
		return false, nil
	}
	key := store.Key{Project: id.Project(record.GetProject()), Session: id.Session(session.GetId())}
	messages, _, err := s.store.Messages(ctx, key, store.Query{Limit: maxPage})
	if err != nil {
		return false, fmt.Errorf("search messages: %w", err)
	}
	for _, m := range messages {
		if q.in(m.GetMessage().GetContent()) {
			return true, nil
		}
	}
	return false, nil
}
