package discord_test

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

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
