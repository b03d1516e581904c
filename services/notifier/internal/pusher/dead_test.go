package pusher

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

// hole takes connections and requests, and never answers one; fill ends them.
func (w *world) hole() (address string, fill func()) {
	w.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var open []net.Conn
		for {
			conn, err := listener.Accept()
			if err != nil {
				for _, conn := range open {
					_ = conn.Close()
				}
				return
			}
			open = append(open, conn)
		}
	}()
	fill = sync.OnceFunc(func() {
		_ = listener.Close()
		<-ended
	})
	w.Cleanup(fill)
	return "http://" + listener.Addr().String(), fill
}

func TestReceiverThatNeverAnswersIsCutOffAndHoldsUpNoOtherAddressAndNoOtherApp(t *testing.T) {
	if webhook.CallTimeout != 10*time.Second {
		t.Errorf("an attempt may take %s", webhook.CallTimeout)
	}
	w := newWorld(t)
	alive, neighbour := w.receiver(), w.receiver()
	another := w.config(neighbour.URL)
	another.AppID = "another"
	w.within = time.Hour
	hole, fill := w.hole()
	w.serve(w.config(hole, alive.URL), true)
	w.serve(another, true)
	w.Cleanup(fill) // before those who wait for it are stopped
	want := w.occupy(250)
	var others []string
	for n := range 120 {
		others = append(others, w.happensIn("another", occupied(fmt.Sprint("n", n)))...)
	}
	alive.takes(want)
	neighbour.takes(others)
}

func TestReceiverThatNeverAnswersIsGivenUp(t *testing.T) {
	w := newWorld(t)
	w.within = 20 * time.Millisecond
	w.happens(occupied("a"))
	hole, _ := w.hole()
	w.serve(w.config(hole), true)
	bustest.Until(t, "it is given up", func() bool {
		w.clock.jump()
		return w.dropped() > 0
	})
	if n := w.refused(webhook.Timeout); n < 9 {
		t.Errorf("%d attempts were cut off", n)
	}
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

// Every answer that is no success is tried again, 410 too: there are five minutes for it, and not three days.
func TestWhateverIsNoSuccessIsTriedAgainAndNothingIsOvertaken(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	answers := []int{http.StatusMultipleChoices, http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusTooManyRequests, http.StatusInternalServerError}
	r.answers(func(http.ResponseWriter) int {
		if n := r.attempts; n <= len(answers) {
			return answers[n-1]
		}
		return http.StatusOK
	})
	want := w.happens(occupied("a"), hook.Event{Name: hook.Vacated, Channel: "a"}, occupied("a"))
	w.serve(w.config(r.URL), true)
	bustest.Until(t, "it is tried", func() bool { return r.tries() > 0 })
	want = append(want, w.happens(hook.Event{Name: hook.Vacated, Channel: "a"})...)
	bustest.Until(t, "it is taken", func() bool {
		w.clock.jump()
		return len(r.took()) > 0
	})
	r.takes(want)
	if n := w.dropped(); n > 0 || r.tries() < len(answers)+1 {
		t.Errorf("%d are dropped, after %d attempts", n, r.tries())
	}
}
