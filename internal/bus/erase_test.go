package bus_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

const canary = "canary-that-nobody-may-find"

// disk is a bus whose files a test may look into.
func disk(t *testing.T) (*bus.Bus, string) {
	t.Helper()
	dir := t.TempDir()
	return bustest.Connect(t, bus.Config{InProcess: bustest.ServerIn(t, dir), Name: t.Name()}), dir
}

// gone fails where a file still holds the canary; found where none does, or the test would show nothing.
func gone(t *testing.T, dir string) {
	t.Helper()
	bustest.Until(t, "nothing on the disk holds the canary", func() bool { return len(bustest.Holding(t, dir, canary)) == 0 })
}

func found(t *testing.T, dir string) {
	t.Helper()
	bustest.Until(t, "the canary is on the disk", func() bool { return len(bustest.Holding(t, dir, canary)) > 0 })
}

func TestErasedSessionIsNotOnTheDiskAndOthersAre(t *testing.T) {
	t.Parallel()
	b, dir := disk(t)
	erased, other := id.NewSession(), id.NewSession()
	for range 60 { // more than are asked for one by one
		publish(t, b, bustest.Message(id.Default, erased, canary), bustest.Message(id.Default, other, "stays"))
	}
	last := bustest.Message(id.Default, erased, "")
	last.Type, last.Data = bus.SessionErased, &eventv1.Session{}
	seq := publish(t, b, last)
	found(t, dir)
	keep := func(kind bus.Type, _ uint64) bool { return kind == bus.SessionErased }
	n, err := b.Erase(t.Context(), id.Default, erased, keep)
	if err != nil || n != 60 {
		t.Fatalf("erased %d, %v", n, err)
	}
	gone(t, dir)
	if n, err := b.Erase(t.Context(), id.Default, erased, keep); err != nil || n != 0 {
		t.Errorf("a second time: %d, %v", n, err)
	}
	if ev, err := b.Event(t.Context(), seq); err != nil || ev.Type != bus.SessionErased {
		t.Errorf("what was to stay: %v, %v", ev.Type, err)
	}
	stayed := 0
	err = b.Replay(t.Context(), 1, bus.Filter{Session: other}, func(bus.Event) error { stayed++; return nil })
	if err != nil || stayed != 60 {
		t.Errorf("of the other session %d are left, %v", stayed, err)
	}
}

func TestErasedLettersAreNotOnTheDisk(t *testing.T) {
	t.Parallel()
	b, dir := disk(t)
	erased, other := id.NewSession(), id.NewSession()
	consumer, err := b.Consumer(t.Context(), bus.ConsumerSpec{Name: "burier"})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, b, bustest.Message(id.Default, erased, canary), bustest.Message(id.Default, other, "stays"))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- consumer.Run(ctx, func(context.Context, bus.Event) error { return bus.Permanent(errors.New("never")) })
	}()
	letters := func() (n int) {
		if err := b.DeadLetters(t.Context(), func(bus.DeadLetter) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	bustest.Until(t, "both are buried", func() bool { return letters() == 2 })
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	of := func(_ id.Project, s id.Session) bool { return s == erased }
	if n, err := b.EraseLetters(t.Context(), of); err != nil || n != 1 || letters() != 1 {
		t.Fatalf("erased %d, %v, left %d", n, err, letters())
	}
	if _, err := b.Erase(t.Context(), id.Default, erased, func(bus.Type, uint64) bool { return false }); err != nil {
		t.Fatal(err)
	}
	gone(t, dir)
}

func TestDeletedObjectIsNotOnTheDisk(t *testing.T) {
	t.Parallel()
	b, dir := disk(t)
	body := strings.Repeat(canary+" ", 20_000) // several chunks
	object, err := b.Objects().Put(t.Context(), "a", strings.NewReader(body), bus.ObjectSpec{Meta: map[string]string{"filename": canary}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Objects().Describe(t.Context(), object, map[string]string{"filename": canary + "2"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Objects().Put(t.Context(), "b", strings.NewReader("stays"), bus.ObjectSpec{}); err != nil {
		t.Fatal(err)
	}
	found(t, dir)
	if err := b.Objects().Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	gone(t, dir)
	var left []string
	if err := b.Objects().Each(t.Context(), func(o bus.Object) error { left = append(left, o.Name); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 || left[0] != "b" {
		t.Errorf("left are %q", left)
	}
}
