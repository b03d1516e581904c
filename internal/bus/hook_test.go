package bus_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

func TestWhatWebhooksAreToldIsStoredOnceAndReadByApp(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	h, err := b.OpenHooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shop, other := bus.HookApp{Project: "shop", App: "a.*"}, bus.HookApp{Project: "help", App: "a.*"}
	stored := make(chan struct{}, 100)
	stop, err := h.OnStored(shop, func() { stored <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for n := range 40 { // more than are read one by one
		for range 2 {
			if err := h.Put(t.Context(), shop, fmt.Sprint(n), fmt.Append(nil, n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Put(t.Context(), other, fmt.Sprint("other", n), []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	<-stored
	var got []bus.Hooked
	read := func(after uint64, most int) {
		t.Helper()
		got = nil
		if err := h.Read(t.Context(), shop, after, func(m bus.Hooked) bool { got = append(got, m); return len(got) < most }); err != nil {
			t.Fatal(err)
		}
	}
	if read(0, 3); len(got) != 3 || string(got[2].Payload) != "2" {
		t.Errorf("the beginning is %v", got)
	}
	if read(got[2].Seq, 100); len(got) != 37 || string(got[0].Payload) != "3" || string(got[36].Payload) != "39" || got[0].At.IsZero() {
		t.Errorf("the rest is %v", got)
	}
	if err := h.Put(t.Context(), shop, "large", make([]byte, bus.MaxEventBytes+1)); !errors.Is(err, bus.ErrTooLarge) {
		t.Errorf("too much: %v", err)
	}
	buried(t, b, h, got[0])
}

// buried puts a message among the dead letters, once.
func buried(t *testing.T, b *bus.Bus, h *bus.Hooks, m bus.Hooked) {
	t.Helper()
	for range 2 {
		if err := h.Bury(t.Context(), "notifier-pusher-x", m, 7, errors.New("it was refused")); err != nil {
			t.Fatal(err)
		}
	}
	var letters []bus.DeadLetter
	if err := b.DeadLetters(t.Context(), func(l bus.DeadLetter) error { letters = append(letters, l); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(letters) != 1 || string(letters[0].Body) != "3" || letters[0].Attempts != 7 || letters[0].Subject != "bellhop.hook.v1.shop.a=2E=2A" {
		t.Errorf("the dead letters are %+v", letters)
	}
	if _, err := letters[0].Event(); err == nil {
		t.Error("a webhook is an event of the bus")
	}
}
