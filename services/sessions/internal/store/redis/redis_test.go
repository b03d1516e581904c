package redis

import (
	"flag"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/storetest"
)

func TestMain(m *testing.M) {
	_ = flag.Set("rapid.checks", "25") // enough for every run; the command line may ask for more
	// A client that could not connect for a while looks once a second, and so notices its Close up to a second later.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

func mustOpen(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(url)
	return storetest.Opened(t, s, err)
}

func TestStorePassesTheSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return mustOpen(t, redistest.Start(t).URL()) })
}

func TestStoreInAClusterPassesTheSuite(t *testing.T) {
	cluster := redistest.StartCluster(t, 3)
	storetest.Run(t, func(t *testing.T) store.Store {
		cluster.Do("FLUSHALL")
		return mustOpen(t, cluster.URL())
	})
}

func BenchmarkStore(b *testing.B) { storetest.Bench(b, mustOpen(b, redistest.Start(b).URL())) }
