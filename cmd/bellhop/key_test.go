package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

func TestKeyOfTheCommandLineOpensTheAPIUntilItIsRevoked(t *testing.T) {
	natsAddr := freeAddr(t)
	base, _ := start(t, "--data", t.TempDir(), "--nats-addr", natsAddr)
	keys := func(args ...string) string {
		t.Helper()
		code, out, errs := command(t, append(append([]string{"key"}, args...), "--nats-url", "nats://"+natsAddr)...)
		if code != runner.ExitOK {
			t.Fatalf("key %v: exit code %d\n%s", args, code, errs)
		}
		return strings.TrimSpace(out)
	}
	token := keys("create", "shop", "--scope", "read")
	call := func(method, path string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Close = true
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if got := call("GET", "/api/v1/me"); got != http.StatusOK {
		t.Errorf("a new key: %d", got)
	}
	if got := call("POST", "/api/v1/events"); got != http.StatusForbidden {
		t.Errorf("a key that may only read: %d", got)
	}
	list := keys("list")
	if !strings.Contains(list, "shop") || strings.Contains(list, token) {
		t.Error(list)
	}
	keys("revoke", strings.Fields(strings.Split(list, "\n")[1])[0])
	eventually(t, "the key opens nothing any more", func() bool { return call("GET", "/api/v1/me") == http.StatusUnauthorized })
	if out := keys("list"); out != "There are no keys." {
		t.Error(out)
	}
	if code, _, errs := command(t, "key", "revoke", "nobodys1", "--nats-url", "nats://"+natsAddr); code != runner.ExitFailure || !strings.Contains(errs, "nobodys1") {
		t.Errorf("exit code %d, %s", code, errs)
	}
	if code, _, _ := command(t, "key", "create", "x", "--scope", "admin"); code != runner.ExitConfiguration {
		t.Errorf("an unknown scope: exit code %d", code)
	}
}
