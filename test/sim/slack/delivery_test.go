package slack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestURLIsTakenOnlyIfItAnswersTheChallenge(t *testing.T) {
	b := unlimited(t)
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"nothing": func(http.ResponseWriter, *http.Request) {},
		"another": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"challenge":"x"}`) },
		"failure": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
	} {
		server := httptest.NewServer(http.HandlerFunc(answer))
		if err := b.sim.SetEventsURL(deadline(t), server.URL); !errors.Is(err, slack.ErrChallenge) {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Challenge string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		_ = json.NewEncoder(w).Encode(map[string]string{"challenge": in.Challenge})
	}))
	defer server.Close()
	must(t, b.sim.SetEventsURL(deadline(t), server.URL))
	if err := b.sim.SetEventsURL(deadline(t), "http://198.51.100.1/"); !errors.Is(err, slack.ErrNotLoopback) {
		t.Errorf("err = %v", err)
	}
}

func TestFailedEventComesAgainAtOnceAfterAMinuteAndAfterFive(t *testing.T) {
	b, r := hooked(t)
	ctx := deadline(t)
	r.answers(func(_ delivered, n int) (int, http.Header, string) {
		if n < 4 {
			return 500, nil, ""
		}
		return 200, nil, ""
	})
	b.say("", "x")
	b.wait(attempts(3)) // url_verification, the first try, and the retry that follows at once
	for i, wait := range []time.Duration{time.Minute, 5 * time.Minute} {
		must(t, b.sim.Clock().AwaitTimers(ctx, 1))
		b.sim.Clock().Advance(wait - time.Millisecond)
		if got := len(r.all()); got != i+2 {
			t.Fatalf("%d tries before its time", got)
		}
		b.sim.Clock().Advance(time.Millisecond)
		b.wait(attempts(i + 4))
	}
	b.wait(quiet)
	all := r.all()
	for i, d := range all {
		if d.Event.EventID != all[0].Event.EventID {
			t.Errorf("try %d has another event_id", i)
		}
		num, reason := d.Header.Get("X-Slack-Retry-Num"), d.Header.Get("X-Slack-Retry-Reason")
		if i == 0 && (num != "" || reason != "") || i > 0 && (num != fmt.Sprint(i) || reason != "http_error") {
			t.Errorf("try %d: retry %q for %q", i, num, reason)
		}
	}
	if len(b.sim.State().Lost()) != 0 {
		t.Error("an accepted event counts as lost")
	}
}

func TestRetriesAreThoseOfTheOptions(t *testing.T) {
	b := start(t, slack.Options{Retries: []time.Duration{7 * time.Second}, Budget: slack.Budget{Off: true}})
	r := receive(b)
	b.hook(r)
	r.answers(func(delivered, int) (int, http.Header, string) { return 500, nil, "" })
	b.say("", "x")
	b.wait(attempts(2)) // url_verification and the first try
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(7 * time.Second)
	b.wait(quiet)
	if got := len(r.all()); got != 2 || len(b.sim.State().Lost()) != 1 {
		t.Errorf("%d tries, lost %v", got, b.sim.State().Lost())
	}
}

func TestEventIsLostAfterSixMinutes(t *testing.T) {
	b, r := hooked(t)
	r.answers(func(delivered, int) (int, http.Header, string) { return 503, nil, "" })
	b.say("", "x")
	for i, wait := range []time.Duration{0, time.Minute, 5 * time.Minute} {
		b.sim.Clock().Advance(wait)
		b.wait(attempts(i + 3))
		if i < 2 {
			must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
		}
	}
	b.wait(quiet)
	if lost := b.sim.State().Lost(); len(lost) != 1 || lost[0].Attempt != 4 {
		t.Fatalf("lost: %+v", lost)
	}
}

func TestNoRetryHeaderEndsIt(t *testing.T) {
	b, r := hooked(t)
	r.answers(func(delivered, int) (int, http.Header, string) {
		return 400, http.Header{"X-Slack-No-Retry": {"1"}}, ""
	})
	b.say("", "x")
	b.wait(quiet)
	if len(r.all()) != 1 || len(b.sim.State().Lost()) != 1 {
		t.Fatalf("%d tries, lost %v", len(r.all()), b.sim.State().Lost())
	}
}

func TestAnswerAfterThreeSecondsIsATimeout(t *testing.T) {
	b, r := hooked(t)
	held, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	r.answers(func(_ delivered, n int) (int, http.Header, string) {
		if n == 1 {
			close(held)
			<-release
		}
		return 200, nil, ""
	})
	b.say("", "x")
	<-held
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(slack.Deadline - time.Millisecond)
	if got := len(b.sim.Deliveries()); got != 1 {
		t.Fatalf("%d deliveries ended early", got)
	}
	b.sim.Clock().Advance(time.Millisecond)
	b.wait(quiet)
	got := b.sim.Deliveries()[1:]
	if len(got) != 2 || !got[0].Late || got[0].Accepted || got[1].RetryReason != "http_timeout" || !got[1].Accepted {
		t.Fatalf("deliveries: %+v", got)
	}
}

func TestUnreachableAppAndTooManyRedirectsAreToldApart(t *testing.T) {
	b, r := hooked(t)
	r.answers(func(d delivered, _ int) (int, http.Header, string) {
		return http.StatusTemporaryRedirect, http.Header{"Location": {r.URL + "/again"}}, ""
	})
	b.say("", "x")
	b.wait(attempts(3))
	if got := b.sim.Deliveries()[1]; got.Error != "too_many_redirects" {
		t.Fatalf("delivery: %+v", got)
	}
	r.Close()
	b.say("", "y")
	b.wait(attempts(5))
	if got := b.sim.Deliveries()[3]; got.Error != "connection_failed" {
		t.Fatalf("delivery: %+v", got)
	}
}

func TestLaterEventsDoNotWaitForAFailingOne(t *testing.T) {
	b, r := hooked(t)
	r.answers(func(d delivered, _ int) (int, http.Header, string) {
		if d.Event.Event.Text == "poison" {
			return 500, nil, ""
		}
		return 200, nil, ""
	})
	b.say("", "poison")
	after := b.say("", "after it")
	b.wait(func(v slack.State) bool {
		for _, d := range r.all() {
			if d.Event.Event.TS == after.TS {
				return true
			}
		}
		return false
	})
}
