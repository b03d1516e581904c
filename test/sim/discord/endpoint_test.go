package discord_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

func TestEndpointIsTriedBeforeItIsTaken(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	genuine, url := b.endpoint()
	d := b.sim.State().Deliveries()
	if len(d) != 2 || !d[0].Good || d[0].Forged != "" || !d[1].Good || d[1].Forged != discord.ForgeWrong || d[1].Status != 401 {
		t.Fatalf("deliveries: %+v", d)
	}
	naive := httptest.NewServer(&receiver{key: genuine.key, naive: true})
	defer naive.Close()
	b.refused("PATCH", "/applications/@me", fields{"interactions_endpoint_url": naive.URL}, 400, 50035)
	if err := b.sim.SetInteractionsEndpoint(deadline(t), "https://example.com/"); !errors.Is(err, discord.ErrNotLoopback) {
		t.Fatalf("reached for a public address: %v", err)
	}
	if got := b.sim.State().Endpoint(); got != url {
		t.Fatalf("endpoint %q after refusals", got)
	}
	b.ok("PATCH", "/applications/@me", fields{"interactions_endpoint_url": nil}, nil)
	if got := b.sim.State().Endpoint(); got != "" {
		t.Fatalf("endpoint %q after its removal", got)
	}
}

func TestInteractionsGoToTheEndpointAndNotThroughTheGateway(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	r, _ := b.endpoint()
	c, _ := b.identify(intents)
	i := b.press(b.post("Ana", "x"))
	if i.Via != "endpoint" || i.Verdict != discord.VerdictAnswered || i.Text != "inline" || len(r.seen) != 1 || r.seen[0].Data.CustomID != "c:1" {
		t.Fatalf("%+v, seen %+v", i, r.seen)
	}
	c.none("INTERACTION_CREATE")
}

func TestEndpointMayAnswerLaterByCallback(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	r, _ := b.endpoint()
	r.mu.Lock()
	r.status = http.StatusAccepted
	r.mu.Unlock()
	m := b.sends(b.post("Ana", "x"), fields{"content": "card", "components": buttons("Close", "c:1")})
	begun, err := b.sim.Press(deadline(t), m.ID, "Close")
	must(t, err)
	b.wait(func(v discord.State) bool { return len(v.Deliveries()) == 3 })
	r.mu.Lock()
	p := r.seen[0]
	r.mu.Unlock()
	b.ok("POST", p.callback(), fields{"type": 6}, nil)
	if got := b.sim.State().Interaction(begun.ID); got.Verdict != discord.VerdictAnswered || got.Answer != 6 {
		t.Fatalf("interaction: %+v", got)
	}
}

func TestEndpointThatTakesThreeSecondsHasFailed(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	r, _ := b.endpoint()
	r.hold = make(chan struct{})
	defer close(r.hold)
	m := b.sends(b.post("Ana", "x"), fields{"content": "card", "components": buttons("Close", "c:1")})
	begun, err := b.sim.Press(deadline(t), m.ID, "Close")
	must(t, err)
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 2))
	b.sim.Clock().Advance(3 * time.Second)
	i, err := b.sim.AwaitAnswer(deadline(t), begun.ID)
	must(t, err)
	b.wait(func(v discord.State) bool { return len(v.Deliveries()) == 3 })
	d := b.sim.State().Deliveries()[2]
	if i.Verdict != discord.VerdictFailed || !d.Late || d.Good {
		t.Fatalf("%+v, %+v", i, d)
	}
}

func TestForgedInteractionsAreSentOnCommandAndJudged(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	b.endpoint()
	thread := b.post("Ana", "x")
	for _, forge := range []string{
		discord.ForgeMissing, discord.ForgeWrong, discord.ForgeAltered, discord.ForgeMalformed, discord.ForgeStale, discord.ForgeCase, discord.ForgeReplayed,
	} {
		before := len(b.sim.State().Deliveries())
		b.sim.DisturbDelivery(fault.Delivery{Kind: "INTERACTION_CREATE", Times: 1, Forge: forge})
		if i := b.press(thread); i.Verdict != discord.VerdictAnswered {
			t.Fatalf("%s: %+v", forge, i)
		}
		var found discord.Delivery
		b.wait(func(v discord.State) bool {
			for _, d := range v.Deliveries()[before:] {
				if d.Forged == forge {
					found = d
					return true
				}
			}
			return false
		})
		wantGood := forge != discord.ForgeStale // this receiver does not look at the time
		if found.Good != wantGood {
			t.Errorf("%s: %+v", forge, found)
		}
	}
}

func TestEndpointThatTakesAForgeryIsRemoved(t *testing.T) {
	o := signed(discord.Options{})
	o.Probes = 1
	b := start(t, o)
	r, _ := b.endpoint()
	thread := b.post("Ana", "x")
	b.press(thread)
	if got := b.sim.State().Endpoint(); got == "" {
		t.Fatal("removed although the probe was refused")
	}
	r.mu.Lock()
	r.naive = true
	r.mu.Unlock()
	b.press(thread)
	if got := b.sim.State().Endpoint(); got != "" {
		t.Fatalf("endpoint %q", got)
	}
}

func TestLostAnswersOfTheEndpointFailTheInteraction(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	r, _ := b.endpoint()
	thread := b.post("Ana", "x")
	b.sim.DisturbDelivery(fault.Delivery{Times: 1, DropAck: true, Kind: "INTERACTION_CREATE"})
	if i := b.press(thread); i.Verdict != discord.VerdictFailed {
		t.Fatalf("%+v", i)
	}
	r.mu.Lock()
	r.status = 500
	r.mu.Unlock()
	if i := b.press(thread); i.Verdict != discord.VerdictFailed {
		t.Fatalf("%+v", i)
	}
}
