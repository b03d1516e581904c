package discord_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

func TestAnswerIsLostAfterTheEffect(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	id := b.sim.Fault(fault.Fault{Method: "createMessage", Times: 1, Reset: fault.ResetAfter})
	args := fields{"content": "once", "nonce": "n1", "enforce_nonce": true}
	if _, err := b.try("POST", "/channels/"+thread+"/messages", args); err == nil {
		t.Fatal("no transport error")
	}
	if got := len(b.sim.Thread(thread).Messages()); got != 2 {
		t.Fatalf("%d messages", got)
	}
	b.sends(thread, args) // the nonce finds it
	if got := len(b.sim.Thread(thread).Messages()); got != 2 {
		t.Fatalf("%d messages after the repetition", got)
	}
	if r := b.sim.Requests("createMessage")[0]; len(r.Faults) != 1 || r.Faults[0] != id || r.Status != 0 {
		t.Fatalf("request: %+v", r)
	}
}

func TestFaultMeetsItsThreadOrItsForum(t *testing.T) {
	b := unlimited(t)
	ana, ben := b.post("Ana", "x"), b.post("Ben", "x")
	id := b.sim.Fault(fault.Fault{Place: ana, Status: 403})
	b.refused("POST", "/channels/"+ana+"/messages", fields{"content": "x"}, 403, 50013)
	b.send(ben, "x")
	b.sim.Release(id)
	b.sim.Fault(fault.Fault{Place: b.sim.ChannelID(), Status: 400, Code: "240000", Description: "Message blocked by harmful links filter"})
	b.refused("POST", "/channels/"+ben+"/messages", fields{"content": "x"}, 400, 240000)
	b.ok("GET", "/users/@me", nil, nil)
	b.sim.ClearFaults()
	b.send(ana, "x")
}

func TestInjected429sFreezeWhatTheirScopeSays(t *testing.T) {
	b := unlimited(t)
	b.sim.SetBudget(discord.Budget{})
	ana, ben := b.post("Ana", "x"), b.post("Ben", "x")
	b.sim.Fault(fault.Fault{Method: "createMessage", Times: 1, Status: 429, RetryAfter: 219 * time.Second, Scope: "shared"})
	r := b.call("POST", "/channels/"+ana+"/messages", fields{"content": "x"})
	if r.Status != 429 || r.RetryAfter != 219 || r.Header.Get("X-RateLimit-Scope") != "shared" || b.sim.Limits().Invalid != 0 {
		t.Fatalf("%d %s %v", r.Status, r.Body, r.Header)
	}
	b.refused("POST", "/channels/"+ana+"/messages", fields{"content": "x"}, 429, 0)
	b.send(ben, "x")
	b.sim.Fault(fault.Fault{Times: 1, Status: 429, RetryAfter: 2 * time.Second, Scope: "global"})
	if r := b.call("GET", "/users/@me", nil); !r.Global {
		t.Fatalf("%s", r.Body)
	}
	b.refused("POST", "/channels/"+ben+"/messages", fields{"content": "x"}, 429, 0)
	b.sim.Clock().Advance(219 * time.Second)
	b.send(ana, "x")
	b.send(ben, "x")
}

func TestAnswersAreDamaged(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(fault.Fault{Method: "getMe", Times: 1, Status: 502})
	if r := b.call("GET", "/users/@me", nil); r.Status != 502 || !strings.Contains(string(r.Body), "<html>") {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	b.sim.Fault(fault.Fault{Method: "getMe", Times: 1, Status: 503, Code: "130000", Description: "API resource is currently overloaded. Try again a little later"})
	b.refused("GET", "/users/@me", nil, 503, 130000)
	b.sim.Fault(fault.Fault{Method: "getMe", Times: 1, Truncate: true})
	if r := b.call("GET", "/users/@me", nil); strings.HasSuffix(string(r.Body), "}") {
		t.Fatalf("whole: %s", r.Body)
	}
	b.sim.Fault(fault.Fault{Method: "getMe", Times: 1, SlowBody: time.Minute})
	done := make(chan response, 1)
	go func() {
		r, _ := b.try("GET", "/users/@me", nil)
		done <- r
	}()
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Minute)
	if r := <-done; r.Status != 200 || !strings.HasSuffix(string(r.Body), "}") {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
}

func TestEventOvertakesItsSlowAnswer(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	c, _ := b.identify(intents)
	b.sim.Fault(fault.Fault{Method: "createMessage", SlowBody: time.Hour})
	done := make(chan error, 1)
	go func() {
		_, err := b.try("POST", "/channels/"+thread+"/messages", fields{"content": "x", "nonce": "n"})
		done <- err
	}()
	var m message
	if c.event("MESSAGE_CREATE", &m); m.Nonce != "n" {
		t.Fatalf("heard %+v", m)
	}
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	select {
	case err := <-done:
		t.Fatalf("answered before its time (%v)", err)
	default:
	}
	b.sim.Clock().Advance(time.Hour)
	must(t, <-done)
}

func TestHangingCallEndsWithTheSimulator(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(fault.Fault{Method: "getMe", Hang: true})
	done := make(chan error, 1)
	go func() {
		_, err := b.try("GET", "/users/@me", nil)
		done <- err
	}()
	b.wait(func(discord.State) bool { return b.sim.Faults()[0].Hits == 1 })
	b.sim.Close()
	if err := <-done; err == nil {
		t.Fatal("it was answered")
	}
}

func TestDownloadsFailOnCommand(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	_, err := b.sim.Say(deadline(t), thread, "", discord.WithFile("a", "text/plain", []byte("abc")))
	must(t, err)
	var history []message
	b.ok("GET", "/channels/"+thread+"/messages", nil, &history)
	b.sim.Fault(fault.Fault{Method: "download", Times: 1, Status: 503})
	if status, _ := b.get(history[0].Attachments[0].URL); status != 503 {
		t.Fatalf("status %d", status)
	}
	if status, data := b.get(history[0].Attachments[0].URL); status != 200 || string(data) != "abc" {
		t.Fatalf("%d %q", status, data)
	}
}
