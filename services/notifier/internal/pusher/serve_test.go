package pusher

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

func TestReceiverThatWasDownIsToldEverythingOnceAndInOrder(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	r.always(http.StatusServiceUnavailable)
	want := w.occupy(3)
	stop := w.serve(w.config(r.URL), true)
	bustest.Until(t, "it is tried", func() bool { return r.tries() > 0 })
	want = append(want, w.occupy(120)...)
	for tried := 1; tried < 5; tried = r.tries() {
		w.clock.jump()
	}
	stop() // another process takes over
	r.always(http.StatusOK)
	w.serve(w.config(r.URL), true)
	r.takes(want)
	want = append(want, w.occupy(3)...)
	r.takes(want)
	if n := len(r.posts[0]); n != 100 {
		t.Errorf("%d events came in the first request", n)
	}
}

func TestReceiverThatStaysDownIsTriedForFiveMinutesAndThenOnceAMinute(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	w.clock.ahead(time.Hour)
	r.always(http.StatusInternalServerError)
	w.happens(occupied("a"), hook.Event{Name: hook.Vacated, Channel: "a"})
	w.serve(w.config(r.URL), true)
	bustest.Until(t, "it is tried", func() bool { return r.tries() > 0 })
	began := w.clock.Now()
	bustest.Until(t, "it is given up", func() bool {
		w.clock.jump()
		return w.dropped() > 0
	})
	if took := w.clock.Now().Sub(began); took < patience || took > patience+lastDelay+lastDelay/10 {
		t.Errorf("given up after %s", took)
	}
	tries := r.tries()
	if tries < 9 || tries > 12 {
		t.Errorf("%d attempts", tries)
	}
	if got := w.dropped(); got != 2 {
		t.Errorf("%d events are dropped", got)
	}
	if err := w.bus.DeadLetters(t.Context(), func(l bus.DeadLetter) error { t.Errorf("a dead letter of %s", l.Consumer); return nil }); err != nil {
		t.Error(err)
	}
	began = w.clock.Now()
	next := w.occupy(1)
	bustest.Until(t, "the next is tried", func() bool {
		w.clock.jump()
		return r.tries() > tries
	})
	if waited := w.clock.Now().Sub(began); waited < lastDelay-time.Second || waited > lastDelay+lastDelay/10 {
		t.Errorf("the next is tried after %s", waited)
	}
	r.always(http.StatusOK)
	next = append(next, w.occupy(1)...)
	bustest.Until(t, "the newest is taken", func() bool {
		w.clock.jump()
		return slices.Contains(r.took(), next[1])
	})
}

func TestReceiverThatIsBackIsToldTheLastMinutesAndNotAllThatItMissed(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	w.clock.ahead(time.Hour)
	r.always(http.StatusInternalServerError)
	missed := w.occupy(250)
	w.serve(w.config(r.URL), true)
	bustest.Until(t, "the first hundred are given up", func() bool {
		w.clock.jump()
		return w.dropped() >= 100
	})
	r.always(http.StatusOK)
	want := missed[200:] // nothing newer is behind them
	bustest.Until(t, "it is told", func() bool {
		w.clock.jump()
		return len(r.took()) > 0
	})
	r.takes(want)
	if got := w.dropped(); got != 200 {
		t.Errorf("%d events are dropped", got)
	}
	r.takes(append(want, w.occupy(2)...)) // at once
}

func TestEventsComeOneByOneWhereThatIsWanted(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	cfg := w.config(r.URL)
	cfg.Batch = "off"
	var events []hook.Event
	for n := range 5 {
		events = append(events, occupied(fmt.Sprint("m", n)))
	}
	var taken atomic.Int32
	r.answers(func(http.ResponseWriter) int { // it goes down in the middle of a message
		if taken.Add(1) > 3 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	want := w.happens(events...)
	want = append(want, w.occupy(2)...)
	stop := w.serve(cfg, true)
	bustest.Until(t, "the fourth is tried", func() bool { return r.tries() > 3 })
	stop()
	r.always(http.StatusOK)
	w.serve(cfg, true)
	r.takes(want)
	for _, post := range r.posts {
		if len(post) != 1 {
			t.Errorf("%v came together", post)
		}
	}
}

func TestErasedMessageOfWhichAPartWasToldTakesNothingOfTheNextAlong(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	cfg := w.config(r.URL)
	cfg.Batch = "off"
	s := id.NewSession()
	app := bus.HookApp{Project: id.Default, App: appID}
	erased := []hook.Event{occupied("e1"), occupied("e2"), occupied("e3")}
	if err := w.hooks.Put(t.Context(), app, s, "erased", hook.Encode(erased)); err != nil {
		t.Fatal(err)
	}
	r.answers(func(http.ResponseWriter) int {
		if r.attempts > 2 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	stop := w.serve(cfg, true)
	bustest.Until(t, "the third is tried", func() bool { return r.tries() > 2 })
	stop()
	if n, err := w.bus.EraseHooks(t.Context(), id.Default, s); err != nil || n != 1 {
		t.Fatalf("%d are erased, %v", n, err)
	}
	want := append([]string{"channel_occupied e1", "channel_occupied e2"}, w.happens(occupied("a"), occupied("b"), occupied("c"))...)
	r.always(http.StatusOK)
	w.serve(cfg, true)
	r.takes(want)
}

func TestRedirectsAndPrivateAddressesAreNotReached(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	moved := w.receiver()
	moved.answers(func(out http.ResponseWriter) int {
		out.Header().Set("Location", r.URL)
		return http.StatusTemporaryRedirect
	})
	w.occupy(1)
	w.serve(w.config(moved.URL), true)
	bustest.Until(t, "the redirect is tried again", func() bool {
		w.clock.jump()
		return moved.tries() > 2
	})
	w.serve(w.config(r.URL), false)
	bustest.Until(t, "it is given up", func() bool {
		w.clock.jump()
		return w.refused(webhook.Private) > 1 && w.dropped() > 0
	})
	if n := r.tries(); n > 0 {
		t.Errorf("%d requests came", n)
	}
}
