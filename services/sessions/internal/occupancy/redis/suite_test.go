package redis

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy/occupancytest"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
)

func subject(t *testing.T, url string) occupancytest.Subject {
	s := mustOpen(t, url, occupancytest.Lease)
	return occupancytest.Subject{
		Store: s,
		Lapse: func(app, gateway string) {
			if err := s.client.Do(t.Context(), "ZADD", keysOf(app).leases(), "XX", 1, id.Token(gateway)).Err(); err != nil {
				t.Error(err)
			}
		},
		Age: func(app string, by time.Duration) {
			if err := s.client.HIncrBy(t.Context(), keysOf(app).state(), "began", -by.Microseconds()).Err(); err != nil {
				t.Error(err)
			}
		},
		Pass: func(app string, by time.Duration) {
			leaving := string(keysOf(app)) + "leaving"
			all, err := s.client.ZRange(t.Context(), leaving, 0, -1).Result()
			for _, key := range all {
				err = errors.Join(err, s.client.ZIncrBy(t.Context(), leaving, -float64(by.Milliseconds()), key).Err())
			}
			if err != nil {
				t.Error(err)
			}
		},
		Keep: func(app string) func() { return kept(t, s, app) },
		Left: func(app string) (left []string) {
			k := keysOf(app)
			for _, key := range keysOfApp(t, s, app) {
				if key != k.state() && key != k.leases() && key != k.reported() {
					left = append(left, key)
				}
			}
			return left
		},
	}
}

// keysOfApp lists all that there is of an app.
func keysOfApp(t *testing.T, s *Store, app string) (keys []string) {
	t.Helper()
	all := func(ctx context.Context, c *goredis.Client) error {
		found, err := c.Keys(ctx, "*").Result()
		for _, key := range found {
			if strings.HasPrefix(key, string(keysOf(app))) { // which is in one slot, so of one master
				keys = append(keys, key)
			}
		}
		return err
	}
	err := errors.ErrUnsupported
	switch c := s.client.(type) {
	case *goredis.Client:
		err = all(t.Context(), c)
	case *goredis.ClusterClient:
		err = c.ForEachMaster(t.Context(), all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// kept answers what sets an app back to how it is now.
func kept(t *testing.T, s *Store, app string) (restore func()) {
	t.Helper()
	dumps := map[string]string{}
	for _, key := range keysOfApp(t, s, app) {
		dumps[key] = s.client.Dump(t.Context(), key).Val()
	}
	return func() {
		t.Helper()
		var err error
		for _, key := range keysOfApp(t, s, app) {
			err = errors.Join(err, s.client.Del(t.Context(), key).Err())
		}
		for key, dump := range dumps {
			err = errors.Join(err, s.client.Restore(t.Context(), key, 0, dump).Err())
		}
		if err != nil || len(dumps) == 0 {
			t.Fatalf("%d keys: %v", len(dumps), err)
		}
	}
}

func TestStorePassesTheSuite(t *testing.T) {
	occupancytest.Run(t, func(t *testing.T) occupancytest.Subject { return subject(t, redistest.Start(t).URL()) })
}

func TestStoreInAClusterPassesTheSuite(t *testing.T) {
	cluster := redistest.StartCluster(t, 3)
	occupancytest.Run(t, func(t *testing.T) occupancytest.Subject {
		cluster.Do("FLUSHALL")
		return subject(t, cluster.URL())
	})
}
