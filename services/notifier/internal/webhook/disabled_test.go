package webhook

import (
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestGoneReceiverIsLeftAloneUntilItIsEnabled(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.receiver.always(http.StatusGone)
	w.say("s", "0")
	disabled := func(p *process, want float64) func() bool {
		return func() bool { return testutil.ToFloat64(p.metrics.off) == want }
	}
	w.until("it is disabled", disabled(p, 1))
	w.say("s", "1")
	w.say("other", "x")
	p.stop()
	w.receiver.always(http.StatusOK)
	p = w.serve(Events) // remembers it
	w.until("the successor knows", disabled(p, 1))
	if n := len(w.receiver.all()); n != 1 {
		t.Errorf("%d posts to a receiver that is gone", n)
	}
	if state, err := StateOf(t.Context(), w.bus, Events); err != nil || state.DisabledAt.IsZero() {
		t.Errorf("%+v, %v", state, err)
	}
	if state, err := StateOf(t.Context(), w.bus, Backend); err != nil || !state.DisabledAt.IsZero() {
		t.Errorf("the other destination: %+v, %v", state, err)
	}
	w.must(Enable(t.Context(), w.bus, Events))
	w.must(Enable(t.Context(), w.bus, Events))
	w.until("it is enabled", disabled(p, 0))
	p.rest()
	w.same("the session", w.receiver.took("s"), []string{"0", "1"})
	w.same("the other", w.receiver.took("other"), []string{"x"})
}

func TestAnotherAddressIsNotGone(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.receiver.always(http.StatusGone)
	w.say("s", "0")
	w.until("it is disabled", func() bool { return testutil.ToFloat64(p.metrics.off) == 1 })
	p.stop()
	w.receiver.always(http.StatusOK)
	p = w.serve(Events, func(c *Config) { c.EventsURL += "/new" })
	p.rest()
	w.same("the session", w.receiver.took("s"), []string{"0"})
	if testutil.ToFloat64(p.metrics.off) != 0 {
		t.Error("it is still called disabled")
	}
}

func TestGoneWhileASessionWaitsLosesNothing(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.receiver.always(http.StatusInternalServerError)
	w.say("s", "0", "1")
	p.rest()
	w.receiver.always(http.StatusGone)
	at, _ := w.clock.next()
	w.clock.set(at)
	w.until("it is disabled", func() bool { return testutil.ToFloat64(p.metrics.off) == 1 })
	w.receiver.always(http.StatusOK)
	w.must(Enable(t.Context(), w.bus, Events))
	w.until("it is enabled", func() bool { return p.metrics.engine.Load() != nil })
	p.pass(0)
	w.same("the session", w.receiver.took("s"), []string{"0", "1"})
}
