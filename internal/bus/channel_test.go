package bus_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

func TestChannelsOfAnAppAreHeardInOrderWhateverTheyAreCalled(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	heard := make(chan string, 100)
	stop, err := b.OnChannels("shop.1 *", func(c bus.Channel, payload []byte, seq uint64) {
		heard <- fmt.Sprint(c, " ", string(payload), " ", seq)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for i, name := range []string{"orders", "private-a@b,c;d=e.f", "#server-to-user-42", "> *"} {
		for _, app := range []string{"other", "shop.1 *"} {
			if err := b.ToChannel(bus.Channel{App: app, Name: name}, []byte(fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := <-heard, fmt.Sprint(bus.Channel{App: "shop.1 *", Name: name}, " ", i, " ", 0); got != want {
			t.Errorf("heard %s, want %s", got, want)
		}
	}
}

func TestLastEventOfACacheChannelIsKeptAndHeardWithItsSequence(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	cache, err := b.OpenCache(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan string, 100)
	stop, err := b.OnChannels("", func(c bus.Channel, payload []byte, seq uint64) {
		heard <- fmt.Sprint(c, " ", string(payload), " ", seq)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	price := bus.Channel{App: "shop", Name: "cache-price"}
	if last, err := cache.Last(t.Context(), price); err != nil || last.Seq != 0 {
		t.Errorf("before there was one: %+v, %v", last, err)
	}
	for i := range 3 {
		for _, c := range []bus.Channel{price, {App: "other", Name: price.Name}} {
			if err := cache.Put(t.Context(), c, []byte(fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		last, err := cache.Last(t.Context(), price)
		if err != nil || string(last.Payload) != fmt.Sprint(i) || last.At.IsZero() {
			t.Errorf("the last of %d: %+v, %v", i, last, err)
		}
		if got, want := <-heard, fmt.Sprint(price, " ", i, " ", last.Seq); got != want {
			t.Errorf("heard %s, want %s", got, want)
		}
		<-heard // the other app's
	}
	again, err := b.OpenCache(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if last, err := again.Last(t.Context(), price); err != nil || string(last.Payload) != "2" {
		t.Errorf("opened again: %+v, %v", last, err)
	}
	b.Close()
	if err := b.ToChannel(price, nil); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("without a link: %v", err)
	}
	if err := cache.Put(t.Context(), price, nil); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("without a link: %v", err)
	}
}

func TestRostersAreHeardBesideChannels(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	heard := make(chan string, 1)
	stop, err := b.OnRosters("shop", func(c bus.Channel, roster []byte) { heard <- fmt.Sprint(c, string(roster)) })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	room := bus.Channel{App: "shop", Name: "presence-room"}
	if err := errors.Join(b.ToChannel(room, []byte("no roster")), b.Announce(room, []byte("{}"))); err != nil {
		t.Fatal(err)
	}
	if got, want := <-heard, fmt.Sprint(room, "{}"); got != want {
		t.Errorf("heard %s, want %s", got, want)
	}
}
