package slack_test

import (
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func limited(t *testing.T, budget slack.Budget) *bot {
	return start(t, slack.Options{Budget: budget, ShareDelay: -1})
}

func TestChannelTakesFourPostsAtOnceAndThenOneASecond(t *testing.T) {
	b := limited(t, slack.Budget{})
	for range 4 {
		b.post("", "x")
	}
	r := b.call("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": "x"})
	if r.Status != 429 || r.Error != "ratelimited" || r.Header.Get("Retry-After") != "1" {
		t.Fatalf("answer: %d %s %s", r.Status, r.Header.Get("Retry-After"), r.Body)
	}
	other := b.sim.AddChannel("other", false, true)
	b.ok("chat.postMessage", fields{"channel": other.ID, "text": "another channel has its own"}, nil)
	b.sim.Clock().Advance(time.Second)
	b.post("", "x")
	if got := b.sim.Limits().Channels[b.sim.ChannelID()]; got.Calls != 5 || got.Denied != 1 || got.Peak != 4 {
		t.Fatalf("limits: %+v", got)
	}
}

func TestWorkspaceTakesThreeHundredPostsAMinute(t *testing.T) {
	b := limited(t, slack.Budget{ChannelRate: 1e6, ChannelBurst: 1e6, PostLimit: 10})
	for range 10 {
		b.post("", "x")
	}
	r := b.call("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": "x"})
	if r.Status != 429 || r.Header.Get("Retry-After") != "60" {
		t.Fatalf("answer: %d %s", r.Status, r.Header.Get("Retry-After"))
	}
	if got := slack.DefaultBudget().PostLimit; got != 300 {
		t.Fatalf("the default is %d", got)
	}
}

func TestTiersAreOfEachMethod(t *testing.T) {
	b := limited(t, slack.Budget{})
	ts := b.post("", "x")
	ch := b.sim.ChannelID()
	cases := []struct {
		method string
		limit  int
		args   fields
	}{
		{"reactions.remove", 22, fields{"channel": ch, "timestamp": ts, "name": "+1"}},
		{"chat.update", 55, fields{"channel": ch, "ts": ts, "text": "y"}},
		{"users.info", 110, fields{"user": "U0OLGA"}},
	}
	for _, c := range cases {
		for i := range c.limit {
			if r := b.call(c.method, c.args); r.Status == 429 {
				t.Fatalf("%s: refused at %d", c.method, i)
			}
		}
		r := b.call(c.method, c.args)
		if r.Status != 429 || r.Header.Get("Retry-After") != "60" {
			t.Fatalf("%s: %d %s", c.method, r.Status, r.Body)
		}
	}
	b.ok("conversations.info", fields{"channel": ch}, nil)
	b.sim.Clock().Advance(time.Minute)
	b.ok("chat.update", cases[1].args, nil)
}

func TestRequestInsideRetryAfterIsAViolation(t *testing.T) {
	b := limited(t, slack.Budget{ChannelBurst: 1})
	b.post("", "x")
	args := fields{"channel": b.sim.ChannelID(), "text": "x"}
	b.refused("chat.postMessage", args, "ratelimited")
	if got := b.sim.Limits().Violations; got != 0 {
		t.Fatalf("%d violations before anybody was told", got)
	}
	for b.sim.Limits().Violations == 0 { // a request inside the grace is none
		b.refused("chat.postMessage", args, "ratelimited")
	}
	requests := b.sim.Requests("chat.postMessage")
	if last := requests[len(requests)-1]; !last.Violation || !last.Denied {
		t.Fatalf("request: %+v", last)
	}
	b.sim.Clock().Advance(time.Second)
	b.post("", "x")
	if got := b.sim.Limits(); got.Violations != 1 || got.Denied != len(requests)-1 {
		t.Fatalf("limits: %+v", got)
	}
}

func TestBudgetOffRefusesNothingAndStillCounts(t *testing.T) {
	b := unlimited(t)
	for range 50 {
		b.post("", "x")
	}
	if got := b.sim.Limits().Channels[b.sim.ChannelID()]; got.Peak != 50 || got.Denied != 0 {
		t.Fatalf("limits: %+v", got)
	}
	b.sim.SetBudget(slack.Budget{})
	for range 4 {
		b.post("", "x")
	}
	b.refused("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": "x"}, "ratelimited")
}

func TestInjected429FreezesTheChannelOrTheWorkspace(t *testing.T) {
	b := limited(t, slack.Budget{})
	other := b.sim.AddChannel("other", false, true)
	here := fields{"channel": b.sim.ChannelID(), "text": "x"}
	there := fields{"channel": other.ID, "text": "x"}
	b.sim.Fault(slack.Fault{Method: "chat.postMessage", Times: 1, Status: 429, RetryAfter: 7 * time.Second})
	if r := b.refused("chat.postMessage", here, "ratelimited"); r.Header.Get("Retry-After") != "7" {
		t.Fatalf("Retry-After %s", r.Header.Get("Retry-After"))
	}
	b.refused("chat.postMessage", here, "ratelimited")
	b.ok("chat.postMessage", there, nil)
	b.sim.Clock().Advance(7 * time.Second)
	b.ok("chat.postMessage", here, nil)
	b.sim.Fault(slack.Fault{Method: "chat.postMessage", Times: 1, Status: 429, RetryAfter: 7 * time.Second, Scope: "workspace"})
	b.refused("chat.postMessage", here, "ratelimited")
	b.refused("chat.postMessage", there, "ratelimited")
}
