package telegram_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestAwaitReturnsWhatComesLater(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	found := make(chan telegram.Message, 1)
	go func() {
		topic, err := b.sim.AwaitTopic(ctx, "Ana")
		if err != nil {
			t.Error(err)
		}
		m, err := b.sim.AwaitMessage(ctx, topic.ID, "hello")
		if err != nil {
			t.Error(err)
		}
		found <- m
	}()
	b.send(b.topic("Ben"), "hello")
	id := b.send(b.topic("Ana · pricing"), "well hello")
	if m := <-found; m.ID != id {
		t.Fatalf("found %+v", m)
	}
}

func TestWaitingEndsWithItsContextOrTheSimulator(t *testing.T) {
	b := unlimited(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.sim.AwaitTopic(ctx, "nobody"); !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v", err)
	}
	b.sim.Close()
	if err := b.sim.WaitFor(context.Background(), func(telegram.State) bool { return false }); !errors.Is(err, telegram.ErrClosed) {
		t.Fatalf("err = %v", err)
	}
	if _, err := b.sim.Say(context.Background(), 0, "x"); !errors.Is(err, telegram.ErrClosed) {
		t.Fatalf("err = %v", err)
	}
}

func TestSimulatorListensOnLoopbackOnly(t *testing.T) {
	sim := telegram.New(telegram.Options{Addr: "0.0.0.0:0"})
	defer sim.Close()
	if err := sim.Start(context.Background()); !errors.Is(err, telegram.ErrNotLoopback) {
		t.Fatalf("err = %v", err)
	}
}
