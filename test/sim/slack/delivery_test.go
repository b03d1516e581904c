package slack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
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
	r.answer = func(_ delivered, n int) (int, http.Header, string) {
		if n < 4 {
			return 500, nil, ""
		}
		return 200, nil, ""
	}
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

func TestEventIsLostAfterSixMinutes(t *testing.T) {
	b, r := hooked(t)
	r.answer = func(delivered, int) (int, http.Header, string) { return 503, nil, "" }
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
	r.answer = func(delivered, int) (int, http.Header, string) {
		return 400, http.Header{"X-Slack-No-Retry": {"1"}}, ""
	}
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
	r.answer = func(_ delivered, n int) (int, http.Header, string) {
		if n == 1 {
			close(held)
			<-release
		}
		return 200, nil, ""
	}
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
	r.answer = func(d delivered, _ int) (int, http.Header, string) {
		return http.StatusTemporaryRedirect, http.Header{"Location": {r.URL + "/again"}}, ""
	}
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
	r.answer = func(d delivered, _ int) (int, http.Header, string) {
		if d.Event.Event.Text == "poison" {
			return 500, nil, ""
		}
		return 200, nil, ""
	}
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

func TestDisorderLetsEventsOvertakeEachOther(t *testing.T) {
	b := start(t, slack.Options{Disorder: time.Minute, Budget: slack.Budget{Off: true}})
	r := receive(b)
	b.hook(r)
	root := b.post("", "0")
	for i := range 9 {
		b.say(root, fmt.Sprint(i+1))
	}
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 19)) // ten messages, and the root's nine changes
	b.sim.Clock().Advance(time.Minute)
	b.wait(quiet)
	order := ""
	for _, d := range r.all() {
		if d.Event.Event.Subtype == "" {
			order += d.Event.Event.Text
		}
	}
	if order == "0123456789" || len(order) != 10 {
		t.Fatalf("order %s", order)
	}
}

func TestDisturbedDeliveries(t *testing.T) {
	b, r := hooked(t)
	b.sim.DisturbDelivery(slack.DeliveryFault{Kind: "message", Times: 1, Duplicate: 1})
	b.say("", "twice")
	b.wait(quiet)
	all := r.all()
	if len(all) != 2 || all[0].Event.EventID != all[1].Event.EventID {
		t.Fatalf("%d events", len(all))
	}
	b.sim.DisturbDelivery(slack.DeliveryFault{Times: 1, Lose: true})
	b.say("", "lost")
	b.sim.DisturbDelivery(slack.DeliveryFault{Times: 1, DropAck: true})
	b.say("", "its 200 is lost")
	b.wait(quiet)
	all = r.all()
	if len(all) != 4 || all[2].Event.EventID != all[3].Event.EventID || all[3].Header.Get("X-Slack-Retry-Reason") != "http_timeout" {
		t.Fatalf("%d events: %s", len(all), r.kinds())
	}
	b.sim.DisturbDelivery(slack.DeliveryFault{Times: 1, Delay: time.Minute})
	b.say("", "late")
	b.say("", "first")
	b.wait(func(slack.State) bool { return len(r.all()) == 5 })
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Minute)
	b.wait(quiet)
	if all = r.all(); all[4].Event.Event.Text != "first" || all[5].Event.Event.Text != "late" {
		t.Fatalf("order: %q %q", all[4].Event.Event.Text, all[5].Event.Event.Text)
	}
}

func TestForgedRequestsShowWhetherTheReceiverLooks(t *testing.T) {
	b, r := hooked(t)
	ctx := deadline(t)
	b.say("", "x")
	b.wait(quiet)
	kinds := []slack.Forgery{slack.ForgeMissing, slack.ForgeWrong, slack.ForgeStale, slack.ForgeAltered}
	for _, how := range kinds {
		d, err := b.sim.Forge(ctx, "events", how)
		if err != nil || d.Status != http.StatusUnauthorized || d.Fooled {
			t.Errorf("%s: %+v %v", how, d, err)
		}
	}
	for _, how := range []slack.Forgery{slack.ForgeReplayed, slack.ForgeCase} {
		if d, err := b.sim.Forge(ctx, "events", how); err != nil || !d.Accepted || d.Fooled {
			t.Errorf("%s: %+v %v", how, d, err)
		}
	}
	all := r.all()
	if string(all[0].Body) != string(all[1].Body) || all[0].Header.Get("X-Slack-Signature") != all[1].Header.Get("X-Slack-Signature") {
		t.Error("the replay is not the request itself")
	}
	r.naive = true
	for i, how := range kinds {
		if d, err := b.sim.Forge(ctx, "events", how); err != nil || !d.Fooled || len(b.sim.State().Fooled()) != i+1 {
			t.Errorf("%s: %+v %v", how, d, err)
		}
	}
	if _, err := b.sim.Forge(ctx, "commands", slack.ForgeWrong); !errors.Is(err, slack.ErrNothingYet) {
		t.Errorf("err = %v", err)
	}
}

func TestForgedCopyGoesBeforeTheGenuineEvent(t *testing.T) {
	b, r := hooked(t)
	b.sim.DisturbDelivery(slack.DeliveryFault{Times: 1, Forge: string(slack.ForgeAltered)})
	b.say("", "x")
	b.wait(quiet)
	got := b.sim.Deliveries()[1:]
	if len(got) != 2 || got[0].Forged != slack.ForgeAltered || got[0].Accepted || !got[1].Accepted || len(r.all()) != 1 {
		t.Fatalf("deliveries: %+v", got)
	}
}

func TestSkewedClockSignsInThePast(t *testing.T) {
	b, r := hooked(t)
	b.sim.SetClockSkew(-6 * time.Minute)
	b.say("", "x")
	b.wait(attempts(3))
	if got := b.sim.Deliveries()[1]; got.Status != http.StatusUnauthorized || len(r.all()) != 0 {
		t.Fatalf("delivery: %+v", got)
	}
}

func TestSubscriptionEndsWhenNothingIsAccepted(t *testing.T) {
	b, r := hooked(t)
	r.answer = func(delivered, int) (int, http.Header, string) {
		return 500, http.Header{"X-Slack-No-Retry": {"1"}}, ""
	}
	for range 1001 {
		b.say("", "x")
	}
	b.wait(func(v slack.State) bool { return v.EventsDisabled() && quiet(v) })
	before := len(r.all())
	b.say("", "nobody is told")
	b.wait(quiet)
	if len(r.all()) != before {
		t.Fatal("a disabled subscription still delivers")
	}
	must(t, b.sim.SetSubscription("message.channels", true))
	b.say("", "again")
	b.wait(func(slack.State) bool { return len(r.all()) == before+1 })
}

func TestTooManyEventsAreSaidOnceAMinute(t *testing.T) {
	b := start(t, slack.Options{Budget: slack.Budget{EventLimit: 2}})
	r := receive(b)
	b.hook(r)
	for range 5 {
		b.say("", "x")
	}
	b.wait(quiet)
	all := r.all()
	if len(all) != 3 || !strings.Contains(string(all[2].Body)+string(all[1].Body)+string(all[0].Body), `"type":"app_rate_limited"`) {
		t.Fatalf("%d events", len(all))
	}
}
