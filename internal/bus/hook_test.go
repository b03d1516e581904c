package bus_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestWhatWebhooksAreToldIsStoredOnceAndReadByApp(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	h, err := b.OpenHooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shop, other := bus.HookApp{Project: "shop", App: "a.*"}, bus.HookApp{Project: "help", App: "a.*"}
	session := id.NewSession()
	owner := func(n int) id.Session { // the order is that of all
		if n%2 == 0 {
			return session
		}
		return id.Everyone
	}
	stored := make(chan struct{}, 100)
	stop, err := h.OnStored(shop, func() { stored <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for n := range 40 { // more than are read one by one
		for range 2 {
			if err := h.Put(t.Context(), shop, owner(n), fmt.Sprint(n), fmt.Append(nil, n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Put(t.Context(), other, id.Everyone, fmt.Sprint("other", n), []byte("x")); err != nil {
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
	if err := h.Put(t.Context(), shop, id.Everyone, "large", make([]byte, bus.MaxEventBytes+1)); !errors.Is(err, bus.ErrTooLarge) {
		t.Errorf("too much: %v", err)
	}
}

func TestWhatWebhooksAreToldOfAnErasedSessionIsNotOnTheDiskAndTheRestIs(t *testing.T) {
	t.Parallel()
	b, dir := disk(t)
	erased, other := id.NewSession(), id.NewSession()
	if n, err := b.EraseHooks(t.Context(), "shop", erased); err != nil || n != 0 {
		t.Fatalf("without webhooks %d are erased, %v", n, err)
	}
	h, err := b.OpenHooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	apps := []bus.HookApp{{Project: "shop", App: "1"}, {Project: "shop", App: "2"}, {Project: "help", App: "1"}}
	for n := range 40 { // more than are read one by one
		for i, app := range apps {
			for s, text := range map[id.Session]string{erased: canary, other: "stays", id.Everyone: "stays"} {
				if app.Project == "help" {
					text = "stays"
				}
				if err := h.Put(t.Context(), app, s, fmt.Sprint(n, i, s), []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	found(t, dir)
	if n, err := b.EraseHooks(t.Context(), "shop", erased); err != nil || n != 80 {
		t.Fatalf("%d are erased, %v", n, err)
	}
	gone(t, dir)
	for app, want := range map[bus.HookApp]int{apps[0]: 80, apps[1]: 80, apps[2]: 120} {
		left := 0
		if err := h.Read(t.Context(), app, 0, func(bus.Hooked) bool { left++; return true }); err != nil || left != want {
			t.Errorf("of %v %d are left, want %d, %v", app, left, want, err)
		}
	}
}
