package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestEventsArriveSignedNamedAndInOrder(t *testing.T) {
	w := newWorld(t)
	ids := w.say("a", "before anybody listens")
	p := w.serve(Events)
	ids = append(ids, w.say("a", numbered(20)...)...)
	p.rest()
	w.same("the session", w.receiver.took("a"), append([]string{"before anybody listens"}, numbered(20)...))
	verifier, err := standardwebhooks.NewWebhook(testSecret)
	w.must(err)
	for i, got := range w.receiver.all() {
		if err := verifier.Verify(got.body, got.header); err != nil {
			t.Errorf("post %d: %v", i, err)
		}
		if got.header.Get("webhook-id") != ids[i] || got.header.Get("X-PocketPing-Event") != "visitor_message" || got.header.Get("Content-Type") != "application/json" {
			t.Errorf("post %d has the headers %v", i, got.header)
		}
	}
}

func TestReceiverDownThenUpGetsEverythingOnceInOrder(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.receiver.always(http.StatusInternalServerError)
	var ids []string
	for s := range 5 {
		ids = append(ids, w.say(id.Session(fmt.Sprint("s", s)), "0", "1", "2")...)
	}
	p.rest()
	if n := len(w.receiver.all()); n != 5 {
		t.Errorf("%d attempts: what stands behind a failed event must wait", n)
	}
	p.pass(time.Hour)
	w.receiver.always(http.StatusOK)
	for s := range 5 {
		ids = append(ids, w.say(id.Session(fmt.Sprint("s", s)), "3")...)
	}
	p.pass(3 * time.Hour)
	var taken []string
	for _, got := range w.receiver.all() {
		if got.status == http.StatusOK {
			taken = append(taken, got.header.Get("webhook-id"))
		}
	}
	for s := range 5 {
		w.same("session", w.receiver.took(id.Session(fmt.Sprint("s", s))), numbered(4))
	}
	slices.Sort(taken)
	slices.Sort(ids)
	w.same("ids", taken, ids)
	if state, err := StateOf(t.Context(), w.bus, Events); err != nil || state != (State{Destination: Events}) {
		t.Errorf("%+v, %v", state, err)
	}
}

// TestNothingIsLostWhenTheReceiverIsDownFor75Hours shows that days cost the bus's consumer nothing: what waits is settled there.
func TestNothingIsLostWhenTheReceiverIsDownFor75Hours(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.receiver.always(http.StatusServiceUnavailable)
	var want []string
	for hour := range 75 {
		said := fmt.Sprint("hour ", hour)
		w.say("s", said)
		w.say(id.Session(fmt.Sprint("other", hour)), said)
		want = append(want, said)
		p.pass(time.Hour)
	}
	if state, err := StateOf(t.Context(), w.bus, Events); err != nil || state.Waiting != 76 || state.Oldest.IsZero() {
		t.Errorf("%+v, %v", state, err)
	}
	w.receiver.always(http.StatusOK)
	p.pass(30 * time.Hour)
	w.same("the session", w.receiver.took("s"), want)
	for hour := range 75 {
		w.same("another", w.receiver.took(id.Session(fmt.Sprint("other", hour))), want[hour:hour+1])
	}
	if letters := w.letters(); len(letters) != 0 {
		t.Errorf("%d dead letters", len(letters))
	}
}

func TestAttemptsComeAsScheduledThenTheEventIsGivenUpAndTheNextIsTried(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	var times []time.Time
	begun := w.clock.Now()
	w.receiver.answers(func(_ http.ResponseWriter, got post) int {
		if got.content == "poison" {
			times = append(times, w.clock.Now())
			return http.StatusBadRequest
		}
		return http.StatusOK
	})
	ids := w.say("s", "poison", "next")
	p.pass(90 * time.Hour)
	due := begun
	if len(times) != 10 {
		t.Fatalf("%d attempts", len(times))
	}
	for i, at := range times[1:] {
		least := times[i].Add(delays[i])
		if at.Before(least) || at.After(least.Add(delays[i]/10+time.Second)) {
			t.Errorf("attempt %d after %s, want %s", i+2, at.Sub(times[i]), delays[i])
		}
		due = at
	}
	if spent := due.Sub(begun); spent < 75*time.Hour {
		t.Errorf("given up after %s", spent)
	}
	w.same("the rest", w.receiver.took("s"), []string{"next"})
	letters := w.letters()
	if len(letters) != 1 || letters[0].Consumer != "notifier-webhook" || letters[0].Attempts != 10 || letters[0].Reason != "receiver answered 400 (refused)" {
		t.Fatalf("%+v", letters)
	}

	w.receiver.always(http.StatusOK)
	w.publish(event(bus.DeliveryRequested, "s", &eventv1.DeliveryRequested{SessionId: "s", Platform: Events, EventSeq: letters[0].EventSeq}))
	p.rest()
	all := w.receiver.all()
	if last := all[len(all)-1]; last.content != "poison" || last.header.Get("webhook-id") != ids[0] {
		t.Errorf("requested again: %q as %s", last.content, last.header.Get("webhook-id"))
	}
}

func TestOtherSessionsGoOnWhileOneWaits(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.receiver.answers(func(_ http.ResponseWriter, got post) int {
		if got.session == "stuck" {
			return http.StatusUnprocessableEntity
		}
		return http.StatusOK
	})
	w.say("stuck", "0", "1")
	for i := range 10 {
		w.say("free", fmt.Sprint(i))
	}
	p.rest()
	w.same("the free one", w.receiver.took("free"), numbered(10))
	p.pass(10 * time.Second)
	attempts := len(w.receiver.all()) - 10
	if attempts > 4 { // the first, one early, the second, and one early again
		t.Errorf("%d attempts of the stuck one within 10 seconds", attempts)
	}
	w.receiver.always(http.StatusOK)
	p.pass(6 * time.Minute)
	w.same("the stuck one", w.receiver.took("stuck"), numbered(2))
}

func TestWhoIsBackNeedNotWaitForTheSchedule(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.receiver.always(http.StatusBadGateway)
	w.say("s", "0", "1")
	p.pass(10 * time.Hour)
	w.receiver.always(http.StatusOK)
	w.say("another", "x") // shows that the receiver is back
	p.rest()
	w.until("what waits is sent", func() bool { return len(w.receiver.took("s")) == 2 })
	w.same("the session", w.receiver.took("s"), numbered(2))
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for name, header := range map[string]string{"seconds": "7200", "date": "date", "more than a day": "999999"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.serve(Events)
			least := 2 * time.Hour
			if name == "more than a day" {
				least = maxRetryAfter
			}
			w.receiver.answers(func(rw http.ResponseWriter, got post) int {
				if got.session == "other" {
					return http.StatusOK
				}
				value := header
				if value == "date" {
					value = w.clock.Now().Add(2*time.Hour + time.Second).UTC().Format(http.TimeFormat)
				}
				rw.Header().Set("Retry-After", value)
				return http.StatusTooManyRequests
			})
			w.say("s", "0")
			p.rest()
			w.say("other", "shows that the receiver is there")
			p.pass(least - time.Second)
			if n := len(w.receiver.all()); n != 2 {
				t.Fatalf("%d attempts although the receiver asked to be left alone", n)
			}
			w.receiver.always(http.StatusOK)
			p.pass(time.Minute)
			w.same("the session", w.receiver.took("s"), []string{"0"})
		})
	}
}

func TestRedirectIsAFailureAndNotFollowed(t *testing.T) {
	w := newWorld(t)
	for _, status := range []int{301, 302, 303, 307, 308, 300, 304} {
		w.receiver.answers(func(rw http.ResponseWriter, got post) int {
			rw.Header().Set("Location", w.receiver.URL+"/elsewhere")
			return status
		})
		err := destinations(w.config(), noProxy, w.clock)[0].client.post(t.Context(), http.Header{}, []byte("{}"))
		failure, ok := errors.AsType[*Failure](err)
		if !ok || failure.Reason != Redirect || failure.Status != status {
			t.Errorf("%d: %v", status, err)
		}
	}
	for _, got := range w.receiver.all() {
		if got.path != "/events" {
			t.Errorf("followed to %s", got.path)
		}
	}
}

func TestFilesAreLinkedToWhereTheyCanBeFetched(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	ev := said("s", "look")
	ev.Data.(*eventv1.MessageCreated).Message.Attachments = []*bellhopv1.Attachment{{Id: "f1", Filename: "a.png", MimeType: "image/png", Size: 3}}
	w.publish(ev)
	p.rest()
	if body := string(w.receiver.all()[0].body); !strings.Contains(body, `"url":"https://files.example.com/f1"`) {
		t.Error(body)
	}
}

func TestWhatIsWrongWithAReceiverIsToldAndWhenItIsOver(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Events)
	w.say("s", "0")
	p.rest()
	expect := func(want string) {
		t.Helper()
		w.until("it is told: "+want, func() bool { return w.told.last() == want })
	}
	expect("")
	w.receiver.always(http.StatusBadGateway)
	w.say("s", "1")
	p.rest()
	expect("receiver answered 502 (broken)")
	w.receiver.always(http.StatusOK)
	p.pass(time.Minute)
	expect("")
	w.receiver.always(http.StatusGone)
	w.say("s", "2")
	expect("the receiver has answered 410: nothing is sent to it until its address is changed or it is enabled again")
	w.receiver.always(http.StatusOK)
	w.must(Enable(t.Context(), w.bus, Events))
	expect("")
}

func TestBackendGetsBareObjectsWithTheKey(t *testing.T) {
	w := newWorld(t)
	p := w.serve(Backend)
	w.say("s", "not for the backend")
	closed := event(bus.SessionClosed, "s", &eventv1.Session{By: "Ann", Platform: "telegram"})
	w.publish(closed)
	p.rest()
	all := w.receiver.all()
	if len(all) != 1 || string(all[0].body) != `{"type":"session_closed","sessionId":"s","sourceBridge":"telegram","operatorName":"Ann"}` {
		t.Fatalf("%d posts, %s", len(all), all[0].body)
	}
	h := all[0].header
	if h.Get("Authorization") != "Bearer the key" || h.Get("webhook-id") != closed.ID || h.Get("webhook-signature") != "" {
		t.Errorf("%v", h)
	}
	w.until("typing is told", func() bool {
		w.must(w.bus.Signal(id.Default, "s", "typing", []byte(`{"sender":"visitor","isTyping":true}`)))
		w.must(w.bus.Signal(id.Default, "s", "typing", []byte(`{"sender":"operator","isTyping":true,"platform":"discord"}`)))
		return len(w.receiver.all()) > 1
	})
	if got := string(w.receiver.all()[1].body); got != `{"type":"operator_typing","sessionId":"s","isTyping":true,"sourceBridge":"discord"}` {
		t.Error(got)
	}
}
