package api_test

import (
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/apikey"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func newKey(s *gatewaytest.Site, project id.Project, scopes ...apikey.Scope) (keyID, auth string) {
	s.Helper()
	k, token, err := apikey.Create(s.Context(), s.Bus.Notebook(), "test", project, scopes, time.Now())
	if err != nil {
		s.Fatal(err)
	}
	return k.ID, "Bearer " + token
}

func TestKeyOpensWhatItsScopeAndProjectAllow(t *testing.T) {
	s := gatewaytest.Start(t)
	_, reads := newKey(s, "", apikey.Read)
	_, writes := newKey(s, id.Default, apikey.Write)
	_, others := newKey(s, "other", apikey.Read, apikey.Write)
	for _, c := range []struct {
		method, path, auth string
		status             int
		code               string
	}{
		{"GET", "/api/v1/sessions", reads, 200, ""}, {"POST", "/api/sessions", reads, 403, "wrong_scope"},
		{"GET", "/api/v1/sessions", writes, 403, "wrong_scope"}, {"POST", "/api/sessions", writes, 200, ""},
		{"GET", "/api/events/stream?after=x", writes, 403, "wrong_scope"}, {"GET", "/api/events/stream?after=x", reads, 400, "invalid_after"},
		{"GET", "/api/v1/me", others, 403, "wrong_project"}, {"POST", "/api/sessions", others, 403, "wrong_project"},
		{"GET", "/api/v1/me", "Bearer " + gatewaytest.Key, 200, ""}, {"GET", "/api/v1/me", "Bearer " + gatewaytest.Key + "x", 401, "unauthorized"},
		{"GET", "/api/v1/me", gatewaytest.Key, 401, "unauthorized"}, {"GET", "/api/v1/me", "", 401, "unauthorized"},
		{"GET", "/api/v1/me", reads + "x", 401, "unauthorized"},
	} {
		got := s.Call(c.method, c.path, `{"id":"s"}`, "Authorization", c.auth)
		if got.Status != c.status || got.Text("code") != c.code {
			t.Errorf("%s %s answered %d %s, want %d %s", c.method, c.path, got.Status, got.Raw, c.status, c.code)
		}
	}
}

func TestRevokedKeyOpensNothingWithinASecondAtEveryGateway(t *testing.T) {
	s := gatewaytest.Start(t)
	gateways := []*gatewaytest.Site{s, s.Beside(), s.Beside(gatewaytest.WithoutKey)}
	keyID, auth := newKey(s, "", apikey.Read)
	for _, g := range gateways {
		if got := g.Call("GET", "/api/v1/me", nil, "Authorization", auth); got.Status != 200 {
			t.Fatalf("a key that was just made: %d %s", got.Status, got.Raw)
		}
	}
	open := listen(gateways[1], "", auth)
	if err := apikey.Revoke(t.Context(), s.Bus.Notebook(), keyID); err != nil {
		t.Fatal(err)
	}
	revoked := time.Now()
	bustest.Until(t, "no gateway opens", func() bool {
		for _, g := range gateways {
			if g.Call("GET", "/api/v1/me", nil, "Authorization", auth).Status != 401 {
				return false
			}
		}
		return true
	})
	took := time.Since(revoked)
	open.ends()
	if took > time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestCallsOfOneKeyAreLimitedAndOfAnotherAreNot(t *testing.T) {
	s := gatewaytest.Start(t, func(cfg *gateway.Config) { cfg.RateLimits, cfg.APIRate, cfg.BridgeRate = "on", 3, 4 })
	_, one := newKey(s, "", apikey.Read, apikey.Write)
	_, other := newKey(s, "", apikey.Read)
	for n := range 4 {
		got := s.Call("GET", "/api/v1/me", nil, "Authorization", one)
		if n < 3 && got.Status != 200 {
			t.Errorf("call %d answered %d", n, got.Status)
		}
		if n == 3 {
			s.WantError(got, 429, "rate_limited")
			if seconds := got.Header.Get("Retry-After"); seconds == "" || seconds == "0" {
				t.Errorf("Retry-After %q", seconds)
			}
		}
	}
	if got := s.Call("GET", "/api/v1/me", nil, "Authorization", other); got.Status != 200 {
		t.Errorf("another key: %d", got.Status)
	}
	if got := s.Call("POST", "/api/sessions", `{"id":"s"}`, "Authorization", one); got.Status != 200 {
		t.Errorf("the bridge API, which has a limit of its own: %d", got.Status)
	}
}

func TestWrongKeysOfOneAddressAreLimited(t *testing.T) {
	s := gatewaytest.Start(t, func(cfg *gateway.Config) { cfg.RateLimits = "on" })
	last := 0
	for range 40 {
		last = s.Call("GET", "/api/v1/me", nil, "Authorization", "Bearer wrong").Status
	}
	if last != 429 {
		t.Errorf("the fortieth guess: %d", last)
	}
	if got := s.Call("GET", "/api/v1/me", nil, "Authorization", "Bearer "+gatewaytest.Key); got.Status != 200 {
		t.Errorf("the right key, from there: %d", got.Status)
	}
}

func TestUseOfAKeyIsNoted(t *testing.T) {
	s := gatewaytest.Start(t)
	_, auth := newKey(s, "", apikey.Read)
	s.Call("GET", "/api/v1/me", nil, "Authorization", auth)
	bustest.Until(t, "the list tells when it was used", func() bool {
		list, err := apikey.List(t.Context(), s.Bus.Notebook())
		return err == nil && len(list) == 1 && time.Since(list[0].LastUsed) < time.Minute
	})
}
