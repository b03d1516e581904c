package inbound_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/services/inbound"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/discord/apitest"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive/receivetest"
)

const (
	discordChannel = "1300000000000000001"
	discordThread  = "1440000000000000000"
	discordSaid    = `{"id":"1440000000000000002","channel_id":"` + discordThread + `","type":0,"author":{"id":"1700000000000000001","username":"olga"},"content":"Hi Ana!"}`
)

// startDiscord starts inbound with a Discord, and says where it listens.
func startDiscord(t *testing.T, api *apitest.API) (*bus.Bus, string) {
	t.Helper()
	server := bustest.Server(t)
	b := bustest.Connect(t, bus.Config{InProcess: server, Name: t.Name()})
	sessions := &receivetest.Sessions{Bus: b, Platform: "discord"}
	bound := make(chan net.Addr, 1)
	cfg := inbound.Config{
		Runtime:  runner.Runtime{Log: zaptest.NewLogger(t), Health: runner.NewHealth()},
		HTTP:     httpserver.Config{Addr: "127.0.0.1:0", OnBound: func(addr net.Addr) { bound <- addr }},
		Upstream: upstream.Config{Bus: bus.Config{InProcess: server}, Sessions: sessions.Serve(t)},
		Discord: discord.Config{
			Token: "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GtestX.simulated-token-simulated-token", Channel: discordChannel, APIURL: api.URL + "/api/v10",
			EnableGateway: true,
		},
	}
	sessions.Begin("default", discordChannel, discordThread, "ses_ana")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- inbound.Run(ctx, cfg) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case addr := <-bound:
		return b, "http://" + addr.String()
	case err := <-ended:
		ended <- err
		t.Fatal(err)
		return nil, ""
	}
}

func TestDiscordIsHeardByTheGateway(t *testing.T) {
	api := apitest.New(t)
	api.Answers("GET /channels/"+discordThread, `{"id":"`+discordThread+`","type":11,"parent_id":"`+discordChannel+`"}`)
	b, url := startDiscord(t, api)
	api.Await(t, "a session", func() bool { return api.Connected() == 1 })
	api.Dispatch("MESSAGE_CREATE", discordSaid)
	var ids []string
	for deadline := time.Now().Add(15 * time.Second); len(ids) == 0 && time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		ids = nil
		if err := b.Replay(t.Context(), 1, bus.Filter{}, func(ev bus.Event) error {
			ids = append(ids, ev.ID)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(ids, []string{"discord:1440000000000000002"}) {
		t.Fatalf("the bus holds %q", ids)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := client.Post(url+"/webhooks/discord", "application/json", strings.NewReader(`{"type":1}`)) //nolint:noctx // a test's
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "DISCORD_PUBLIC_KEY") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestWhatOnlyAPersonCanMendIsACondition(t *testing.T) {
	api := apitest.New(t)
	api.Forbid(4014)
	b, _ := startDiscord(t, api)
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		all, err := condition.List(t.Context(), b.Notebook())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if c.Platform == "discord" && c.Part == "inbound" && strings.Contains(c.Problem, "Message Content Intent") {
				return
			}
		}
	}
	t.Fatal("nobody is told")
}
