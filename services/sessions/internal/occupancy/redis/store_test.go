package redis

import (
	"errors"
	"flag"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
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
