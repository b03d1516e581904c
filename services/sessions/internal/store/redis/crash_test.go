package redis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/storetest"
)

var errDead = errors.New("the process was killed here")

// mortal lets so many pipelines through, and nothing after them: what Redis sees of a process that is killed.
type mortal struct{ left int }

func (m *mortal) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (m *mortal) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		if m.left == 0 {
			cmd.SetErr(errDead)
			return errDead
		}
		return next(ctx, cmd)
	}
}

func (m *mortal) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		if m.left == 0 {
			for _, cmd := range cmds {
				cmd.SetErr(errDead)
			}
			return errDead
		}
		m.left--
		return next(ctx, cmds)
	}
}

// dying opens a store whose process is killed after so many pipelines.
func dying(t *testing.T, url string, pipelines int) *Store {
	t.Helper()
	s := mustOpen(t, url)
	if err := s.Ping(t.Context()); err != nil { // the handshake of its connection doesn't count
		t.Fatal(err)
	}
	s.client.AddHook(&mortal{left: pipelines})
	return s
}

func TestCrashBetweenTwoStepsLeavesOnlySessionsAheadOfTheFloor(t *testing.T) {
	// Load is the first pipeline of a fold, then come the four steps of a commit.
	for done, floor := range []uint64{7, 7, 7, 7, 7, 20} {
		t.Run(fmt.Sprintf("after %d round trips", done), func(t *testing.T) {
			url := redistest.Start(t).URL()
			s := mustOpen(t, url)
			if _, err := storetest.Fold(t.Context(), s, 7, 7); err != nil {
				t.Fatal(err)
			}
			if _, err := storetest.Fold(t.Context(), dying(t, url, done), 20, 20); floor < 20 && !errors.Is(err, errDead) {
				t.Fatalf("the killed process's commit: %v", err)
			}
			if got, err := s.Floor(t.Context(), 3); err != nil || got != floor {
				t.Fatalf("the floor is %d, %v, and should be %d", got, err, floor)
			}
			storetest.CheckFolded(t, s, floor)
			if _, err := storetest.Fold(t.Context(), s, 20, 20); err != nil {
				t.Fatalf("the next process's commit: %v", err)
			}
			storetest.CheckFolded(t, s, 20)
		})
	}
}

func TestCrashWithinResetLeavesNothingBehindAFloorAndTheEpoch(t *testing.T) {
	url := redistest.Start(t).URL()
	s := mustOpen(t, url)
	if _, err := storetest.Fold(t.Context(), s, 7, 7); err != nil {
		t.Fatal(err)
	}
	if err := s.SetEpoch(t.Context(), "old"); err != nil {
		t.Fatal(err)
	}
	if err := dying(t, url, 1).Reset(t.Context()); !errors.Is(err, errDead) {
		t.Fatalf("the killed process's reset: %v", err)
	}
	if floor, err := s.Floor(t.Context(), 3); err != nil || floor != 0 {
		t.Fatalf("the floor is %d, %v", floor, err)
	}
	if epoch, err := s.Epoch(t.Context()); err != nil || epoch != "old" {
		t.Fatalf("the epoch is %q, %v", epoch, err)
	}
}

func TestKilledRedisComesBackWithAPrefixOfItsHistory(t *testing.T) {
	server := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "everysec")
	s := mustOpen(t, server.URL())
	for round := range 3 {
		ctx, stop := context.WithCancel(t.Context())
		committed := make(chan uint64)
		var folding sync.WaitGroup
		folding.Go(func() {
			defer close(committed)
			for ctx.Err() == nil {
				floor, err := storetest.Fold(ctx, s, 5, 1_000_000)
				if err != nil {
					return
				}
				committed <- floor
			}
		})
		last := uint64(0)
		for n := 0; n < 5+4*round; n++ {
			last = <-committed
		}
		server.Kill()
		for floor := range committed {
			last = floor
		}
		stop()
		folding.Wait()
		server.Restart()
		floor, err := s.Floor(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("committed %d, came back with %d", last, floor)
		storetest.CheckFolded(t, s, floor)
	}
}

func TestFlushedRedisIsAFreshStore(t *testing.T) {
	server := redistest.Start(t)
	s := mustOpen(t, server.URL())
	if _, err := storetest.Fold(t.Context(), s, 7, 7); err != nil {
		t.Fatal(err)
	}
	server.Do("FLUSHALL")
	if floor, err := s.Floor(t.Context(), 3); err != nil || floor != 0 {
		t.Fatalf("the floor is %d, %v", floor, err)
	}
	if _, err := storetest.Fold(t.Context(), s, 20, 20); err != nil {
		t.Fatal(err)
	}
	storetest.CheckFolded(t, s, 20)
}

func TestForgottenScriptsAreLoadedAgain(t *testing.T) {
	server := redistest.Start(t)
	s := mustOpen(t, server.URL())
	for last := uint64(7); last <= 28; last += 7 {
		server.Do("SCRIPT", "FLUSH")
		if _, err := storetest.Fold(t.Context(), s, 7, last); err != nil {
			t.Fatal(err)
		}
		server.Do("SCRIPT", "FLUSH")
		storetest.CheckFolded(t, s, last)
	}
}

func TestEveryKeyHasThePrefix(t *testing.T) {
	server := redistest.Start(t)
	s := mustOpen(t, server.URL())
	if _, err := storetest.Fold(t.Context(), s, 7, 7); err != nil {
		t.Fatal(err)
	}
	keys, err := s.client.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) == 0 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	ours, err := s.client.Keys(t.Context(), everything).Result()
	if err != nil || len(ours) != len(keys) {
		t.Fatalf("%d of %d keys begin with %s: %v", len(ours), len(keys), prefix, err)
	}
}

func TestResetLeavesWhoIsInWhichChannelAlone(t *testing.T) {
	server := redistest.Start(t)
	s := mustOpen(t, server.URL())
	if _, err := storetest.Fold(t.Context(), s, 7, 7); err != nil {
		t.Fatal(err)
	}
	server.Do("SET", ChannelPrefix+"{shop}:state", "kept")
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := s.client.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 1 || keys[0] != ChannelPrefix+"{shop}:state" {
		t.Fatalf("left are %q, %v", keys, err)
	}
}
