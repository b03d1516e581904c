package pusher

import "testing"

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
	leaves.leaves("presence-room")
	closes.asks("presence-room", `{"user_id":"closes"}`)
	_ = closes.ws.Close()
	g.guestIs("presence-room", "leaves", gone)
	release()
	g.members("presence-room", `{"users":[]}`)
	if frames := leaves.heard(); len(frames) > 0 {
		t.Errorf("heard %+v", frames)
	}
	a.sessions.Channels.Answering(nil)
	leaves.subscribes("presence-room", `{"user_id":"leaves"}`)
	g.members("presence-room", `{"users":[{"id":"leaves"}]}`)
}
