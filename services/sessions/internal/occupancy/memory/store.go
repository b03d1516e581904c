package memory

import (
	"context"
	"strings"
	"sync"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// Store keeps the occupancy of all apps.
type Store struct {
	lease time.Duration
	now   func() time.Time

	mu   sync.Mutex
	apps map[string]*app
}

var _ occupancy.Store = (*Store)(nil)

// New makes an empty store in which leases last so long by a clock.
func New(lease time.Duration, now func() time.Time) *Store {
	return &Store{lease: lease, now: now, apps: map[string]*app{}}
}

// Renew begins or keeps a lease; it changes nothing else.
func (s *Store) Renew(_ context.Context, req *sessionsv1.RenewRequest) (*sessionsv1.RenewResponse, []occupancy.Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, name := s.now(), req.GetApp()
	a := s.apps[name]
	if a == nil {
		a = begin(name, now, s.lease+occupancy.Settling)
		s.apps[name] = a
	}
	fresh, lease := a.renew(req.GetGateway(), req.GetSeen(), now, now.Add(s.lease))
	if hooks := req.GetHooks(); hooks != nil {
		a.hooks.wanted, a.hooks.until = hooks, now.Add(occupancy.HooksFor)
	}
	return &sessionsv1.RenewResponse{Fresh: fresh, Settled: a.settled(now), Lease: lease}, nil, nil
}

// Report takes moves; occupancy.ErrNoLease, occupancy.ErrLate.
func (s *Store) Report(_ context.Context, req *sessionsv1.ReportRequest) (standings []*sessionsv1.Standing, changes []occupancy.Change, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gateway, a := req.GetGateway(), s.apps[req.GetApp()]
	if a == nil {
		return nil, nil, occupancy.ErrNoLease
	}
	if err := a.may(gateway, req); err != nil {
		return nil, nil, err
	}
	a.leases[gateway].took = max(a.leases[gateway].took, req.GetNumber())
	for _, m := range req.GetMoves() {
		roster, refused := a.move(gateway, m, s.now())
		changes = a.told(changes, m.GetChannel(), roster)
		standing := a.standing(m.GetChannel(), len(m.GetCame()) > 0)
		standing.Refused = refused
		standings = append(standings, standing)
	}
	if req.GetComplete() {
		changes = a.sweep(changes, gateway, s.now())
	}
	return standings, changes, nil
}

// Look answers how channels stand, in their order.
func (s *Store) Look(_ context.Context, name string, channels []string, members bool) ([]*sessionsv1.Standing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	standings := make([]*sessionsv1.Standing, len(channels))
	for i, channel := range channels {
		standings[i] = &sessionsv1.Standing{Channel: channel}
		if a := s.apps[name]; a != nil {
			standings[i] = a.standing(channel, members)
		}
	}
	return standings, nil
}

// Occupied answers the channels that somebody is in, by name.
func (s *Store) Occupied(_ context.Context, name, prefix string) (standings []*sessionsv1.Standing, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[name]
	if a == nil {
		return nil, nil
	}
	for channel := range a.channels {
		if strings.HasPrefix(channel, prefix) && !strings.HasPrefix(channel, occupancy.Hidden) {
			standings = append(standings, a.standing(channel, false))
		}
	}
	occupancy.SortStandings(standings)
	return standings, nil
}

// Expire takes back what was reported under leases that have run out.
func (s *Store) Expire(context.Context) (changes []occupancy.Change, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for _, a := range s.apps {
		for gateway, l := range a.leases {
			if !l.until.After(now) {
				changes = append(changes, a.takeBack(gateway, now)...)
			}
		}
	}
	return changes, nil
}

// Close has nothing to release.
func (s *Store) Close() error { return nil }
