package telegram_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// polling starts a getUpdates that waits and returns where its answer will come.
func (b *bot) polling(args fields) <-chan response {
	answers := make(chan response, 1)
	before := b.sim.State().RequestCount("getUpdates")
	go func() {
		r, err := b.try("getUpdates", args)
		if err != nil {
			r.Description = err.Error()
		}
		answers <- r
	}()
	b.wait(func(v telegram.State) bool { return v.RequestCount("getUpdates") > before && v.Polling() })
	return answers
}

func TestPollReturnsAsSoonAsSomethingHappens(t *testing.T) {
	b := unlimited(t)
	answers := b.polling(fields{"timeout": 50})
	_, err := b.sim.Say(deadline(t), 0, "hi")
	must(t, err)
	var got []update
	must(t, json.Unmarshal((<-answers).Result, &got))
	if kinds(got) != "message:hi" {
		t.Fatalf("updates: %s", kinds(got))
	}
	if again := b.updates(0); len(again) != 1 {
		t.Fatal("an update that was not confirmed must come again")
	}
	if after := b.updates(got[0].ID + 1); len(after) != 0 {
		t.Fatal("a confirmed update came again")
	}
}

func TestPollWaitsFiftySecondsAtMost(t *testing.T) {
	b := unlimited(t)
	answers := b.polling(fields{"timeout": 600})
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(50 * time.Second)
	if r := <-answers; !r.OK || string(r.Result) != "[]" {
		t.Fatalf("answer: %+v", r)
	}
}

func TestSecondPollerEndsTheFirst(t *testing.T) {
	b := unlimited(t)
	first := b.polling(fields{"timeout": 50})
	b.updates(0)
	if r := <-first; r.Status != 409 || r.Description != "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running" {
		t.Fatalf("answer: %+v", r)
	}
}

func TestWebhookAndPollingExcludeEachOther(t *testing.T) {
	b := unlimited(t)
	waiting := b.polling(fields{"timeout": 50})
	b.ok("setWebhook", fields{"url": "http://127.0.0.1:1/"}, nil)
	if r := <-waiting; r.Status != 409 || r.Description != "Conflict: terminated by setWebhook request" {
		t.Fatalf("answer: %+v", r)
	}
	b.refused("getUpdates", nil, 409, "can't use getUpdates method while webhook is active")
	b.ok("deleteWebhook", nil, nil)
	b.updates(0)
}

func TestNegativeOffsetDropsHistory(t *testing.T) {
	b := unlimited(t)
	for _, text := range []string{"a", "b", "c"} {
		_, err := b.sim.Say(deadline(t), 0, text)
		must(t, err)
	}
	if got := kinds(b.updates(-1)); got != "message:c" {
		t.Fatalf("updates: %s", got)
	}
	if got := b.sim.State().PendingUpdates(); got != 1 {
		t.Fatalf("%d pending", got)
	}
}

func TestPollReturnsNoMoreThanItsLimit(t *testing.T) {
	b := unlimited(t)
	for range 3 {
		_, err := b.sim.Say(deadline(t), 0, "x")
		must(t, err)
	}
	var got []update
	b.ok("getUpdates", fields{"limit": 2}, &got)
	if len(got) != 2 {
		t.Fatalf("%d updates", len(got))
	}
}

func TestDelayedUpdateHoldsBackTheRest(t *testing.T) {
	b := unlimited(t)
	b.sim.DisturbDelivery(telegram.DeliveryFault{Times: 1, Delay: time.Minute})
	b.sim.DisturbDelivery(telegram.DeliveryFault{Nth: 2, Times: 1, Duplicate: 1})
	for _, text := range []string{"slow", "twice"} {
		_, err := b.sim.Say(deadline(t), 0, text)
		must(t, err)
	}
	if got := b.updates(0); len(got) != 0 {
		t.Fatalf("updates: %s", kinds(got))
	}
	b.sim.Clock().Advance(time.Minute)
	got := b.updates(0)
	if kinds(got) != "message:slow message:twice message:twice" || got[1].ID != got[2].ID {
		t.Fatalf("updates: %s", kinds(got))
	}
}

func TestUpdateIDsJumpAfterAQuietWeek(t *testing.T) {
	b := unlimited(t)
	for _, next := range []int64{0, 12} {
		if next != 0 {
			b.sim.JumpUpdateID(next)
		}
		_, err := b.sim.Say(deadline(t), 0, "x")
		must(t, err)
	}
	if got := b.updates(0); len(got) != 2 || got[1].ID != 12 {
		t.Fatalf("updates: %+v", got)
	}
}
