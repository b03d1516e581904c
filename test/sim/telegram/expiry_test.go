package telegram_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestUpdatesExpire(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	card := b.card(0, "Close", "c")
	_, err := b.sim.Say(ctx, 0, "hi")
	must(t, err)
	pressed, err := b.sim.Press(ctx, card.ID, "Close")
	must(t, err)
	b.sim.Clock().Advance(151 * time.Second)
	if got := kinds(b.updates(0)); got != "message:hi" {
		t.Fatalf("after 151 s: %s", got)
	}
	b.refused("answerCallbackQuery", fields{"callback_query_id": pressed.ID}, 400, "query is too old")
	b.sim.Clock().Advance(24 * time.Hour)
	if got := kinds(b.updates(0)); got != "" {
		t.Fatalf("after a day: %s", got)
	}
}

func TestButtonSpinsUntilAnswered(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	card := b.card(0, "Close", "c:1")
	pressed, err := b.sim.Press(ctx, card.ID, "c:1", telegram.As("Omar"))
	must(t, err)
	if q := b.updates(0)[0].Callback; q.ID != pressed.ID || q.Data != "c:1" || q.From.FirstName != "Omar" {
		t.Fatalf("callback: %+v", q)
	}
	if b.sim.Callbacks()[0].Answered {
		t.Fatal("answered before the bot answered")
	}
	b.ok("answerCallbackQuery", fields{"callback_query_id": pressed.ID, "text": "Closed"}, nil)
	if q := b.sim.Callbacks()[0]; !q.Answered || q.Text != "Closed" {
		t.Fatalf("callback: %+v", q)
	}
	if _, err := b.sim.Press(ctx, card.ID, "Nothing"); !errors.Is(err, telegram.ErrNoButton) {
		t.Fatalf("err = %v", err)
	}
}
