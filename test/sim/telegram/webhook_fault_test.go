package telegram_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestLostAcknowledgementBringsTheSameUpdateAgain(t *testing.T) {
	b := unlimited(t)
	r := receive(t, nil)
	b.sim.DisturbDelivery(telegram.DeliveryFault{Times: 1, DropAck: true})
	b.hook(r)
	_, err := b.sim.Say(deadline(t), 0, "x")
	must(t, err)
	b.wait(deliveries(1))
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Second)
	b.wait(delivered)
	if got := r.updates(); len(got) != 2 || got[0].ID != got[1].ID {
		t.Fatalf("updates: %+v", got)
	}
}

func TestForgedDeliveryShowsAReceiverThatDoesNotVerify(t *testing.T) {
	b := unlimited(t)
	r := receive(t, nil)
	b.sim.DisturbDelivery(telegram.DeliveryFault{Times: 1, Secret: "missing"})
	b.sim.DisturbDelivery(telegram.DeliveryFault{Nth: 2, Times: 1, Secret: "wrong"})
	b.hook(r)
	for range 2 {
		_, err := b.sim.Say(deadline(t), 0, "x")
		must(t, err)
	}
	b.wait(delivered)
	var accepted int
	for _, d := range b.sim.Deliveries() {
		if d.Forged && d.Accepted {
			accepted++
		}
	}
	if accepted != 2 || r.secret[0] != "" || r.secret[2] != "forged-s3cret_-" {
		t.Fatalf("%d forged deliveries accepted, secrets %q", accepted, r.secret)
	}
}

func TestAnswerToWebhookMayCallAMethod(t *testing.T) {
	b := unlimited(t)
	r := receive(t, func(update, int) (int, http.Header, string) {
		return 200, http.Header{"Content-Type": {"application/json"}}, `{"method":"sendMessage","chat_id":-1001230000001,"text":"from the answer"}`
	})
	b.hook(r)
	_, err := b.sim.Say(deadline(t), 0, "x")
	must(t, err)
	b.wait(func(v telegram.State) bool { return len(v.Messages(0)) == 2 })
}

func TestWebhookThatIsGoneForADayIsRemoved(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	r := receive(t, func(update, int) (int, http.Header, string) { return 410, nil, "" })
	b.hook(r)
	_, err := b.sim.Say(ctx, 0, "x")
	must(t, err)
	b.wait(deliveries(1))
	must(t, b.sim.Clock().AwaitTimers(ctx, 1))
	b.sim.Clock().Advance(23*time.Hour + time.Second)
	b.wait(func(v telegram.State) bool { return v.WebhookURL() == "" })
}
