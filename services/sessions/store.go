package sessions

import (
	"errors"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
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
	if errors.Is(err, redis.ErrURL) {
		return nil, &config.Error{Variable: "REDIS_URL", Found: "(hidden)", Expected: err.Error()}
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}
