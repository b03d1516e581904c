package redis

import (
	"context"
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
func (s *Store) Renew(ctx context.Context, req *sessionsv1.RenewRequest) (*sessionsv1.RenewResponse, []occupancy.Change, error) {
	app, gateway := req.GetApp(), req.GetGateway()
	// First, for an app that is not there is not looked at when leases run out.
	if err := s.client.SAdd(ctx, appsKey, id.Token(app)).Err(); err != nil {
		return nil, nil, fmt.Errorf("renew: %w", err)
	}
	var changes []occupancy.Change
	k := keysOf(app)
	args := []any{string(k), id.Token(gateway), s.lease.Milliseconds(), (s.lease + occupancy.Settling).Milliseconds(), req.GetSeen().GetReport(), req.GetSeen().GetVersion()}
	if hooks := req.GetHooks(); hooks != nil {
		args = append(args, hooks.GetProject(), yesNo(hooks.GetCounts()), occupancy.HooksFor.Milliseconds())
	}
	for {
		answer := ask(ctx, s.client, renewScript, []string{k.state(), k.leases()}, args...)
		ending, fresh, settled, lease := answer.flag(), answer.flag(), answer.flag(), answer.number()
		if err := answer.done(); err != nil {
			return nil, changes, fmt.Errorf("renew: %w", err)
		}
		if !ending {
			return &sessionsv1.RenewResponse{Fresh: fresh, Settled: settled, Lease: uint64(lease)}, changes, nil
		}
		taken, err := s.takeBack(ctx, takeBackScript, app, gateway)
		changes = append(changes, taken...)
		if err != nil {
			return nil, changes, fmt.Errorf("renew: %w", err)
		}
	}
}

// Report takes moves; occupancy.ErrNoLease, occupancy.ErrLate.
func (s *Store) Report(ctx context.Context, req *sessionsv1.ReportRequest) (standings []*sessionsv1.Standing, changes []occupancy.Change, err error) {
	app, k := req.GetApp(), keysOf(req.GetApp())
	answer := ask(ctx, s.client, reportScript, k.changed(req.GetGateway()), arguments(k, req)...)
	if refused := answer.number(); answer.done() == nil && refused != 0 {
		return nil, nil, fmt.Errorf("report: %w", map[int64]error{1: occupancy.ErrNoLease, 2: occupancy.ErrLate}[refused])
	}
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
	if err = answer.done(); err == nil && req.GetComplete() {
		var swept []occupancy.Change
		swept, err = s.takeBack(ctx, sweepScript, app, req.GetGateway(), req.GetLease(), req.GetNumber())
		changes = append(changes, swept...)
	}
	if err != nil {
		return nil, changes, fmt.Errorf("report: %w", err)
	}
	return standings, changes, nil
}

// arguments are those of a report.
func arguments(k keys, req *sessionsv1.ReportRequest) []any {
	args := []any{string(k), id.Token(req.GetGateway()), hidden, req.GetLease(), req.GetNumber(), req.GetSeen().GetReport(), req.GetSeen().GetVersion()}
	for _, m := range req.GetMoves() {
		args = append(args, id.Token(m.GetChannel()), m.GetSockets(), m.GetLimit(), yesNo(m.GetAgain()), len(m.GetGone()))
		for _, user := range m.GetGone() {
			args = append(args, user)
		}
		args = append(args, len(m.GetCame()))
		for _, c := range m.GetCame() {
			args = append(args, c.GetUser(), c.GetInfo(), yesNo(c.GetAgain()))
		}
	}
	return args
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
