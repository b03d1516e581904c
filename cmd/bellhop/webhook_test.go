package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

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
