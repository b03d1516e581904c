package pusher

import (
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

// leaves asks to be taken out of a channel.
func (c *client) leaves(channel string) {
	c.Helper()
	c.send(string(encode(map[string]any{"event": "pusher:unsubscribe", "data": map[string]string{"channel": channel}})))
}

// nobodyWaits waits until that is so, and no channel is left but these.
func (g *gateway) nobodyWaits(channels int) {
	g.Helper()
	bustest.Until(g.TB, "nobody waits", func() bool {
		g.lobby.mu.Lock()
		defer g.lobby.mu.Unlock()
		return g.lobby.all == 0 && len(g.lobby.of) == 0 && g.rooms.len() == channels
	})
}

func TestJoinThatWaitsHoldsNothingUp(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	g := a.gateway()
	a.sessions.Away.Store(true)
	c, other := g.client(), g.client()
	begun := time.Now()
	c.asks("presence-room", `{"user_id":"ann"}`)
	c.asks("presence-other", `{"user_id":"ann"}`)
	if frames := c.heard(); len(frames) > 0 { // until the pong
		t.Errorf("heard %+v", frames)
	}
	c.subscribes("private-orders")
	other.subscribes("private-orders")
	g.triggers("paid", "1", "private-orders")
	c.hears("paid")
	c.send(`{"event":"client-x","channel":"presence-room","data":{}}`)
	if f := c.hears("pusher:error"); !strings.Contains(string(f.Data), "not subscribed") {
		t.Errorf("an event from who is not in: %s", f.Data)
	}
	c.send(`{"event":"client-x","channel":"private-orders","data":{}}`)
	other.hears("client-x")
	c.leaves("presence-room")
	c.asks("presence-room", `{"user_id":"bob"}`)
	c.asks("presence-room", `{"user_id":"cid"}`)
	if f := c.hears("pusher:error"); !strings.Contains(string(f.Data), "already subscribed") {
		t.Errorf("asked twice: %s", f.Data)
	}
	c.leaves("presence-other")
	if took := time.Since(begun); took > admitTimeout/2 {
		t.Errorf("it took %v", took)
	}
	a.sessions.Away.Store(false)
	if f := c.hears("pusher_internal:subscription_succeeded"); f.Channel != "presence-room" || !strings.Contains(f.text(), `"ids":["bob"]`) {
		t.Errorf("let in: %+v", f)
	}
	g.members("presence-room", `{"users":[{"id":"bob"}]}`)
	g.nobodyWaits(2)
	if frames := c.heard(); len(frames) > 0 {
		t.Errorf("heard %+v", frames)
	}
}

func TestSocketThatEndsWhileItWaitsLeavesNothing(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	g := a.gateway()
	a.sessions.Away.Store(true)
	c := g.client()
	c.asks("presence-room", `{"user_id":"ann"}`)
	c.asks("presence-cache-room", `{"user_id":"ann"}`)
	c.heard()
	_ = c.ws.Close()
	bustest.Until(t, "it has left", func() bool { return g.open.Load() == 0 })
	a.sessions.Away.Store(false)
	g.nobodyWaits(0)
}

func TestWhoCannotBeLetInIsToldWhenHisTimeIsOver(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	g := a.gateway()
	a.sessions.Away.Store(true)
	c := g.client()
	c.asks("presence-room", `{"user_id":"ann"}`)
	if f := c.hears("pusher:subscription_error"); !strings.Contains(string(f.Data), "503") || f.Channel != "presence-room" {
		t.Errorf("heard %s", f.Data)
	}
	a.sessions.Away.Store(false)
	g.nobodyWaits(0)
	c.subscribes("presence-room", `{"user_id":"ann"}`)
}

func TestWhoWaitsForALastEventHoldsNothingUpAndHearsItFirst(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	g.lobby.errands = errandsMost // nobody asks
	g.triggers("set", "1", "cache-price")
	c := g.client()
	c.asks("cache-price")
	c.asks("cache-left")
	c.subscribes("orders")
	c.leaves("cache-left")
	g.triggers("set", "2", "cache-price")
	g.triggers("paid", "1", "orders")
	if f := c.hears("paid"); f.Channel != "orders" {
		t.Errorf("heard %+v", f)
	}
	g.lobby.mu.Lock()
	g.lobby.errands = 0
	g.lobby.mu.Unlock()
	g.client().subscribes("cache-other") // has it begin
	if f := c.hears("pusher_internal:subscription_succeeded"); f.Channel != "cache-price" {
		t.Errorf("let in: %+v", f)
	}
	if f := c.next(); f.text() != "2" {
		t.Errorf("heard %+v", f)
	}
	if frames := c.heard(); len(frames) > 0 {
		t.Errorf("heard %+v", frames)
	}
	g.nobodyWaits(3)
}

func TestOnlySoManyMayWait(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	g := a.gateway()
	a.sessions.Away.Store(true)
	c := g.client()
	c.asks("presence-room", `{"user_id":"ann"}`)
	c.heard()
	count := func(set func(l *lobby, of *conn)) {
		g.lobby.mu.Lock()
		defer g.lobby.mu.Unlock()
		for of := range g.lobby.of {
			set(&g.lobby, of)
		}
	}
	for _, bound := range []struct {
		more func(*lobby, *conn, int)
		by   int
		says string
	}{
		{func(l *lobby, of *conn, n int) { l.of[of] += n }, waitMost - 1, "of this connection wait already"},
		{func(l *lobby, _ *conn, n int) { l.all += n }, waitAll - 1, "too many wait"},
	} {
		count(func(l *lobby, of *conn) { bound.more(l, of, bound.by) })
		c.asks("presence-other", `{"user_id":"ann"}`)
		if f := c.hears("pusher:subscription_error"); !strings.Contains(string(f.Data), bound.says) {
			t.Errorf("heard %s", f.Data)
		}
		c.hears("pusher:error")
		c.subscribes("orders-" + bound.says[:2]) // who need not wait may come in
		count(func(l *lobby, of *conn) { bound.more(l, of, -bound.by) })
	}
	a.sessions.Away.Store(false)
	c.hears("pusher_internal:subscription_succeeded")
}

func TestWhoSignsInIsNotHeldUpByThoseThatHeWatches(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	g.lobby.errands = errandsMost // nobody asks
	c, gone := g.client(), g.client()
	for _, w := range []*client{gone, c} {
		w.signsIn(`{"id":"w","watchlist":["b"]}`)
		w.hears("pusher:signin_success")
		w.heard()
	}
	_ = gone.ws.Close()
	bustest.Until(t, "it has left", func() bool { return g.open.Load() == 1 })
	g.lobby.mu.Lock()
	g.lobby.errands = 0
	g.lobby.mu.Unlock()
	g.client().subscribes("cache-other") // has it begin
	c.hears("pusher_internal:watchlist_events")
	g.watched.mu.Lock()
	defer g.watched.mu.Unlock()
	if watchers := len(g.watched.by["b"]); watchers != 1 {
		t.Errorf("%d watch", watchers)
	}
}
