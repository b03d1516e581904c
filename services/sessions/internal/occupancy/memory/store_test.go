package memory

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"go.uber.org/goleak"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy/occupancytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStorePassesTheSuite(t *testing.T) {
	occupancytest.Run(t, func(*testing.T) occupancytest.Subject {
		s := New(occupancytest.Lease, time.Now)
		return occupancytest.Subject{
			Store: s,
			Lapse: func(app, gateway string) { s.apps[app].leases[gateway].until = time.Time{} },
			Age:   func(app string, by time.Duration) { s.apps[app].began = s.apps[app].began.Add(-by) },
			Pass: func(app string, by time.Duration) {
				if s.apps[app] == nil {
					return
				}
				for key, at := range s.apps[app].hooks.due {
					s.apps[app].hooks.due[key] = at.Add(-by)
				}
			},
			Keep: func(app string) func() {
				kept := cloned(s.apps[app])
				return func() { s.apps[app] = kept }
			},
			Left: func(app string) (left []string) {
				if s.apps[app] == nil {
					return nil
				}
				for name, c := range s.apps[app].channels {
					left = append(left, fmt.Sprint(name, c))
				}
				for key := range s.apps[app].hooks.due {
					left = append(left, fmt.Sprint("due ", key))
				}
				return left
			},
		}
	})
}

// cloned is an app as it is now, but for what webhooks are told.
func cloned(a *app) *app {
	b := *a
	b.leases, b.channels = map[string]*lease{}, map[string]*channel{}
	for name, l := range a.leases {
		b.leases[name] = &lease{l.until, l.since, l.took, maps.Clone(l.stale)}
	}
	for name, c := range a.channels {
		d := &channel{c.version, c.sockets, map[string]*member{}, map[string]*share{}}
		for user, m := range c.members {
			d.members[user] = &member{m.info, m.gateways}
		}
		for gateway, here := range c.shares {
			d.shares[gateway] = &share{here.sockets, maps.Clone(here.users)}
		}
		b.channels[name] = d
	}
	return &b
}

func TestLeaseEndsByTheClock(t *testing.T) {
	now := time.Unix(1000, 0)
	s := New(10*time.Second, func() time.Time { return now })
	renew := func() bool {
		t.Helper()
		answer, _, err := s.Renew(t.Context(), &sessionsv1.RenewRequest{App: "shop", Gateway: "g"})
		if err != nil {
			t.Fatal(err)
		}
		return answer.GetFresh()
	}
	removed := func() int {
		t.Helper()
		changes, err := s.Expire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(changes)
	}
	renew()
	if _, _, err := s.Report(t.Context(), &sessionsv1.ReportRequest{App: "shop", Gateway: "g", Moves: []*sessionsv1.Move{{Channel: "x", Sockets: 1}}}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(9999 * time.Millisecond)
	if removed() != 0 || renew() {
		t.Error("the lease ended before its time")
	}
	now = now.Add(9999 * time.Millisecond)
	if removed() != 0 {
		t.Error("the renewal did not count")
	}
	now = now.Add(time.Millisecond)
	if removed() != 1 || !renew() {
		t.Error("the lease did not end")
	}
}
