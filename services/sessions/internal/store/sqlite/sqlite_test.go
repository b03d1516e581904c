package sqlite

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		commitUntilKilled(path)
	}
	_ = flag.Set("rapid.checks", "25") // enough for every run; the command line may ask for more
	goleak.VerifyTestMain(m)
}

func mustOpen(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path)
	return storetest.Opened(t, s, err)
}

func TestStorePassesTheSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		return mustOpen(t, filepath.Join(t.TempDir(), "a dir?", "store #1%20.db"))
	})
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, mustOpen(b, filepath.Join(b.TempDir(), "store.db")))
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "store.db")
	for b.Loop() {
		s, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
