package slack_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

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
	b.wait(func(v slack.State) bool { return len(r.all()) == 5 && v.PendingEvents() == 1 })
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
	r.trust()
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
	r.answers(func(delivered, int) (int, http.Header, string) {
		return 500, http.Header{"X-Slack-No-Retry": {"1"}}, ""
	})
	root := b.say("", "root").TS
	for range 500 { // each is two events: the message and the root's change
		b.say(root, "x")
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

func TestInteractionsAreDisturbedLikeEvents(t *testing.T) {
	b, r := hooked(t)
	ts := b.card("")
	b.wait(quiet)
	press := func() string {
		t.Helper()
		pressed, err := b.sim.Press(deadline(t), ts, "Close")
		must(t, err)
		return pressed.ID
	}
	b.sim.DisturbDelivery(slack.DeliveryFault{Kind: "block_actions", Times: 1, Duplicate: 1})
	press()
	b.wait(attempts(4)) // url_verification, the card's event, and two
	if all := r.all(); string(all[1].Body) != string(all[2].Body) {
		t.Error("the second is not the first again")
	}
	b.sim.DisturbDelivery(slack.DeliveryFault{Kind: "block_actions", Times: 1, Lose: true})
	if lost, err := b.sim.AwaitInteraction(deadline(t), press()); err != nil || lost.Failed == "" {
		t.Errorf("%+v %v", lost, err)
	}
	b.sim.DisturbDelivery(slack.DeliveryFault{Kind: "block_actions", Times: 1, Forge: string(slack.ForgeWrong)})
	if genuine, err := b.sim.AwaitInteraction(deadline(t), press()); err != nil || genuine.Failed != "" || len(r.all()) != 4 {
		t.Errorf("%+v %v, %d requests", genuine, err, len(r.all()))
	}
	b.sim.DisturbDelivery(slack.DeliveryFault{Kind: "block_actions", Times: 1, Delay: time.Minute})
	late := press()
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	if b.sim.State().Interaction(late).Done {
		t.Error("it was not delayed")
	}
	b.sim.Clock().Advance(time.Minute)
	if _, err := b.sim.AwaitInteraction(deadline(t), late); err != nil {
		t.Error(err)
	}
}
