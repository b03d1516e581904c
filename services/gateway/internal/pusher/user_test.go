package pusher

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

func TestUserIsReachedWhereverHeIsSignedIn(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	data := `{"id": "42", "user_info": {"name": "Ann"}}`
	tabs := []*client{one.client(), two.client()}
	for _, tab := range tabs {
		tab.signsIn(data)
		if f := tab.hears("pusher:signin_success"); f.text() != string(encode(map[string]string{"user_data": data})) {
			t.Errorf("signed in: %s", f.text())
		}
		tab.subscribes(userPrefix + "42")
	}
	stranger := one.client()
	stranger.signsIn(`{"id":"43"}`)
	stranger.hears("pusher:signin_success")
	stranger.asks(userPrefix + "42")
	stranger.hears("pusher:subscription_error")
	stranger.hears("pusher:error")
	one.triggers("hello", "you", userPrefix+"42")
	one.triggers("hello", "nobody", userPrefix+"44")
	for _, tab := range tabs {
		if f := tab.hears("hello"); f.text() != "you" || f.Channel != userPrefix+"42" {
			t.Errorf("heard %+v", f)
		}
	}
	tabs[0].subscribes("presence-room") // who has signed in needs no channel data
	if _, answer := two.call("GET", "channels", "", ""); answer != `{"channels":{"presence-room":{}}}` {
		t.Errorf("listed %s", answer)
	}
	if status, answer := two.call("POST", "users/42/terminate_connections", "", "{}"); status != 200 || answer != "{}" {
		t.Errorf("%d %s", status, answer)
	}
	for _, tab := range tabs {
		if code := tab.closed(); code != codeUnauthorized {
			t.Errorf("closed with %d", code)
		}
	}
	if frames := stranger.heard(); len(frames) > 0 {
		t.Errorf("another user heard %+v", frames)
	}
	if status, _ := two.call("POST", "users/nobody/terminate_connections", "", "{}"); status != 200 {
		t.Errorf("of nobody: %d", status)
	}
}

func TestSignInThatIsWrongLeavesTheSocketAsItWas(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	c := g.client()
	for _, data := range []string{``, `{}`, `{"id":7}`, `{"id":""}`, `{"id":"a b"}`, `[]`, `null`, `{"id":"x","watchlist":"y"}`} {
		c.signsIn(data)
		if f := c.next(); f.Event != "pusher:error" {
			t.Errorf("%s: %+v", data, f)
		}
	}
	c.send(`{"event":"pusher:signin","data":{"auth":"` + appKey + `:00","user_data":"{\"id\":\"1\"}"}}`)
	if f := c.next(); f.Event != "pusher:error" || !strings.Contains(string(f.Data), c.id+"::user::") {
		t.Errorf("a wrong signature: %+v", f)
	}
	c.signsIn(`{"id":"1"}`)
	c.hears("pusher:signin_success")
	c.signsIn(`{"id":"1"}`)
	c.hears("pusher:signin_success")
	c.signsIn(`{"id":"2"}`)
	c.hears("pusher:error")
	c.subscribes(userPrefix + "1")
}

func TestWatchlistTellsWhoIsOnlineAndWhenThatChanges(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	b := two.client()
	b.signsIn(`{"id":"b"}`)
	b.hears("pusher:signin_success")
	watcher := one.client()
	bustest.Until(t, "b is known to be online", func() bool {
		now, f := one.look(t.Context(), []string{userPrefix + "b"}, false)
		return f == nil && now[0].GetSockets() == 1
	})
	watcher.signsIn(`{"id":"w","watchlist":["b","c","b"]}`)
	watcher.hears("pusher:signin_success")
	wants := func(want string) {
		t.Helper()
		if f := watcher.next(); f.Event != "pusher_internal:watchlist_events" || f.text() != `{"events":[`+want+`]}` || f.Channel != "" {
			t.Errorf("heard %+v, want %s", f, want)
		}
	}
	wants(`{"name":"online","user_ids":["b"]},{"name":"offline","user_ids":["c"]}`)
	c, tab := two.client(), one.client()
	c.signsIn(`{"id":"c"}`)
	wants(`{"name":"online","user_ids":["c"]}`)
	tab.signsIn(`{"id":"c"}`) // a second tab is nothing new
	tab.hears("pusher:signin_success")
	bustest.Until(t, "both are known", func() bool {
		now, f := one.look(t.Context(), []string{userPrefix + "c"}, false)
		return f == nil && now[0].GetSockets() == 2
	})
	_ = c.ws.Close()
	_ = tab.ws.Close()
	wants(`{"name":"offline","user_ids":["c"]}`)
	many := make([]string, maxWatched+1)
	for i := range many {
		many[i] = fmt.Sprintf("user-%d", i)
	}
	long := one.client()
	long.signsIn(string(encode(map[string]any{"id": "l", "watchlist": many})))
	long.hears("pusher:signin_success")
	if f := long.hears("pusher:error"); !strings.Contains(string(f.Data), "4302") {
		t.Errorf("%s", f.Data)
	}
	if f := long.hears("pusher_internal:watchlist_events"); strings.Contains(f.text(), "user-100") || !strings.Contains(f.text(), "user-99") {
		t.Errorf("%s", f.text())
	}
}

func TestNobodyIsSaidToBeOfflineByAStateThatWasLost(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	b := two.client()
	b.signsIn(`{"id":"b"}`)
	bustest.Until(t, "b is known to be online", func() bool {
		now, f := one.look(t.Context(), []string{userPrefix + "b"}, false)
		return f == nil && now[0].GetSockets() == 1
	})
	watcher := one.client()
	watcher.signsIn(`{"id":"w","watchlist":["b"]}`)
	watcher.hears("pusher_internal:watchlist_events")
	a.sessions.Channels.Forget()
	one.watched.look(t.Context(), one.Server, []string{"b"})
	if frames := watcher.heard(); len(frames) > 0 {
		t.Errorf("heard %+v", frames)
	}
	bustest.Until(t, "b is known again", func() bool {
		now, f := one.look(t.Context(), []string{userPrefix + "b"}, false)
		return f == nil && now[0].GetSockets() == 1
	})
	a.sessions.Channels.Settled.Store(true)
	_ = b.ws.Close()
	if f := watcher.hears("pusher_internal:watchlist_events"); f.text() != `{"events":[{"name":"offline","user_ids":["b"]}]}` {
		t.Errorf("heard %s", f.text())
	}
}

func TestWhoIsOfflineBeforeAnythingIsKnownIsNotSaidToBeTwice(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	g := a.gateway()
	a.sessions.Channels.Forget() // who is not there may only not have been reported
	watcher := g.client()
	watcher.signsIn(`{"id":"w","watchlist":["b"]}`)
	if f := watcher.hears("pusher_internal:watchlist_events"); f.text() != `{"events":[{"name":"offline","user_ids":["b"]}]}` {
		t.Errorf("heard %s", f.text())
	}
	a.sessions.Channels.Settled.Store(true)
	if err := g.reports.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.watched.look(t.Context(), g.Server, []string{"b"})
	if frames := watcher.heard(); len(frames) > 0 {
		t.Errorf("heard %+v", frames)
	}
}
