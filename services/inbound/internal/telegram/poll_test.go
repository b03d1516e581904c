package telegram

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

func TestPollingStoresInOrderAndConfirmsWhatIsStored(t *testing.T) {
	o := newBureau(t)
	o.api.Steal("https://elsewhere.example") // a webhook would keep the updates for itself
	o.api.Push(
		update(11, "message", `,"message_id":1,"text":"one"`),
		`{"update_id":12,"message":{"message_id":"poison"}}`,
		update(13, "message", `,"message_id":2,"text":"two"`),
	)
	o.poll(o.bot, "a")
	o.api.Await(t, "everything confirmed", func() bool { return o.api.Offset() == 14 })
	if texts := o.texts(); !slices.Equal(texts, []string{"one", "two"}) {
		t.Fatalf("%q", texts)
	}
	if len(o.api.Calls("deleteWebhook")) != 1 || o.counted("bellhop_inbound_updates_total", string(office.ResultPoison)) != 1 {
		t.Errorf("%d webhooks deleted", len(o.api.Calls("deleteWebhook")))
	}
	o.api.Push(update(14, "message", `,"message_id":3,"text":"three"`))
	o.api.Await(t, "the next one confirmed", func() bool { return o.api.Offset() == 15 })
	if texts := o.texts(); !slices.Equal(texts, []string{"one", "two", "three"}) {
		t.Fatalf("%q", texts)
	}
}

func TestUpdateThatCannotBeStoredBlocksWhatFollows(t *testing.T) {
	o := newBureau(t)
	o.sessions.SetAway(true)
	o.api.Push(update(11, "message", `,"message_id":1,"text":"one"`), update(12, "message", `,"message_id":2,"text":"two"`))
	stop := o.poll(o.bot, "a")
	until(t, "a failed attempt", func() bool { return o.counted("bellhop_inbound_updates_total", string(office.ResultFailed)) >= 2 })
	if o.api.Offset() != 0 {
		t.Fatalf("confirmed below %d", o.api.Offset())
	}
	o.sessions.SetAway(false)
	o.api.Await(t, "everything confirmed", func() bool { return o.api.Offset() == 13 })
	stop()
	if texts := o.texts(); !slices.Equal(texts, []string{"one", "two"}) {
		t.Fatalf("%q", texts)
	}
}

// until waits for a condition that nobody announces.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for !holds() {
		if !sleep(ctx, 5*time.Millisecond) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

func TestPollingSurvivesRefusals(t *testing.T) {
	o := newBureau(t)
	o.api.Refuse("getUpdates", `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}`)
	o.api.Push(update(11, "message", `,"text":"one"`))
	o.poll(o.bot, "a")
	o.api.Await(t, "two attempts", func() bool { return len(o.api.Calls("getUpdates")) >= 2 })
	o.api.Refuse("getUpdates", "")
	o.api.Await(t, "the update confirmed", func() bool { return o.api.Offset() == 12 })
}

func TestOneReplicaPollsAndAnotherTakesOver(t *testing.T) {
	o := newBureau(t)
	second := o.newBot("default", "")
	stopFirst := o.poll(o.bot, "a")
	o.api.Await(t, "the first polls", func() bool { return len(o.api.Calls("getUpdates")) == 1 })
	o.poll(second, "b")
	o.api.Push(update(11, "message", `,"message_id":1,"text":"one"`))
	o.api.Await(t, "the first confirms", func() bool { return o.api.Offset() == 12 })
	if n := len(o.api.Calls("deleteWebhook")); n != 1 {
		t.Fatalf("%d replicas poll", n)
	}
	stopFirst()
	o.api.Push(update(12, "message", `,"message_id":2,"text":"two"`))
	o.api.Await(t, "the second confirms", func() bool { return o.api.Offset() == 13 })
	if texts := o.texts(); !slices.Equal(texts, []string{"one", "two"}) {
		t.Fatalf("%q", texts)
	}
}

func TestWebhookIsRegisteredAndSetAgainWhenItWasStolen(t *testing.T) {
	o := newBureau(t)
	b := o.newBot("default", "https://chat.example/webhooks/telegram")
	if err := b.ensureWebhook(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	set := o.api.Calls("setWebhook")
	if len(set) != 1 || set[0].Params["url"] != "https://chat.example/webhooks/telegram" || set[0].Params["secret_token"] != secret {
		t.Fatalf("%+v", set)
	}
	if allowed := set[0].Params["allowed_updates"].([]any); !slices.Contains(allowed, any("message_reaction")) {
		t.Errorf("%v", allowed)
	}
	if err := b.ensureWebhook(t.Context(), false); err != nil || len(o.api.Calls("setWebhook")) != 1 {
		t.Fatalf("set again without need: %v", err)
	}
	o.api.Steal("https://elsewhere.example")
	if err := b.ensureWebhook(t.Context(), false); err != nil || len(o.api.Calls("setWebhook")) != 2 {
		t.Fatalf("stays stolen: %v", err)
	}
}

func TestAddressThatTelegramRefusesFallsBackToPolling(t *testing.T) {
	o := newBureau(t)
	b := o.newBot("default", "http://127.0.0.1:3001/webhooks/telegram")
	o.api.Refuse("setWebhook", `{"ok":false,"error_code":400,"description":"Bad Request: bad webhook: An HTTPS URL must be provided for webhook"}`)
	o.api.Push(update(11, "message", `,"text":"one"`))
	o.poll(b, "a")
	o.api.Await(t, "the update confirmed", func() bool { return o.api.Offset() == 12 })
}

func TestRegistrationIsTriedAgain(t *testing.T) {
	o := newBureau(t)
	b := o.newBot("default", "https://chat.example/webhooks/telegram")
	o.api.Refuse("setWebhook", `<html>`)
	o.poll(b, "a")
	o.api.Await(t, "two attempts", func() bool { return len(o.api.Calls("setWebhook")) >= 2 })
	o.api.Refuse("setWebhook", "")
	o.api.Await(t, "a check after it", func() bool { return len(o.api.Calls("getWebhookInfo")) > len(o.api.Calls("setWebhook")) })
	if len(o.api.Calls("getUpdates")) != 0 {
		t.Error("polls beside the webhook")
	}
}

func TestBotLearnsItsNameAndShowsItsCommands(t *testing.T) {
	o := newBureau(t)
	o.api.Refuse("getMe", `<html>`)
	o.start(o.bot.Identify)
	o.api.Await(t, "an attempt", func() bool { return len(o.api.Calls("getMe")) >= 1 })
	o.api.Refuse("getMe", "")
	o.api.Await(t, "the menu", func() bool { return len(o.api.Calls("setMyCommands")) == 1 })
	if name := o.bot.own().username; name != "bellhop_bot" {
		t.Errorf("the name is %q", name)
	}
	if commands := o.api.Calls("setMyCommands")[0].Params["commands"].([]any); len(commands) < 8 {
		t.Errorf("%v", commands)
	}
}
