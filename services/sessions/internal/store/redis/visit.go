package redis

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// visitsTTL is how long a visitor's visits are found after his last one was made. A visit is renewed for as long as a page looks
// on, so it may outlive that; then it is found when it becomes a session.
const visitsTTL = 7 * 24 * time.Hour

// PutVisit keeps a visit for ttl.
func (s *Store) PutVisit(ctx context.Context, visit *sessionsv1.SessionRecord, ttl time.Duration) error {
	record, err := proto.Marshal(visit)
	if err != nil {
		return fmt.Errorf("encode visit: %w", err)
	}
	key := store.Key{Project: id.Project(visit.GetProject()), Session: id.Session(visit.GetSession().GetId())}
	pipe := s.client.Pipeline()
	pipe.Set(ctx, visitKey(key), record, ttl)
	if visitor := visit.GetSession().GetVisitorId(); visitor != "" {
		visits := visitsKey(key.Project, visitor)
		pipe.SAdd(ctx, visits, string(key.Session))
		pipe.Expire(ctx, visits, visitsTTL)
	}
	_, err = pipe.Exec(ctx)
	return wrap("put visit", err)
}

// Visit reads a visit and lets its ttl begin anew.
func (s *Store) Visit(ctx context.Context, key store.Key, ttl time.Duration) (*sessionsv1.SessionRecord, error) {
	raw, err := s.client.GetEx(ctx, visitKey(key), ttl).Bytes()
	if err != nil {
		return nil, absent("read visit", err)
	}
	visit := &sessionsv1.SessionRecord{}
	return visit, decode(raw, visit)
}
