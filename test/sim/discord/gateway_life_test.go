package discord_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestWrongIdentifiesAreClosedWithTheirCode(t *testing.T) {
	b := unlimited(t)
	must(t, b.sim.SetIntent("MESSAGE_CONTENT", false))
	token := b.sim.Token()
	sharded := identity(token, 1)
	sharded["shard"] = []int{1, 1}
	without := identity(token, 1)
	delete(without, "intents")
	for name, c := range map[string]struct {
		op   int
		data any
		code int
	}{
		"token":             {2, identity("wrong", 1), 4004},
		"shard":             {2, sharded, 4010},
		"intents":           {2, identity(token, 1<<30), 4013},
		"no intents":        {2, without, 4013},
		"disallowed intent": {2, identity(token, intents), 4014},
		"no object":         {2, "x", 4002},
		"not identified":    {3, fields{}, 4003},
		"unknown op":        {99, nil, 4001},
		"resume's token":    {6, fields{"token": "wrong", "session_id": "x", "seq": 1}, 4004},
		"too long":          {1, strings.Repeat("x", 4096), 4002},
	} {
		t.Run(name, func(t *testing.T) {
			c2 := b.dial(b.sim.GatewayURL())
			c2.send(c.op, c.data)
			if code := c2.closedWith(); code != c.code {
				t.Fatalf("closed with %d, want %d", code, c.code)
			}
		})
	}
	if code := b.open(b.sim.GatewayURL() + "?v=9&encoding=json").closedWith(); code != 4012 {
		t.Fatalf("version 9 closed with %d", code)
	}
	c, _ := b.identify(1)
	c.send(2, identity(token, 1))
	if code := c.closedWith(); code != 4005 {
		t.Fatalf("a second identify closed with %d", code)
	}
}

func TestWithoutMessageContentOthersTextsAreBlank(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	c, _ := b.identify(intents &^ (1 << 15))
	ctx := deadline(t)
	_, err := b.sim.Say(ctx, thread, "secret", discord.WithFile("a", "text/plain", []byte("x")))
	must(t, err)
	_, err = b.sim.Say(ctx, thread, "for <@"+b.sim.ApplicationID()+">")
	must(t, err)
	b.send(thread, "own")
	for _, want := range []string{"", "for <@" + b.sim.ApplicationID() + ">", "own"} {
		var m message
		if c.event("MESSAGE_CREATE", &m); m.Content != want || want == "" && len(m.Attachments) != 0 {
			t.Fatalf("heard %+v, want %q", m, want)
		}
	}
	var read []message
	b.ok("GET", "/channels/"+thread+"/messages?limit=3", nil, &read)
	if read[2].Content != "secret" {
		t.Fatalf("while the portal allows it REST shows it: %+v", read[2])
	}
	must(t, b.sim.SetIntent("MESSAGE_CONTENT", false))
	b.ok("GET", "/channels/"+thread+"/messages?limit=3", nil, &read)
	if read[2].Content != "" || read[0].Content != "own" {
		t.Fatalf("history: %+v", read)
	}
}

func TestSessionsHearOnlyWhatTheyAskedFor(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	c, _ := b.identify(1 << 9)
	ctx := deadline(t)
	must(t, b.sim.Typing(ctx, thread))
	must(t, b.sim.React(ctx, thread, "👍"))
	must(t, b.sim.LockThread(ctx, thread))
	_, err := b.sim.Say(ctx, thread, "y")
	must(t, err)
	if p := c.next(); p.Type != "MESSAGE_CREATE" || p.Seq != 2 {
		t.Fatalf("heard %+v", p)
	}
}

func TestStartsAreLimited(t *testing.T) {
	b := start(t, discord.Options{Budget: discord.Budget{Starts: discord.Rate{Limit: 2, Per: 24 * time.Hour}}})
	b.identify(1)
	second := b.dial(b.sim.GatewayURL())
	second.send(2, identity(b.sim.Token(), 1))
	if p := second.next(); p.Op != 9 || string(p.Data) != "false" {
		t.Fatalf("a second start within 5 s: %+v", p)
	}
	var limit struct {
		Limit struct{ Remaining, Total, MaxConcurrency int } `json:"session_start_limit"`
	}
	b.ok("GET", "/gateway/bot", nil, &limit)
	if limit.Limit.Total != 2 || limit.Limit.Remaining != 0 {
		t.Fatalf("limit: %+v", limit)
	}
	b.sim.Clock().Advance(6 * time.Second)
	third := b.dial(b.sim.GatewayURL())
	third.send(2, identity(b.sim.Token(), 1))
	if code := third.closedWith(); code != 4004 {
		t.Fatalf("closed with %d", code)
	}
	b.refused("GET", "/users/@me", nil, 401, 0) // the token was reset
}

func TestHundredTwentyPayloadsAMinute(t *testing.T) {
	b := start(t, discord.Options{})
	c, _ := b.identify(1)
	for range 120 {
		c.send(1, nil)
	}
	if code := c.closedWith(); code != 4008 {
		t.Fatalf("closed with %d", code)
	}
}

func TestHeartbeatsAreAnsweredUnlessZombie(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	c.send(1, c.seq)
	if p := c.next(); p.Op != 11 {
		t.Fatalf("answered %+v", p)
	}
	b.sim.AskHeartbeat()
	if p := c.next(); p.Op != 1 {
		t.Fatalf("asked %+v", p)
	}
	b.sim.StopAcks(true)
	c.send(1, c.seq)
	thread := b.post("Ana", "x")
	for _, want := range []string{"THREAD_CREATE", "MESSAGE_CREATE"} {
		if p := c.next(); p.Type != want {
			t.Fatalf("%+v came, want %s and no ack", p, want)
		}
	}
	b.sim.StopAcks(false)
	c.send(1, c.seq)
	if p := c.next(); p.Op != 11 {
		t.Fatalf("answered %+v in %s", p, thread)
	}
}

func TestSilentClientIsTimedOut(t *testing.T) {
	b := start(t, discord.Options{Heartbeat: 20 * time.Millisecond, Clock: clock.Real()})
	c := b.open(b.sim.GatewayURL() + "?v=10&encoding=json")
	if code := c.closedWith(); code != 4009 {
		t.Fatalf("closed with %d", code)
	}
}
