package slack_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestAwaitReturnsWhatComesLater(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	found := make(chan slack.Message, 1)
	go func() {
		thread, err := b.sim.AwaitThread(ctx, "Ana")
		if err != nil {
			t.Error(err)
		}
		m, err := b.sim.AwaitMessage(ctx, thread.TS, "hello")
		if err != nil {
			t.Error(err)
		}
		found <- m
	}()
	b.say("", "Ana is what an operator says")
	b.post(b.post("", "Ben"), "hello")
	ts := b.post(b.post("", "Ana · pricing"), "well hello")
	if m := <-found; m.TS != ts {
		t.Fatalf("found %+v", m)
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	b := unlimited(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.sim.AwaitThread(ctx, "nobody"); !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v", err)
	}
}

func TestSimulatorListensOnLoopbackOnly(t *testing.T) {
	sim := slack.New(slack.Options{Addr: "0.0.0.0:0"})
	defer sim.Close()
	if err := sim.Start(context.Background()); !errors.Is(err, slack.ErrNotLoopback) {
		t.Fatalf("err = %v", err)
	}
}

func TestWhatPeopleTypeBecomesWhatClientsSend(t *testing.T) {
	b := unlimited(t)
	cases := map[string]string{
		"a < b & c":                       "a &lt; b &amp; c",
		"@Omar and @here, @nobody":        "<@U0OMAR> and <!here>, @nobody",
		"see https://x.example/?a=1&b=2.": "see <https://x.example/?a=1&amp;b=2.>",
		"nice 👍":                          "nice :+1:",
		"mail@omar.example":               "mail@omar.example",
	}
	for typed, want := range cases {
		if got := b.say("", typed).Text; got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
	if got := b.say("", "<!here> <b>", slack.Raw()).Text; got != "<!here> <b>" {
		t.Errorf("raw text became %q", got)
	}
	if got := b.say("", "waves", slack.Me()); got.Subtype != "me_message" || got.Blocks != nil {
		t.Errorf("message: %+v", got)
	}
	if got := b.say("", "beep", slack.AsApp("Deploys")); got.BotID == "" || got.FromBot() || got.ClientID != "" {
		t.Errorf("message: %+v", got)
	}
}

func TestPeopleAreRefusedWhatSlackRefusesThem(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	root := b.post("", "Ana")
	check := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("err = %v, want %v", err, want)
		}
	}
	_, err := b.sim.Say(ctx, "1.000000", "x")
	check(err, slack.ErrNoThread)
	_, err = b.sim.Say(ctx, root, "")
	check(err, slack.ErrEmptyText)
	check(b.sim.Edit(ctx, root, "x"), slack.ErrNotAuthor)
	check(b.sim.React(ctx, root, "nosuchthing"), slack.ErrEmoji)
	check(b.sim.React(ctx, "1.000000", "+1"), slack.ErrNoMessage)
	b.sim.LockThread(root, true)
	_, err = b.sim.Say(ctx, root, "x")
	check(err, slack.ErrLocked)
	b.sim.ArchiveChannel()
	_, err = b.sim.Say(ctx, "", "x")
	check(err, slack.ErrArchived)
	_, err = b.sim.Say(ctx, "", "x", slack.In("C0NOWHERE"))
	check(err, slack.ErrNoChannel)
}
