package discord_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
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

func TestHalfOpenConnectionSaysNothing(t *testing.T) {
	b := unlimited(t)
	c, r := b.identify(intents)
	seen := c.seq
	b.sim.HalfOpenGateway()
	c.send(1, seen)
	b.post("Ana", "x")
	must(t, c.ws.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	if _, data, err := c.ws.ReadMessage(); err == nil {
		t.Fatalf("heard %s", data)
	}
	again := b.resume(r, seen)
	again.event("THREAD_CREATE", nil)
	again.event("MESSAGE_CREATE", nil)
	again.event("RESUMED", nil)
	if s := b.sim.State().Sessions(); len(s) != 1 || !s[0].Connected {
		t.Fatalf("sessions: %+v", s)
	}
}

func TestLostSessionCannotBeResumed(t *testing.T) {
	cases := map[string]func(*bot, *client, ready) (client *client){
		"closed with 1000": func(b *bot, c *client, r ready) *client {
			must(b.t, c.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")))
			c.closedWith()
			b.wait(func(v discord.State) bool { return len(v.Sessions()) == 0 })
			return b.resume(r, c.seq)
		},
		"away for too long": func(b *bot, c *client, r ready) *client {
			b.sim.DropGateway()
			b.wait(func(v discord.State) bool { return !v.Connected() })
			b.sim.Clock().Advance(4 * time.Minute)
			return b.resume(r, c.seq)
		},
		"too much was missed": func(b *bot, c *client, r ready) *client {
			b.sim.DropGateway()
			b.wait(func(v discord.State) bool { return !v.Connected() })
			thread := b.post("Ana", "x")
			for range 30 {
				b.send(thread, "x")
			}
			return b.resume(r, c.seq)
		},
		"forgotten": func(b *bot, c *client, r ready) *client {
			b.sim.DropGateway()
			b.wait(func(v discord.State) bool { return !v.Connected() })
			b.sim.ForgetSessions()
			return b.resume(r, c.seq)
		},
	}
	for name, lose := range cases {
		t.Run(name, func(t *testing.T) {
			b := start(t, discord.Options{ResumeEvents: 10, Budget: discord.Budget{Off: true}})
			c, r := b.identify(intents)
			again := lose(b, c, r)
			if p := again.next(); p.Op != 9 || string(p.Data) != "false" {
				t.Fatalf("answered %+v", p)
			}
			again.send(2, identity(b.sim.Token(), intents))
			again.event("READY", nil)
		})
	}
}

func TestSequenceFromTheFutureIsInvalid(t *testing.T) {
	b := unlimited(t)
	c, r := b.identify(intents)
	b.sim.DropGateway()
	b.wait(func(v discord.State) bool { return !v.Connected() })
	if code := b.resume(r, c.seq+100).closedWith(); code != 4007 {
		t.Fatalf("closed with %d", code)
	}
}

func TestGatewayAsksForReconnectsAndInvalidates(t *testing.T) {
	b := unlimited(t)
	c, r := b.identify(intents)
	b.sim.AskReconnect()
	if p := c.next(); p.Op != 7 {
		t.Fatalf("heard %+v", p)
	}
	b.sim.InvalidateSession(true)
	if p := c.next(); p.Op != 9 || string(p.Data) != "true" {
		t.Fatalf("heard %+v", p)
	}
	again := b.resume(r, c.seq)
	again.event("RESUMED", nil)
	b.sim.InvalidateSession(false)
	if p := again.next(); p.Op != 9 || string(p.Data) != "false" {
		t.Fatalf("heard %+v", p)
	}
	if s := b.sim.State().Sessions(); len(s) != 0 {
		t.Fatalf("sessions: %+v", s)
	}
	again.send(2, identity(b.sim.Token(), intents))
	again.event("READY", nil)
	for code, left := range map[int]int{4000: 1, 4009: 0} {
		again, _ = b.identify(intents)
		b.wait(func(v discord.State) bool { return v.Connected() })
		b.sim.CloseGateway(code)
		if got := again.closedWith(); got != code {
			t.Fatalf("closed with %d, want %d", got, code)
		}
		b.wait(func(v discord.State) bool { return !v.Connected() })
		if got := len(b.sim.State().Sessions()); got < left || left == 0 && got != 0 {
			t.Fatalf("%d: %d sessions left", code, got)
		}
		b.sim.ForgetSessions()
	}
}

func TestEventsAreDuplicatedDelayedAndLostOnCommand(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	c, _ := b.identify(intents)
	twice := b.sim.DisturbDelivery(fault.Delivery{Kind: "MESSAGE_CREATE", Times: 1, Duplicate: 1})
	first := b.send(thread, "twice")
	for range 2 {
		var m message
		if c.event("MESSAGE_CREATE", &m); m.ID != first {
			t.Fatalf("heard %+v", m)
		}
	}
	b.sim.Release(twice)
	b.sim.DisturbDelivery(fault.Delivery{Kind: "MESSAGE_CREATE", Times: 1, Lose: true})
	b.send(thread, "lost")
	b.sim.DisturbDelivery(fault.Delivery{Kind: "MESSAGE_CREATE", Nth: 1, Times: 1, Delay: time.Hour})
	b.send(thread, "late")
	b.send(thread, "behind it")
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Hour)
	for _, want := range []string{"late", "behind it"} {
		var m message
		if c.event("MESSAGE_CREATE", &m); m.Content != want {
			t.Fatalf("heard %q, want %q", m.Content, want)
		}
	}
}

func TestGatewayCompressesAsOneZlibStream(t *testing.T) {
	b := unlimited(t)
	c := b.open(b.sim.GatewayURL() + "/?v=10&encoding=json&compress=zlib-stream")
	c.send(2, identity(b.sim.Token(), intents))
	var stream bytes.Buffer
	var reader io.ReadCloser
	for range 3 {
		_, data, err := c.ws.ReadMessage()
		must(t, err)
		if !bytes.HasSuffix(data, []byte{0, 0, 0xff, 0xff}) {
			t.Fatal("not flushed")
		}
		stream.Write(data)
		if reader == nil {
			reader, err = zlib.NewReader(&stream)
			must(t, err)
		}
	}
	text := make([]byte, 20000)
	n, _ := io.ReadAtLeast(reader, text, 500)
	if !bytes.Contains(text[:n], []byte(`"heartbeat_interval"`)) || !bytes.Contains(text[:n], []byte(`READY`)) {
		t.Fatalf("read %s", text[:n])
	}
	for _, query := range []string{"?v=10&encoding=etf", "?v=10&encoding=json&compress=zstd-stream"} {
		_, resp, err := websocket.DefaultDialer.Dial(b.sim.GatewayURL()+query, nil)
		if err == nil || resp == nil || resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestGatewayCanBeDown(t *testing.T) {
	b := unlimited(t)
	id := b.sim.Fault(fault.Fault{Method: "connectGateway", Status: 503})
	_, resp, err := websocket.DefaultDialer.Dial(b.sim.GatewayURL()+"?v=10&encoding=json", nil)
	if err == nil || resp.StatusCode != 503 {
		t.Fatalf("%v", err)
	}
	b.sim.Release(id)
	b.identify(1)
}

func TestResumeElsewhereIsNoticed(t *testing.T) {
	b := unlimited(t)
	c, r := b.identify(intents)
	b.sim.DropGateway()
	b.wait(func(v discord.State) bool { return !v.Connected() })
	r.ResumeURL = b.sim.GatewayURL()
	b.resume(r, c.seq).event("RESUMED", nil)
	if w := b.sim.Warnings(); len(w) != 1 || w[0].Method != "resume" {
		t.Fatalf("warnings: %+v", w)
	}
}
