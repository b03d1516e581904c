package sessions

import (
	"errors"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy/memory"
	occupancyredis "github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy/redis"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redis"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/sqlite"
)

// openStore opens Redis when there is a URL for it, else the file.
func openStore(cfg Config) (store.Store, error) {
	if cfg.RedisURL == "" {
		return sqlite.Open(cfg.file())
	}
	s, err := redis.Open(cfg.RedisURL)
	if err != nil {
		return nil, urlError(err)
	}
	return s, nil
}

// openOccupancy opens the same Redis for who is in which channel; without it that is known to this process alone, as long as it runs.
func openOccupancy(cfg Config) (occupancy.Store, error) {
	if cfg.RedisURL == "" {
		return memory.New(cfg.Lease, time.Now), nil
	}
	o, err := occupancyredis.Open(cfg.RedisURL, cfg.Lease)
	if err != nil {
		return nil, urlError(err)
	}
	return o, nil
}

// urlError says which variable holds a malformed URL, without the URL.
func urlError(err error) error {
	if errors.Is(err, redis.ErrURL) {
		return &config.Error{Variable: "REDIS_URL", Found: "(hidden)", Expected: err.Error()}
	}
	return err
}
