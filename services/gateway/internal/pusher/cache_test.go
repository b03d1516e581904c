package pusher

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

func TestCacheKeepsWhatBackendsTriggerAndNothingElse(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	for _, channel := range []string{"cache-x", "private-cache-x", "private-encrypted-cache-x", "presence-cache-x"} {
		first, sender := g.client(), g.client()
		joins := func(c *client, user string) (events []string) {
			t.Helper()
			if kindOf(channel).presence {
				c.asks(channel, `{"user_id":"`+user+`"}`)
			} else {
				c.asks(channel)
			}
			for {
				f := c.next()
				if f.Event == "pusher_internal:subscription_count" {
					continue
				}
				if f.Channel != channel {
					t.Errorf("%s: %+v", channel, f)
				}
				if events = append(events, f.Event+" "+f.text()); len(events) == 2 {
					return events
				}
			}
		}
		if events := joins(first, "a"); events[1] != "pusher:cache_miss {}" {
			t.Errorf("%s: %q", channel, events)
		}
		joins(sender, "b")
		if kindOf(channel).guarded() { // what a client says is not kept
			sender.send(`{"event":"client-x","channel":"` + channel + `","data":"said"}`)
			first.hears("client-x")
			if events := joins(g.client(), "c"); events[1] != "pusher:cache_miss {}" {
				t.Errorf("%s after a client's event: %q", channel, events)
			}
		}
		body := `{"batch":[{"name":"set","data":"{\"n\": 1.0}","channel":"` + channel + `","socket_id":"` + sender.id + `"}]}`
		if status, answer := g.call("POST", "batch_events", "", body); status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
		first.hears("set")
		// Those who are in come first, then the event, also to who was not to hear it live.
		sender.send(`{"event":"pusher:unsubscribe","data":{"channel":"` + channel + `"}}`)
		sender.heard()
		if events := joins(sender, "b"); events[0][:len(succeeded)] != succeeded || events[1] != `set {"n": 1.0}` {
			t.Errorf("%s: %q", channel, events)
		}
		// It outlives the subscribers.
		_, _ = first.ws.Close(), sender.ws.Close()
		if events := joins(g.client(), "d"); events[1] != `set {"n": 1.0}` {
			t.Errorf("%s: %q", channel, events)
		}
	}
}

func TestWhoCannotBeShownTheLastEventIsToFindOutHowThingsStand(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	away := bustest.New(t)
	cache, err := away.OpenCache(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	away.Close()
	g.Cache = cache
	c := g.client()
	c.subscribes("cache-x")
	c.hears("pusher:cache_miss")
}
