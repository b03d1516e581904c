package pusher

import (
	"strings"
	"testing"
)

// held has the answers to whoever joins a presence channel wait until the returned function is called. It is called for each that waits.
func (a *app) held() (waits <-chan string, release func()) {
	waiting, released := make(chan string, 10), make(chan struct{})
	a.sessions.Channels.Answering(func(channel string) {
		waiting <- channel
		<-released
	})
	return waiting, func() { close(released) }
}

func TestWhoLeavesWhileHeWaitsToComeInIsGone(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	a.leased = true
	g := a.gateway()
	waits, release := a.held()
	leaves, closes := g.client(), g.client()
	leaves.asks("presence-room", `{"user_id":"leaves"}`)
	<-waits
	leaves.send(`{"event":"pusher:unsubscribe","data":{"channel":"presence-room"}}`)
	closes.asks("presence-room", `{"user_id":"closes"}`)
	_ = closes.ws.Close()
	release()
	leaves.hears("pusher_internal:subscription_succeeded")
	g.members("presence-room", `{"users":[]}`)
	a.sessions.Channels.Answering(nil)
	leaves.subscribes("presence-room", `{"user_id":"leaves"}`)
	g.members("presence-room", `{"users":[{"id":"leaves"}]}`)
}

func TestPingOfWhoWaitsToComeInIsAnsweredAndAllElseHasItsTurn(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	a.leased = true
	g := a.gateway()
	waits, release := a.held()
	c := g.client()
	c.asks("presence-room", `{"user_id":"ann"}`)
	<-waits
	c.asks("private-x")
	c.asks("presence-room", `{"user_id":"ann"}`)
	c.send(`{"event":"client-x","channel":"private-x","data":{}}`)
	c.send(`{"event":"client-x","channel":"private-y","data":{}}`)
	for range 3 {
		if f := c.heard(); len(f) > 0 {
			t.Errorf("heard %+v", f)
		}
	}
	release()
	for _, want := range []string{succeeded + " presence-room", succeeded + " private-x", "pusher:error already subscribed", "pusher:error private-y"} {
		f := c.next()
		for f.Event == "pusher_internal:subscription_count" {
			f = c.next()
		}
		event, what, _ := strings.Cut(want, " ")
		if f.Event != event || !strings.Contains(f.Channel+string(f.Data), what) {
			t.Errorf("heard %s %s %s, want %s", f.Event, f.Channel, f.Data, want)
		}
	}
}
