package pusher

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/hook"
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

func TestReceiverThatStaysDownIsTriedForFiveMinutes(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	r.always(http.StatusInternalServerError)
	want := w.happens(occupied("a"), hook.Event{Name: hook.Vacated, Channel: "a"})
	w.serve(w.config(r.URL), true)
	bustest.Until(t, "it is tried", func() bool { return r.tries() > 0 })
	began, tries := w.clock.Now(), 0
	bustest.Until(t, "it is given up", func() bool {
		w.clock.jump()
		return len(w.letters()) > 0
	})
	if took := w.clock.Now().Sub(began); took < patience-time.Second || took > patience+time.Second {
		t.Errorf("given up after %s", took)
	}
	if tries = r.tries(); tries < 9 || tries > 12 {
		t.Errorf("%d attempts", tries)
	}
	if got := w.letters(); !slices.Equal(got, want) {
		t.Errorf("the dead letters are %v, want %v", got, want)
	}
	next := w.occupy(1)
	bustest.Until(t, "the next is tried", func() bool { return r.tries() > tries })
	r.always(http.StatusOK)
	bustest.Until(t, "the next is taken", func() bool {
		w.clock.jump()
		return len(r.took()) > 0
	})
	r.takes(next)
}

func TestDeadReceiverHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	dead, alive := w.receiver(), w.receiver()
	dead.always(http.StatusBadGateway)
	w.serve(w.config(dead.URL, alive.URL), true)
	alive.takes(w.occupy(10))
	if got := dead.took(); len(got) > 0 {
		t.Errorf("a dead receiver took %v", got)
	}
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

func TestOnlyWhatIsWantedIsTold(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	cfg := w.config(r.URL)
	cfg.Events, cfg.Channels = []string{hook.Occupied}, []string{"private-", "presence-a"}
	w.happens(occupied("a"), hook.Event{Name: hook.Vacated, Channel: "private-a"})
	want := w.happens(occupied("private-a"))
	w.happens(occupied("presence-b"), occupied("my-private-a"))
	want = append(want, w.happens(occupied("presence-ab"))...)
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
		return len(w.letters()) > 1
	})
	if n := r.tries(); n > 0 {
		t.Errorf("%d requests came", n)
	}
}
