package redis

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy/occupancytest"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redis"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
)

func TestMain(m *testing.M) {
	_ = flag.Set("rapid.checks", "25") // enough for every run; the command line may ask for more
	// A client that could not connect for a while looks once a second, and so notices its Close up to a second later.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

func mustOpen(t *testing.T, url string, lease time.Duration) *Store {
	t.Helper()
	s, err := Open(url, lease)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

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

func renewed(t *testing.T, s *Store) *sessionsv1.RenewResponse {
	t.Helper()
	answer, _, err := s.Renew(t.Context(), &sessionsv1.RenewRequest{App: "shop", Gateway: "g"})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func report(moves ...*sessionsv1.Move) *sessionsv1.ReportRequest {
	return &sessionsv1.ReportRequest{App: "shop", Gateway: "g", Moves: moves}
}

func reported(t *testing.T, s *Store) []occupancy.Change {
	t.Helper()
	_, changes, err := s.Report(t.Context(), report(&sessionsv1.Move{Channel: "x", Sockets: 1, Came: []*sessionsv1.Member{{User: "a"}}}))
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestLostStateBeginsAnewAboveWhereItWas(t *testing.T) {
	server := redistest.Start(t)
	s := mustOpen(t, server.URL(), time.Minute)
	renewed(t, s)
	if err := s.client.HIncrBy(t.Context(), keysOf("shop").state(), "began", -time.Hour.Microseconds()).Err(); err != nil {
		t.Fatal(err)
	}
	before := reported(t, s)
	if answer := renewed(t, s); answer.GetFresh() || !answer.GetSettled() {
		t.Errorf("before: %v", answer)
	}
	server.Do("FLUSHALL")
	if _, _, err := s.Report(t.Context(), report()); !errors.Is(err, occupancy.ErrNoLease) {
		t.Errorf("the report between: %v", err)
	}
	if answer := renewed(t, s); !answer.GetFresh() || answer.GetSettled() {
		t.Errorf("after: %v", answer)
	}
	after := reported(t, s)
	if len(after) != 1 || after[0].Roster.GetAfter() != 0 || after[0].Roster.GetVersion() <= before[0].Roster.GetVersion() {
		t.Errorf("before %v, after %v", before, after)
	}
}

func TestLeaseEndsByTheClockOfRedis(t *testing.T) {
	s := mustOpen(t, redistest.Start(t).URL(), 50*time.Millisecond)
	renewed(t, s)
	reported(t, s)
	var changes []occupancy.Change
	for end := time.Now().Add(10 * time.Second); len(changes) == 0 && time.Now().Before(end); {
		var err error
		if changes, err = s.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(changes) != 1 || len(changes[0].Roster.GetRemoved()) != 1 {
		t.Errorf("changes are %v", changes)
	}
}

// The gateway comes back while its many channels are being taken back by somebody who is killed in between.
func TestTakingBackIsFinishedByTheRenewal(t *testing.T) {
	at := subject(t, redistest.Start(t).URL())
	s := at.Store.(*Store)
	renewed(t, s)
	var moves []*sessionsv1.Move
	for n := range takenAtOnce + 50 {
		moves = append(moves, &sessionsv1.Move{Channel: fmt.Sprint("c", n), Sockets: 1, Came: []*sessionsv1.Member{{User: "a"}}})
	}
	if _, _, err := s.Report(t.Context(), report(moves...)); err != nil {
		t.Fatal(err)
	}
	at.Lapse("shop", "g")
	k := keysOf("shop")
	answer := ask(t.Context(), s.client, takeBackScript, k.changed("g"), string(k), "g", hidden, takenAtOnce)
	if more := answer.flag(); !more || answer.done() != nil {
		t.Fatalf("nothing is left: %v", answer.done())
	}
	if _, _, err := s.Report(t.Context(), report()); !errors.Is(err, occupancy.ErrNoLease) {
		t.Errorf("the report between: %v", err)
	}
	lease, changes, err := s.Renew(t.Context(), &sessionsv1.RenewRequest{App: "shop", Gateway: "g"})
	if err != nil || !lease.GetFresh() || len(changes) != 50 || len(changes[0].Roster.GetRemoved()) != 1 {
		t.Errorf("renewed as %v, %d changes, %v", lease, len(changes), err)
	}
	if left := at.Left("shop"); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
}

func TestRedisThatIsAwayIsAnErrorAndNoLeaseIsAnother(t *testing.T) {
	server := redistest.Start(t)
	s := mustOpen(t, server.URL(), time.Minute)
	renewed(t, s)
	server.Kill()
	if _, _, err := s.Report(t.Context(), report()); err == nil || errors.Is(err, occupancy.ErrNoLease) {
		t.Errorf("report: %v", err)
	}
	if _, err := s.Expire(t.Context()); err == nil {
		t.Error("expired something")
	}
}

func TestMalformedURLIsTheStoresError(t *testing.T) {
	if _, err := Open("http://x", time.Minute); !errors.Is(err, redis.ErrURL) {
		t.Errorf("open: %v", err)
	}
}
