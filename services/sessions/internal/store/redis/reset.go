package redis

import (
	"context"
	"fmt"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// scanCount is how many keys one step of a scan looks at.
const scanCount = 1000

// Reset forgets everything but the visits, and what is no store's. The floors go first and the epoch last: whoever is killed in between finds
// nothing behind a floor, and the old epoch still says that the store has to be reset.
func (s *Store) Reset(ctx context.Context) error {
	pipe := s.client.Pipeline()
	for part := range id.Part(id.Parts) {
		pipe.Unlink(ctx, floorKey(part))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("reset floors: %w", err)
	}
	if err := s.eachMaster(ctx, forget); err != nil {
		return fmt.Errorf("reset: %w", err)
	}
	return wrap("reset epoch", s.client.Unlink(ctx, epochKey).Err())
}

func (s *Store) eachMaster(ctx context.Context, f func(context.Context, *goredis.Client) error) error {
	switch c := s.client.(type) {
	case *goredis.ClusterClient:
		return c.ForEachMaster(ctx, f)
	case *goredis.Client:
		return f(ctx, c)
	}
	return fmt.Errorf("no way to reach every master with %T", s.client)
}

// forget unlinks what one server holds, key by key: in a cluster one command can't name keys of several slots.
func forget(ctx context.Context, server *goredis.Client) error {
	cursor := uint64(0)
	for {
		keys, next, err := server.Scan(ctx, cursor, everything, scanCount).Result()
		if err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		pipe := server.Pipeline()
		for _, key := range keys {
			if key != epochKey && !strings.HasPrefix(key, visitPrefix) && !strings.HasPrefix(key, ChannelPrefix) {
				pipe.Unlink(ctx, key)
			}
		}
		if pipe.Len() > 0 {
			if _, err := pipe.Exec(ctx); err != nil {
				return fmt.Errorf("unlink: %w", err)
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
