package pusher

import "testing"

func TestAppHasWebhooksHoweverTheyAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		Config
		want bool
	}{
		{Config{AppID: "1"}, false}, {Config{AppID: "1", WebhookURLs: []string{"https://a.example"}}, true},
		{Config{AppID: "1", Webhooks: `[{"url": "https://a.example"}]`}, true}, {Config{Webhooks: "[]"}, false},
	} {
		if got := c.Hooked(); got != c.want {
			t.Errorf("%+v has webhooks: %v", c.Config, got)
		}
	}
}
