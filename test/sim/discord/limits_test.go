package discord_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestEveryAnswerTellsOfItsBucketAndA429OfItsWait(t *testing.T) {
	b := start(t, discord.Options{})
	thread := b.post("Ana", "hello")
	path := "/channels/" + thread + "/messages"
	bucket := ""
	for i := range 5 {
		r := b.call("POST", path, fields{"content": "x"})
		if r.Status != 200 || r.Header.Get("X-RateLimit-Limit") != "5" || r.Header.Get("X-RateLimit-Remaining") != strconv.Itoa(4-i) ||
			r.Header.Get("X-RateLimit-Reset-After") != "5.000" || r.Header.Get("X-RateLimit-Reset") != "1795000005.000" {
			t.Fatalf("call %d: %d %v", i, r.Status, r.Header)
		}
		if bucket = r.Header.Get("X-RateLimit-Bucket"); len(bucket) != 32 {
			t.Fatalf("bucket %q", bucket)
		}
	}
	b.sim.Clock().Advance(1500 * time.Millisecond)
	r := b.call("POST", path, fields{"content": "x"})
	if r.Status != 429 || r.RetryAfter != 3.5 || r.Global || r.Message != "You are being rate limited." || r.Header.Get("Retry-After") != "4" ||
		r.Header.Get("X-RateLimit-Scope") != "user" || r.Header.Get("X-RateLimit-Remaining") != "0" || r.Header.Get("X-RateLimit-Bucket") != bucket {
		t.Fatalf("%d %s %v", r.Status, r.Body, r.Header)
	}
	other := b.post("Ben", "hello")
	if r := b.call("POST", "/channels/"+other+"/messages", fields{"content": "x"}); r.Status != 200 || r.Header.Get("X-RateLimit-Bucket") != bucket {
		t.Fatalf("another channel: %d %v", r.Status, r.Header)
	}
	b.sim.Clock().Advance(3500 * time.Millisecond)
	b.send(thread, "x")
	if l := b.sim.Limits(); l.Denied != 1 || l.Violations != 0 || l.Buckets["create "+thread].Peak != 5 {
		t.Fatalf("limits: %+v", l)
	}
}

func TestCallInsideARetryAfterIsAViolation(t *testing.T) {
	b := start(t, discord.Options{Budget: discord.Budget{Global: discord.Rate{Limit: 1_000_000, Per: time.Second}}})
	thread := b.post("Ana", "hello")
	path := "/channels/" + thread + "/messages"
	for range 6 {
		b.call("POST", path, fields{"content": "x"})
	}
	violated := func() int { return b.sim.Limits().Violations }
	for ctx := deadline(t); violated() == 0 && ctx.Err() == nil; { // one that was under way is none, so it takes some milliseconds
		b.call("POST", path, fields{"content": "x"})
	}
	if violated() == 0 || b.sim.Limits().Buckets["create "+thread].Violations == 0 {
		t.Fatalf("limits: %+v", b.sim.Limits())
	}
}

func TestEachKindOfCallHasItsLimit(t *testing.T) {
	for name, c := range map[string]struct {
		method, path string
		body         any
		free         int
		scope        string
	}{
		"edit":     {"PATCH", "/channels/{thread}/messages/{thread}", fields{"content": "y"}, 5, "user"},
		"delete":   {"DELETE", "/channels/{thread}/messages/1440000000000000044", nil, 5, "user"},
		"reaction": {"PUT", "/channels/{thread}/messages/{thread}/reactions/%F0%9F%91%80/@me", nil, 1, "user"},
		"typing":   {"POST", "/channels/{thread}/typing", nil, 5, "user"},
		"thread":   {"POST", "/channels/{home}/threads", fields{"name": "n", "message": fields{"content": "x"}}, 4, "shared"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, discord.Options{})
			thread := b.post("Ana", "hello")
			path := expand(c.path, map[string]string{"thread": thread, "home": b.sim.ChannelID()})
			for i := range c.free {
				if r := b.call(c.method, path, c.body); r.Status == 429 {
					t.Fatalf("call %d: %s", i, r.Body)
				}
			}
			r := b.call(c.method, path, c.body)
			if r.Status != 429 || r.Header.Get("X-RateLimit-Scope") != c.scope {
				t.Fatalf("%d %v %s", r.Status, r.Header, r.Body)
			}
			wait, err := strconv.ParseFloat(r.Header.Get("X-RateLimit-Reset-After"), 64)
			must(t, err)
			b.sim.Clock().Advance(time.Duration(wait * float64(time.Second)))
			if r := b.call(c.method, path, c.body); r.Status == 429 {
				t.Fatalf("after the wait: %s", r.Body)
			}
		})
	}
}

func TestRenamesAreLimitedWithoutAHint(t *testing.T) {
	b := start(t, discord.Options{})
	thread := b.post("Ana", "hello")
	for _, name := range []string{"one", "two"} {
		if r := b.call("PATCH", "/channels/"+thread, fields{"name": name}); r.Status != 200 || r.Header.Get("X-RateLimit-Remaining") < "2" {
			t.Fatalf("%d %v", r.Status, r.Header)
		}
	}
	r := b.call("PATCH", "/channels/"+thread, fields{"name": "three"})
	if r.Status != 429 || r.RetryAfter != 600 || r.Header.Get("X-RateLimit-Remaining") == "0" {
		t.Fatalf("%d %s %v", r.Status, r.Body, r.Header)
	}
	b.ok("PATCH", "/channels/"+thread, fields{"archived": true}, nil)
	b.ok("PATCH", "/channels/"+thread, fields{"archived": false, "name": "two"}, nil) // the same name is no rename
}

func TestEditsOfOldMessagesAreLimitedFurther(t *testing.T) {
	b := start(t, discord.Options{Budget: discord.Budget{OldEdit: discord.Rate{Limit: 1, Per: time.Hour}}})
	thread := b.post("Ana", "hello")
	b.sim.Clock().Advance(2 * time.Hour)
	path := "/channels/" + thread + "/messages/" + thread
	b.ok("PATCH", path, fields{"content": "1"}, nil)
	b.refused("PATCH", path, fields{"content": "2"}, 429, 30046)
}

func TestGlobalLimitSparesAnswersToInteractions(t *testing.T) {
	b := start(t, discord.Options{Budget: discord.Budget{Other: discord.Rate{Limit: 100, Per: time.Second}}})
	for range 50 {
		b.ok("GET", "/users/@me", nil, nil)
	}
	r := b.call("GET", "/gateway", nil)
	if r.Status != 429 || !r.Global || r.Header.Get("X-RateLimit-Global") != "true" || r.Header.Get("X-RateLimit-Scope") != "global" {
		t.Fatalf("%d %s %v", r.Status, r.Body, r.Header)
	}
	b.refused("POST", "/interactions/1440000000000000001/token/callback", fields{"type": 6}, 404, 10062)
	b.sim.Clock().Advance(time.Second)
	b.ok("GET", "/gateway", nil, nil)
}

func TestTooManyInvalidCallsBlockTheAddress(t *testing.T) {
	b := start(t, discord.Options{Budget: discord.Budget{Invalid: discord.Rate{Limit: 3, Per: 10 * time.Minute}}})
	thread := b.post("Ana", "hello")
	for range 5 { // shared 429s do not count
		b.post("x", "x")
		b.sim.Clock().Advance(time.Minute)
	}
	must(t, b.sim.SetRight("SEND_MESSAGES_IN_THREADS", false))
	for range 4 {
		b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x"}, 403, 50013)
	}
	r := b.call("GET", "/users/@me", nil)
	if r.Status != http.StatusTooManyRequests || !strings.Contains(string(r.Body), "<html>") || r.Header.Get("Content-Type") != "text/html; charset=UTF-8" {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if !b.sim.Limits().Blocked {
		t.Fatal("not blocked")
	}
	b.sim.Clock().Advance(10 * time.Minute)
	b.ok("GET", "/users/@me", nil, nil)
}

func TestLimitsCanBeSwitchedOffAndStillCount(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	for range 20 {
		b.send(thread, "x")
	}
	if l := b.sim.Limits(); l.Denied != 0 || l.Buckets["create "+thread].Peak != 20 {
		t.Fatalf("limits: %+v", l)
	}
	b.sim.SetBudget(discord.Budget{Create: discord.Rate{Limit: 1, Per: time.Second}})
	b.send(thread, "x")
	b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x"}, 429, 0)
}
