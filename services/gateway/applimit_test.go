package gateway_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/sdk/channels"
	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// twoApps is what a file of projects says of two apps, of which one has limits of its own.
const twoApps = `
projects:
  default:
    pusher: {appId: 1, key: the-key, secret: the-secret}
  shop:
    pusher:
      appId: 2
      key: tight
      secret: another-secret
      activityTimeout: 33
      clientEvents: on
      clientEventRate: 1
      maxConnections: 2
      maxChannels: 2
      maxPayload: 20
      maxMembers: 1
      maxUserBytes: 30
      cacheFor: 1ns
      subscriptionCounts: on
`

func fromFile(t *testing.T, text string) []gateway.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "projects.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"NATS_URL": "nats://127.0.0.1:4222", "SESSIONS_ADDR": "127.0.0.1:9101", "RATE_LIMITS": "off", config.FileVariable: path}
	var cfg gateway.Config
	if err := config.Load(&cfg, func(name string) (string, bool) { value, found := env[name]; return value, found }); err != nil {
		t.Fatal(err)
	}
	return cfg.Projects
}

func TestEachAppOfAFileHasItsOwnLimits(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, func(c *gateway.Config) { c.Projects = fromFile(t, twoApps) })
	tight, err := channels.New(channels.Options{AppID: "2", Key: "tight", Secret: "another-secret", URL: s.Base})
	if err != nil {
		t.Fatal(err)
	}
	mine, his := open(t, s, "tight"), open(t, s, "the-key")
	mine2, _ := open(t, s, "tight"), open(t, s, "the-key")
	if mine.timeout != 33 || his.timeout != 120 {
		t.Errorf("activity timeouts %d and %d", mine.timeout, his.timeout)
	}
	if err := dial(t, s, "tight").ws.ReadJSON(new(any)); !websocket.IsCloseError(err, 4004) {
		t.Errorf("one connection too many: %v", err)
	}
	open(t, s, "the-key")
	for size, within := range map[int]bool{20: true, 21: false} {
		_, err := tight.Trigger(t.Context(), []string{"cache-x"}, "x", strings.Repeat("x", size))
		if _, other := backend(s).Trigger(t.Context(), []string{"cache-x"}, "x", strings.Repeat("x", size)); (err == nil) != within || other != nil {
			t.Errorf("%d bytes: %v, and to the other: %v", size, err, other)
		}
	}
	joins := func(p *page, channel, user, event, saying string) {
		t.Helper()
		key, secret := theApp.Key, theApp.Secret
		if p != his {
			key, secret = "tight", "another-secret"
		}
		data := `{"user_id":"` + user + `"}`
		p.sends("pusher:subscribe", "", map[string]string{
			"channel": channel, "channel_data": data, "auth": key + ":" + signature.Subscription(secret, p.id, channel, data, true),
		})
		if said := p.hears(event); !strings.Contains(said, saying) {
			t.Errorf("%s: %s", channel, said)
		}
	}
	const in, out, long = "pusher_internal:subscription_succeeded", "pusher:subscription_error", "somebody with many bytes"
	joins(mine, "cache-x", "", "pusher:cache_miss", "")
	joins(his, "cache-x", "", "x", "")
	joins(mine, "presence-x", long, out, "bytes")
	joins(his, "presence-x", long, in, long)
	joins(mine, "presence-x", "ann", in, "ann")
	joins(mine2, "presence-x", "bob", out, "members")
	joins(mine, "third", "", out, "2 channels")
	joins(his, "third", "", in, "")
	for _, p := range []*page{mine, mine, his} {
		p.sends("client-x", "presence-x", "x")
	}
	for data := ""; !strings.Contains(data, "more than 1 client events"); data = mine.hears("pusher:error") { // those of the refusals come first
	}
	if data := his.hears("pusher:error"); !strings.Contains(data, "not enabled") {
		t.Error(data)
	}
}
