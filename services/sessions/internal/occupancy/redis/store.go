package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redis"
)

// Store keeps the occupancy of all apps.
type Store struct {
	client goredis.UniversalClient
	lease  time.Duration
}

var _ occupancy.Store = (*Store)(nil)

// Open makes the store that a URL names, as the store of sessions does, in which leases last so long. It wraps that one's ErrURL.
func Open(url string, lease time.Duration) (*Store, error) {
	client, err := redis.Dial(url)
	if err != nil {
		return nil, err
	}
	return &Store{client: client, lease: lease}, nil
}

// Close releases the connections.
func (s *Store) Close() error {
	if err := s.client.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// Renew begins or keeps a lease. One that is being taken back is taken back altogether first.
func (s *Store) Renew(ctx context.Context, app, gateway string, hooks *sessionsv1.Hooks) (*sessionsv1.RenewResponse, []occupancy.Change, error) {
	// First, for an app that is not there is not looked at when leases run out.
	if err := s.client.SAdd(ctx, appsKey, id.Token(app)).Err(); err != nil {
		return nil, nil, fmt.Errorf("renew: %w", err)
	}
	var changes []occupancy.Change
	k := keysOf(app)
	args := []any{id.Token(gateway), s.lease.Milliseconds(), (s.lease + occupancy.Settling).Milliseconds()}
	if hooks != nil {
		args = append(args, hooks.GetProject(), yesNo(hooks.GetCounts()), occupancy.HooksFor.Milliseconds())
	}
	for {
		answer := ask(ctx, s.client, renewScript, []string{k.state(), k.leases()}, args...)
		ending, fresh, settled := answer.flag(), answer.flag(), answer.flag()
		if err := answer.done(); err != nil {
			return nil, changes, fmt.Errorf("renew: %w", err)
		}
		if !ending {
			return &sessionsv1.RenewResponse{Fresh: fresh, Settled: settled}, changes, nil
		}
		taken, err := s.takeBack(ctx, app, gateway)
		changes = append(changes, taken...)
		if err != nil {
			return nil, changes, fmt.Errorf("renew: %w", err)
		}
	}
}

// Report takes moves; occupancy.ErrNoLease.
func (s *Store) Report(ctx context.Context, app, gateway string, moves []*sessionsv1.Move) ([]*sessionsv1.Standing, []occupancy.Change, error) {
	k := keysOf(app)
	args := []any{string(k), id.Token(gateway), hidden}
	for _, m := range moves {
		args = append(args, id.Token(m.GetChannel()), m.GetSockets(), m.GetLimit(), yesNo(m.GetAgain()), len(m.GetGone()))
		for _, user := range m.GetGone() {
			args = append(args, user)
		}
		args = append(args, len(m.GetCame()))
		for _, c := range m.GetCame() {
			args = append(args, c.GetUser(), c.GetInfo(), yesNo(c.GetAgain()))
		}
	}
	answer := ask(ctx, s.client, reportScript, k.changed(gateway), args...)
	if errors.Is(answer.err, goredis.Nil) {
		return nil, nil, fmt.Errorf("report: %w", occupancy.ErrNoLease)
	}
	var standings []*sessionsv1.Standing
	var changes []occupancy.Change
	for move := range answer.each() {
		change, changed := move.settled(app)
		if changed {
			changes = append(changes, change)
		}
		standings = append(standings, &sessionsv1.Standing{
			Channel: change.Channel, Version: change.Roster.Version, Sockets: change.Roster.Sockets, Users: change.Roster.Users,
			Refused: move.texts(), Members: move.members(),
		})
	}
	if err := answer.done(); err != nil {
		return nil, changes, fmt.Errorf("report: %w", err)
	}
	return standings, changes, nil
}

// yesNo is how scripts are told yes and no.
func yesNo(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// hidden is how the names of hidden channels begin here.
var hidden = id.Token(occupancy.Hidden)
