package pusher

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

// Redis comes back without its last second, and the leases are as they were.
func TestLastSecondThatWasLostIsReportedAgainAndNobodyElseIsTold(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	ann, cid, bob := one.client(), two.client(), two.client()
	ann.subscribes("presence-room", `{"user_id":"ann"}`)
	ann.subscribes("orders")
	cid.subscribes("presence-room", `{"user_id":"cid"}`)
	cid.subscribes("vacated")
	cid.signsIn(`{"id":"cid"}`)
	cid.hears("pusher:signin_success")
	ann.hears("pusher_internal:member_added")
	one.counts(map[string]int64{"presence-room": 2, "orders": 1, "vacated": 1, userPrefix + "cid": 1, userPrefix + "bob": 0})
	restore := a.sessions.Channels.Keep()
	_ = cid.ws.Close()
	ann.hears("pusher_internal:member_removed") // or bob may find cid there, and be told that he goes
	bob.subscribes("presence-room", `{"user_id":"bob"}`)
	bob.subscribes("orders")
	bob.signsIn(`{"id":"bob"}`)
	bob.hears("pusher:signin_success")
	ann.hears("pusher_internal:member_added")
	now := map[string]int64{"presence-room": 2, "orders": 2, "vacated": 0, userPrefix + "cid": 0, userPrefix + "bob": 1}
	one.counts(now)
	restore()
	one.counts(now)
	one.members("presence-room", `{"users":[{"id":"ann"},{"id":"bob"}]}`)
	a.sessions.Channels.Settled.Store(true)
	for _, c := range []*client{ann, bob} {
		if frames := c.heard(); len(frames) > 0 {
			t.Errorf("heard %+v", frames)
		}
	}
	_ = bob.ws.Close()
	if f := ann.hears("pusher_internal:member_removed"); f.text() != `{"user_id":"bob"}` {
		t.Errorf("heard %s", f.text())
	}
}

// counts waits until channels have so many sockets over all gateways.
func (g *gateway) counts(want map[string]int64) {
	g.Helper()
	bustest.Until(g.TB, "all are counted", func() bool {
		for channel, sockets := range want {
			now, f := g.look(g.Context(), []string{channel}, false)
			if f != nil || now[0].GetSockets() != sockets {
				return false
			}
		}
		return true
	})
}

// The gateway that told of bob has gone with what Redis lost, so nobody says so but who has heard of him.
func TestWhoWasHeardOfInALostSecondIsNoGhost(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	ann, bob := one.client(), two.client()
	ann.subscribes("presence-room", `{"user_id":"ann"}`)
	restore := a.sessions.Channels.Keep()
	bob.subscribes("presence-room", `{"user_id":"bob"}`)
	ann.hears("pusher_internal:member_added")
	two.crash()
	a.sessions.Channels.Lapse(appID, two.reports.gateway)
	ann.hears("pusher_internal:member_removed")
	restore()
	a.sessions.Channels.Mute.Store(true) // nothing leads there but the versions
	bob = one.client()
	bob.subscribes("presence-room", `{"user_id":"bob"}`)
	a.sessions.Channels.Mute.Store(false)
	if f := ann.hears("pusher_internal:member_added"); f.text() != `{"user_id":"bob","user_info":null}` {
		t.Errorf("heard %s", f.text())
	}
	one.members("presence-room", `{"users":[{"id":"ann"},{"id":"bob"}]}`)
}
