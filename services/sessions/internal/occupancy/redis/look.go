package redis

import (
	"context"
	"fmt"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// pageSize is how many channels are read in one go: some 10 ms, measured with the way there and back.
const pageSize = 1000

// Look answers how channels stand, in their order.
func (s *Store) Look(ctx context.Context, app string, channels []string, members bool) ([]*sessionsv1.Standing, error) {
	k := keysOf(app)
	args := []any{string(k), 0}
	if members {
		args[1] = 1
	}
	for _, channel := range channels {
		args = append(args, id.Token(channel))
	}
	answer := ask(ctx, s.client, lookScript, []string{k.state()}, args...)
	standings := answer.standings()
	if err := answer.done(); err != nil {
		return nil, fmt.Errorf("look: %w", err)
	}
	return standings, nil
}

// Occupied answers the channels that somebody is in, by name.
func (s *Store) Occupied(ctx context.Context, app, prefix string) ([]*sessionsv1.Standing, error) {
	k := keysOf(app)
	low, high := between(prefix)
	var all []*sessionsv1.Standing
	for {
		answer := ask(ctx, s.client, occupiedScript, []string{k.index()}, string(k), low, high, pageSize)
		page := answer.standings()
		if err := answer.done(); err != nil {
			return nil, fmt.Errorf("list channels: %w", err)
		}
		all = append(all, page...)
		if len(page) < pageSize {
			occupancy.SortStandings(all) // Redis has them by token
			return all, nil
		}
		low = "(" + id.Token(page[len(page)-1].GetChannel())
	}
}
