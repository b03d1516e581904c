package sqlite

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

const (
	// dropAtOnce is how many expired visits each new one takes away: more than one, so that they never pile up.
	dropAtOnce = 16
	// grain is the part of its ttl by which a visit may expire early: a renewal that moves it less is not written.
	grain = 64
)

// PutVisit keeps a visit for ttl.
func (s *Store) PutVisit(ctx context.Context, visit *sessionsv1.SessionRecord, ttl time.Duration) error {
	record, err := proto.Marshal(visit)
	if err != nil {
		return fmt.Errorf("encode visit: %w", err)
	}
	if err := s.takeTurn(ctx); err != nil {
		return fmt.Errorf("put visit: %w", err)
	}
	defer s.passTurn()
	now := time.Now()
	if _, err := s.stmt.dropVisits.ExecContext(ctx, now.UnixMilli(), dropAtOnce); err != nil {
		return fmt.Errorf("drop expired visits: %w", err)
	}
	_, err = s.stmt.putVisit.ExecContext(ctx, visit.GetProject(), visit.GetSession().GetId(), visit.GetSession().GetVisitorId(), now.Add(ttl).UnixMilli(), record)
	return wrap("put visit", err)
}

// Visit reads a visit and lets its ttl begin anew.
func (s *Store) Visit(ctx context.Context, key store.Key, ttl time.Duration) (*sessionsv1.SessionRecord, error) {
	var raw []byte
	var expires int64
	if err := s.stmt.visit.QueryRowContext(ctx, string(key.Project), string(key.Session)).Scan(&raw, &expires); err != nil {
		return nil, absent("read visit", err)
	}
	now := time.Now()
	if expires <= now.UnixMilli() {
		return nil, fmt.Errorf("read visit: %w", store.ErrNotFound)
	}
	visit := &sessionsv1.SessionRecord{}
	if err := decode(raw, visit); err != nil {
		return nil, err
	}
	if moves := now.Add(ttl).UnixMilli() - expires; moves >= 0 && moves <= ttl.Milliseconds()/grain {
		return visit, nil
	}
	if err := s.takeTurn(ctx); err != nil {
		return nil, fmt.Errorf("renew visit: %w", err)
	}
	defer s.passTurn()
	_, err := s.stmt.renewVisit.ExecContext(ctx, string(key.Project), string(key.Session), now.Add(ttl).UnixMilli())
	return visit, wrap("renew visit", err)
}
