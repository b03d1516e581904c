package server

import (
	"context"
	"fmt"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// lookedAt is how many of an identity's sessions are looked at to find its conversation, the latest first: pages in which nobody
// wrote may lie above it.
const lookedAt = 32

// proven finds what a proven identity goes on with: the conversation that this browser is in, if somebody has written in it and it is
// not said to be another's, else the identity's own, else what the browser has. named is what the request's ids name; nil for
// nothing.
func (s *Server) proven(ctx context.Context, project id.Project, identity string, named *sessionsv1.SessionRecord) (*sessionsv1.SessionRecord, error) {
	said := named.GetSession().GetIdentity().GetFields()["id"].GetStringValue()
	mine := said == "" || said == identity
	if mine && spoken(named) && store.Verified(named.GetSession()) == "" {
		return named, nil // it becomes the identity's own
	}
	own, err := s.conversation(ctx, project, identity)
	if err != nil || own != nil || !mine {
		return own, err
	}
	return named, nil
}

// conversation is an identity's conversation: the latest one in which somebody has written, else the latest session; nil for none.
func (s *Server) conversation(ctx context.Context, project id.Project, identity string) (*sessionsv1.SessionRecord, error) {
	if err := s.whole(ctx); err != nil {
		return nil, err
	}
	keys, err := s.store.ByIdentity(ctx, project, identity, lookedAt)
	if err != nil {
		return nil, fmt.Errorf("find an identity's sessions: %w", err)
	}
	view, err := s.store.Load(ctx, store.Want{Sessions: keys})
	if err != nil {
		return nil, fmt.Errorf("read an identity's sessions: %w", err)
	}
	var latest *sessionsv1.SessionRecord
	for _, key := range keys {
		record := view.Sessions[key]
		if store.Verified(record.GetSession()) != identity { // erased meanwhile, or the index was written first
			continue
		}
		if spoken(record) {
			return record, nil
		}
		if latest == nil {
			latest = record
		}
	}
	return latest, nil
}

func spoken(record *sessionsv1.SessionRecord) bool { return record.GetSummary().GetMessages() > 0 }
