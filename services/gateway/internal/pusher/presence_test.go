package pusher

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

// members waits until a gateway's API tells these users.
func (g *gateway) members(channel, want string) {
	g.Helper()
	bustest.Until(g.TB, "the members are "+want, func() bool {
		_, answer := g.call("GET", "channels/"+channel+"/users", "", "")
		return answer == want
	})
}

func TestMembersComeAndGoOnceOverAllGatewaysHoweverManyTabsTheyHave(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	ann := one.client()
	f := ann.subscribes("presence-room", `{"user_id":"ann","user_info":{"name":"Ann","id":9007199254740993}}`)
	if want := `{"presence":{"ids":["ann"],"hash":{"ann":{"name":"Ann","id":9007199254740993}},"count":1}}`; f.text() != want {
		t.Errorf("alone: %s", f.text())
	}
	ten := two.client()
	f = ten.subscribes("presence-room", `{"user_id":10}`)
	if want := `{"presence":{"ids":["10","ann"],"hash":{"10":null,"ann":{"name":"Ann","id":9007199254740993}},"count":2}}`; f.text() != want {
		t.Errorf("the second: %s", f.text())
	}
	if f := ann.hears("pusher_internal:member_added"); f.text() != `{"user_id":"10","user_info":null}` || f.Channel != "presence-room" {
		t.Errorf("added: %+v", f)
	}
	tabs := []*client{one.client(), two.client()}
	for _, tab := range tabs {
		tab.subscribes("presence-room", `{"user_id":"10","user_info":"other"}`)
	}
	one.members("presence-room", `{"users":[{"id":"10"},{"id":"ann"}]}`)
	_ = ten.ws.Close()
	_ = tabs[0].ws.Close()
	if status, answer := two.call("GET", "channels", "filter_by_prefix=presence-&info=user_count", ""); status != 200 || answer != `{"channels":{"presence-room":{"user_count":2}}}` {
		t.Errorf("%d %s", status, answer)
	}
	tabs[1].send(`{"event":"pusher:unsubscribe","data":{"channel":"presence-room"}}`)
	if f := ann.next(); f.Event != "pusher_internal:member_removed" || f.text() != `{"user_id":"10"}` {
		t.Errorf("the next that she heard: %+v", f)
	}
	for _, c := range []*client{ann, tabs[1]} {
		if frames := c.heard(); len(frames) > 0 {
			t.Errorf("heard %+v", frames)
		}
	}
}

func TestMembersOfADeadGatewayAreGoneOnce(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	ann, bob := one.client(), two.client()
	ann.subscribes("presence-room", `{"user_id":"ann"}`)
	bob.subscribes("presence-room", `{"user_id":"bob"}`)
	ann.hears("pusher_internal:member_added")
	two.crash()
	a.sessions.Channels.Lapse(appID, two.reports.gateway)
	if f := ann.next(); f.Event != "pusher_internal:member_removed" || f.text() != `{"user_id":"bob"}` {
		t.Errorf("heard %+v", f)
	}
	one.members("presence-room", `{"users":[{"id":"ann"}]}`)
	if frames := ann.heard(); len(frames) > 0 {
		t.Errorf("heard %+v", frames)
	}
}

func TestStateThatWasLostIsReportedAnewAndNobodyIsTold(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	ann, bob := one.client(), two.client()
	ann.subscribes("presence-room", `{"user_id":"ann"}`)
	bob.subscribes("presence-room", `{"user_id":"bob"}`)
	ann.hears("pusher_internal:member_added")
	a.sessions.Channels.Forget()
	one.members("presence-room", `{"users":[{"id":"ann"},{"id":"bob"}]}`)
	for _, c := range []*client{ann, bob} {
		if frames := c.heard(); len(frames) > 0 {
			t.Errorf("heard %+v", frames)
		}
	}
	a.sessions.Channels.Settled.Store(true)
	_ = bob.ws.Close()
	if f := ann.next(); f.Event != "pusher_internal:member_removed" {
		t.Errorf("heard %+v", f)
	}
}

func TestAnnouncementThatWasMissedIsMadeUpFor(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	ann := one.client()
	ann.subscribes("presence-room", `{"user_id":"ann"}`)
	a.sessions.Channels.Mute.Store(true)
	bob := two.client()
	bob.subscribes("presence-room", `{"user_id":"bob"}`)
	a.sessions.Channels.Mute.Store(false)
	two.client().subscribes("presence-room", `{"user_id":"cid"}`) // its announcement does not join on
	seen := map[string]bool{}
	for len(seen) < 2 {
		if f := ann.hears("pusher_internal:member_added"); seen[f.text()] {
			t.Errorf("twice: %s", f.text())
		} else {
			seen[f.text()] = true
		}
	}
	if frames := ann.heard(); len(frames) > 0 {
		t.Errorf("heard %+v", frames)
	}
}

func TestAnnouncementThatOvertakesTheAnswerIsNotForgotten(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	overtaken := make(chan struct{})
	var first atomic.Bool
	a.sessions.Channels.Answering(func(channel string) {
		if first.CompareAndSwap(false, true) { // ann is in, and her gateway has not been answered
			two.client().subscribes(channel, `{"user_id":"bob"}`)
			bustest.Until(t, "the announcement is here", func() bool { return one.awaits("presence-room") })
			close(overtaken)
		}
	})
	ann := one.client()
	in := ann.subscribes("presence-room", `{"user_id":"ann"}`)
	<-overtaken
	if strings.Contains(in.text(), `"bob"`) { // it was looked up before she was told
		return
	}
	if f := ann.hears("pusher_internal:member_added"); f.text() != `{"user_id":"bob","user_info":null}` {
		t.Errorf("heard %s", f.text())
	}
}

// awaits tells whether something was announced of a channel of which nothing is known yet.
func (g *gateway) awaits(channel string) bool {
	r := g.rooms.find(channel)
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.presence.known && r.presence.heard > 0
}

func TestWhoMayNotJoinAPresenceChannelIsTold(t *testing.T) {
	t.Parallel()
	config := all
	config.MaxMembers = 2
	a := newApp(t, config)
	one, two := a.gateway(), a.gateway()
	c := one.client()
	for _, data := range []string{
		`{}`, `[]`, `"x"`, `null`, `{"user_id":""}`, `{"user_id":null}`, `{"user_id":{}}`, `{"user_id":true}`, `nonsense`,
		`{"user_id":"` + strings.Repeat("x", maxUserID+1) + `"}`, `{"user_id":"x","user_info":"` + strings.Repeat("x", 1024) + `"}`,
	} {
		c.asks("presence-room", data)
		c.hears("pusher:subscription_error")
	}
	c.asks("presence-room")
	c.hears("pusher:subscription_error")
	if _, answer := one.call("GET", "channels/presence-room", "info=user_count", ""); answer != `{"occupied":false,"user_count":0}` {
		t.Errorf("occupied by who was refused: %s", answer)
	}
	one.client().subscribes("presence-room", `{"user_id":"a"}`)
	two.client().subscribes("presence-room", `{"user_id":"b"}`)
	c.asks("presence-room", `{"user_id":"c"}`)
	if f := c.hears("pusher:subscription_error"); !strings.Contains(string(f.Data), limitReached) {
		t.Errorf("one too many: %s", f.Data)
	}
	c.subscribes("presence-room", `{"user_id":"b"}`) // who is in has as many tabs as he wants
	one.members("presence-room", `{"users":[{"id":"a"},{"id":"b"}]}`)
}

func TestPresenceNeedsTheSessionsServiceAndNothingElseDoes(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	g := a.gateway()
	a.sessions.Away.Store(true)
	c := g.client()
	c.subscribes("orders")
	c.subscribes("private-orders")
	g.triggers("paid", "1", "orders")
	c.hears("paid")
	if status, answer := g.call("GET", "channels", "", ""); status != 503 {
		t.Errorf("%d %s", status, answer)
	}
	c.asks("presence-room", `{"user_id":"ann"}`)
	a.sessions.Away.Store(false)
	c.hears("pusher_internal:subscription_succeeded")
	bustest.Until(t, "everything is known", func() bool {
		_, answer := g.call("GET", "channels", "", "")
		return answer == `{"channels":{"orders":{},"presence-room":{},"private-orders":{}}}`
	})
}
