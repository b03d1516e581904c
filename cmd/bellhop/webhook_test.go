package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

// customer is a server that answers with one status until it is told another.
func customer(t *testing.T, status int) (url string, answer *atomic.Int32, types func() string) {
	t.Helper()
	answer = &atomic.Int32{}
	answer.Store(int32(status))
	var got output
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = got.Write([]byte(r.Header.Get("X-PocketPing-Event") + ",")) // never fails
		w.WriteHeader(int(answer.Load()))
	}))
	t.Cleanup(site.Close)
	return site.URL, answer, got.String
}

func TestUpTellsACustomersServerAndAWebhookThatWasGoneIsEnabled(t *testing.T) {
	url, answer, types := customer(t, http.StatusGone)
	t.Setenv("EVENTS_WEBHOOK_URL", url+"/T0KEN")
	t.Setenv("WEBHOOK_ALLOW_PRIVATE", "true")
	natsAddr := freeAddr(t)
	base, _ := start(t, "--data", t.TempDir(), "--nats-addr", natsAddr)
	say(t, base)
	state := func() string {
		code, out, errs := command(t, "webhook", "state", "--nats-url", "nats://"+natsAddr)
		if code != runner.ExitOK || strings.Contains(out+errs, "T0KEN") {
			t.Fatalf("exit code %d\n%s%s", code, out, errs)
		}
		return out
	}
	eventually(t, "410 disables", func() bool { return strings.Contains(state(), "disabled by a 410") })
	answer.Store(http.StatusOK)
	if code, _, errs := command(t, "webhook", "enable", "webhook", "--nats-url", "nats://"+natsAddr); code != runner.ExitOK {
		t.Fatal(errs)
	}
	if out := state(); strings.Contains(out, "disabled") || !strings.Contains(out, "nothing waits") {
		t.Error(out)
	}
	eventually(t, "what it has missed is sent", func() bool { return types() == "new_session,new_session,visitor_message," })
	if code, _, _ := command(t, "webhook", "enable", "coffee"); code != runner.ExitConfiguration {
		t.Errorf("an unknown name: exit code %d", code)
	}
}

func TestWebhooksOfChannelsAreLookedAtAndTried(t *testing.T) {
	url, answer, _ := customer(t, http.StatusGone)
	t.Setenv("PUSHER_APP_ID", "shop")
	t.Setenv("PUSHER_KEY", "a-key")
	t.Setenv("PUSHER_SECRET", "a-secret")
	t.Setenv("PUSHER_WEBHOOK_URL", url+"/T0KEN")
	t.Setenv("PUSHER_WEBHOOKS", `[{"url": "`+url+`/T0KEN2", "event_types": ["cache_miss"], "headers": {"Authorization": "T0KEN3"}}]`)
	t.Setenv("WEBHOOK_ALLOW_PRIVATE", "true")
	run := func(code int, args ...string) string {
		got, out, errs := command(t, append([]string{"webhook"}, args...)...)
		if got != code || strings.Contains(out+errs, "T0KEN") {
			t.Fatalf("%v: exit code %d\n%s%s", args, got, out, errs)
		}
		return out + errs
	}
	none := filepath.Join(t.TempDir(), ".env")
	if out := run(runner.ExitFailure, "test", "--file", none); !strings.Contains(out, "pusher-1: receiver answered 410") || !strings.Contains(out, "pusher-2: ") {
		t.Error(out)
	}
	answer.Store(http.StatusOK)
	if out := run(runner.ExitOK, "test", "--file", none); !strings.Contains(out, "pusher-1: taken\npusher-2: taken\n") {
		t.Error(out)
	}
	answer.Store(http.StatusGone)
	natsAddr := freeAddr(t)
	base, _ := start(t, "--data", t.TempDir(), "--nats-addr", natsAddr)
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(base, "http", "ws", 1)+"/app/a-key?protocol=7", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"event":"pusher:subscribe","data":{"channel":"x"}}`)); err != nil {
		t.Fatal(err)
	}
	state := func() string { return run(runner.ExitOK, "state", "--nats-url", "nats://"+natsAddr) }
	eventually(t, "410 is a failure like others", func() bool {
		return strings.Contains(state(), "pusher-1 of the Pusher app shop has not taken anything since") &&
			strings.Contains(state(), "pusher-2 of the Pusher app shop takes what it is told")
	})
	answer.Store(http.StatusOK)
	eventually(t, "it needs nobody to enable it", func() bool { return strings.Contains(state(), "pusher-1 of the Pusher app shop takes what it is told") })
	run(runner.ExitConfiguration, "enable", "pusher-1")
}

func TestWebhooksAreTried(t *testing.T) {
	none := filepath.Join(t.TempDir(), ".env")
	if code, _, errs := command(t, "webhook", "test", "--file", none); code != runner.ExitFailure || !strings.Contains(errs, "EVENTS_WEBHOOK_URL") {
		t.Errorf("none: exit code %d\n%s", code, errs)
	}
	url, answer, types := customer(t, http.StatusOK)
	t.Setenv("EVENTS_WEBHOOK_URL", url+"/T0KEN")
	if code, _, errs := command(t, "webhook", "test", "--file", none); code != runner.ExitFailure || !strings.Contains(errs, "WEBHOOK_ALLOW_PRIVATE") {
		t.Errorf("private: exit code %d\n%s", code, errs)
	}
	t.Setenv("WEBHOOK_ALLOW_PRIVATE", "true")
	if code, out, errs := command(t, "webhook", "test", "--file", none); code != runner.ExitOK || !strings.Contains(out, "webhook: taken") || types() != "test," {
		t.Errorf("exit code %d, %q\n%s%s", code, types(), out, errs)
	}
	answer.Store(http.StatusUnauthorized)
	code, out, errs := command(t, "webhook", "test", "--file", none)
	if code != runner.ExitFailure || !strings.Contains(errs, "401") || strings.Contains(out+errs, "T0KEN") {
		t.Errorf("refused: exit code %d\n%s%s", code, out, errs)
	}
}
