package notifier

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/upstream"
)

func TestEachNotifierDeliversOnlyToWhatDeliverToNames(t *testing.T) {
	server := bustest.Server(t)
	b := bustest.Connect(t, bus.Config{InProcess: server})
	api, receiver := &botAPI{}, &hook{status: http.StatusOK}
	bots, hooks := httptest.NewServer(api), httptest.NewServer(receiver)
	t.Cleanup(bots.Close)
	t.Cleanup(hooks.Close)
	all := Config{
		Telegram: telegram.Config{Token: token, Chats: []string{"-1001230000001"}, APIURL: bots.URL},
		Upstream: upstream.Config{Bus: bus.Config{InProcess: server}, Sessions: serve(t, b)},
	}
	all.Webhook.EventsURL, all.Webhook.AllowPrivate = hooks.URL, true
	of := func(platforms ...string) Config {
		cfg := all
		cfg.DeliverTo = platforms
		return cfg
	}
	start(t, of("discord", "slack")) // nothing to do
	stopTelegram := start(t, of("telegram"))
	stopWebhook := start(t, of("webhook"))
	say(t, b, "both")
	until(t, "a notifier does not deliver to its own", func() bool { return len(api.called()) == 2 && len(receiver.got()) == 1 })
	stopTelegram()
	say(t, b, "webhook only")
	until(t, "the webhook is not told", func() bool { return len(receiver.got()) == 2 })
	if calls := api.called(); len(calls) != 2 {
		t.Fatalf("another notifier has delivered to Telegram: %q", calls)
	}
	stopWebhook()
	start(t, of("telegram"))
	until(t, "Telegram does not get what has waited", func() bool { return len(api.called()) == 3 })
	if bodies := receiver.got(); len(bodies) != 2 {
		t.Errorf("another notifier has told the webhook: %q", bodies)
	}
}
