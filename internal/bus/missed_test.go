package bus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// at is a mark in the stream that a bus knows.
func at(b *bus.Bus, seq uint64) bus.Mark { return bus.Mark{Epoch: b.Epoch(), Seq: seq} }

func toAll(name string) bus.Event {
	return bus.Event{
		ID: name, Type: bus.EventEmitted, Project: id.Default, Session: id.Everyone, Source: "test", Time: time.Now(), Data: &eventv1.Custom{Name: name},
	}
}

func TestMissedIsAllOfASessionAndItsProjectInOrderAndNothingElse(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	first := publish(t, b, message("before"))
	var want []uint64
	for i := range 60 { // more than are asked for one by one
		want = append(want, publish(t, b, message(fmt.Sprint("m", i))))
		publish(t, b, bustest.Message(id.Default, "other", fmt.Sprint("o", i)))
		if i%10 == 0 {
			want = append(want, publish(t, b, toAll(fmt.Sprint("all", i))))
		}
	}
	end := want[len(want)-1]
	publish(t, b, message("later"))
	missed, err := b.Missed(t.Context(), id.Default, "s", at(b, first), at(b, end), 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []uint64
	for _, ev := range missed {
		got = append(got, ev.Seq)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := b.Missed(t.Context(), id.Default, "s", at(b, first), at(b, end), 59); !errors.Is(err, bus.ErrTooMany) {
		t.Errorf("60 of at most 59: %v", err)
	}
	if missed, err := b.Missed(t.Context(), id.Default, "s", at(b, end), at(b, end), 0); err != nil || len(missed) != 0 {
		t.Errorf("nothing was missed: %v, %v", missed, err)
	}
}

func TestMissedNeverAnswersWithAHole(t *testing.T) {
	t.Parallel()
	site := bustest.Alone{Server: bustest.Server(t)}
	b := site.Connect(t, bus.Config{Name: "test"})
	var last uint64
	for i := range 10 {
		last = publish(t, b, message(fmt.Sprint(i)))
	}
	through := at(b, last)
	if _, err := b.Missed(t.Context(), id.Default, "s", bus.Mark{Epoch: "other", Seq: 1}, through, 100); !errors.Is(err, bus.ErrNewStream) {
		t.Errorf("a mark of another stream: %v", err)
	}
	if _, err := b.Missed(t.Context(), id.Default, "s", at(b, last+1), through, 100); !errors.Is(err, bus.ErrNewStream) {
		t.Errorf("a mark after the end: %v", err)
	}
	js, err := jetstream.New(site.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "BELLHOP")
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Purge(t.Context(), jetstream.WithPurgeSequence(4)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Missed(t.Context(), id.Default, "s", at(b, 2), through, 100); !errors.Is(err, bus.ErrNotStored) {
		t.Errorf("what followed has run out: %v", err)
	}
	if missed, err := b.Missed(t.Context(), id.Default, "s", at(b, 3), through, 100); err != nil || len(missed) != int(last)-3 {
		t.Errorf("the last one before what is stored: %d, %v", len(missed), err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Missed(ended, id.Default, "s", at(b, 5), through, 100); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("without time: %v", err)
	}
}

func TestManyWhoComeBackAtOnceAreEachAnsweredWhole(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	last := publish(t, b, message("1"), message("2"), message("3"))
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if missed, err := b.Missed(t.Context(), id.Default, "s", at(b, last-2), at(b, last), 10); err != nil || len(missed) != 2 {
				t.Errorf("%d, %v", len(missed), err)
			}
		})
	}
	wg.Wait()
}

func TestPlaceIsNeverBehindWhatWasHandedOn(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	place := new(bus.Place)
	if got := place.Load(); got != (bus.Mark{}) {
		t.Errorf("before it begins it is %v", got)
	}
	heard := make(chan [2]uint64, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = b.Follow(ctx, bus.FollowSpec{
			Place: place, OnReady: func() { close(ready) }, OnEvent: func(l bus.Live) { heard <- [2]uint64{l.Seq, place.Load().Seq} },
		})
	}()
	<-ready
	for i := range 20 {
		seq := publish(t, b, message(fmt.Sprint(i)))
		if got := <-heard; got != [2]uint64{seq, seq} {
			t.Errorf("event %d was handed on as %v", seq, got)
		}
	}
	if got := place.Load().Epoch; got != b.Epoch() {
		t.Errorf("epoch %q, want %q", got, b.Epoch())
	}
	cancel()
	<-ended
}

func FuzzParseMark(f *testing.F) {
	for _, seed := range []string{"", "-", "d2k-0", "d2k-12", "d2k-012", "D-1", "a-18446744073709551615", "a-18446744073709551616", "a--1", "a-1-2", "é-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		mark, err := bus.ParseMark(s)
		if err == nil && mark.String() != s {
			t.Errorf("%q was read as %q", s, mark)
		}
	})
}
