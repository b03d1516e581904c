package inbound_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap/zaptest"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/services/inbound"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive/receivetest"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/telegram/apitest"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

const said = `{"update_id":700010,"message":{"message_id":431,"message_thread_id":412,"is_topic_message":true,
	"from":{"id":555,"first_name":"Olga"},"chat":{"id":-1001230000001,"type":"supergroup"},"date":1795000060,"text":"Hi Ana!"}}`

// service is inbound as it runs.
type service struct {
	url    string
	bus    *bus.Bus
	health *runner.Health
	stop   func() error
}

func start(t *testing.T, bot telegram.Config, public string) *service {
	t.Helper()
	return startWith(t, runner.Runtime{}, bot, public)
}

func startWith(t *testing.T, rt runner.Runtime, bot telegram.Config, public string) *service {
	t.Helper()
	server := bustest.Server(t)
	s := &service{bus: bustest.Connect(t, bus.Config{InProcess: server, Name: t.Name()}), health: runner.NewHealth()}
	sessions := &receivetest.Sessions{Bus: s.bus}
	rt.Log, rt.Health = zaptest.NewLogger(t), s.health
	bound := make(chan net.Addr, 1)
	cfg := inbound.Config{
		Runtime:  rt,
		HTTP:     httpserver.Config{Addr: "127.0.0.1:0", OnBound: func(addr net.Addr) { bound <- addr }},
		Telegram: bot, Upstream: upstream.Config{Bus: bus.Config{InProcess: server}, Sessions: sessions.Serve(t)},
	}
	sessions.Begin("default", "-1001230000001", "412", "ses_ana", "m1")
	if public != "" {
		var err error
		if cfg.PublicURL, err = url.Parse(public); err != nil {
			t.Fatal(err)
		}
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- inbound.Run(ctx, cfg) }()
	s.stop = func() error {
		cancel()
		err := <-ended
		ended <- err
		return err
	}
	t.Cleanup(func() { _ = s.stop() })
	select {
	case addr := <-bound:
		s.url = "http://" + addr.String()
	case err := <-ended:
		t.Fatal(err)
	}
	return s
}

func (s *service) post(t *testing.T, secret, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/webhooks/telegram", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode
}

func (s *service) stored(t *testing.T) (ids []string) {
	t.Helper()
	if err := s.bus.Replay(t.Context(), 1, bus.Filter{}, func(ev bus.Event) error {
		ids = append(ids, ev.ID)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return ids
}

func bot(api *apitest.API, secret string) telegram.Config {
	return telegram.Config{
		Token: "7001:AAtesttokenAAtesttoken_-0123456", Chats: []string{"-1001230000001"}, APIURL: api.URL,
		WebhookSecret: secret, BudgetPerMinute: 20,
	}
}

func TestWebhookIsRegisteredServedAndDrained(t *testing.T) {
	api := apitest.New(t)
	s := start(t, bot(api, "the-secret"), "https://chat.example/base/")
	api.Await(t, "the registration", func() bool { return len(api.Calls("setWebhook")) == 1 })
	if got := api.Calls("setWebhook")[0].Params["url"]; got != "https://chat.example/base/webhooks/telegram" {
		t.Errorf("registered %v", got)
	}
	if status := s.post(t, "a-guess", said); status != http.StatusUnauthorized {
		t.Errorf("forged: %d", status)
	}
	if status := s.post(t, "the-secret", said); status != http.StatusOK {
		t.Errorf("genuine: %d", status)
	}
	if ids := s.stored(t); strings.Join(ids, ",") != "telegram:700010,telegram:700010:read" {
		t.Errorf("%q", ids)
	}
	if failing := s.health.Failing(t.Context()); len(failing) != 0 {
		t.Errorf("not ready: %v", failing)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if failing := s.health.Failing(t.Context()); len(failing) != 1 {
		t.Errorf("checks are left behind: %v", failing)
	}
}

func TestWithoutAnAddressOrASecretUpdatesAreFetched(t *testing.T) {
	for _, public := range []string{"", "https://chat.example"} {
		api := apitest.New(t)
		s := start(t, bot(api, ""), public)
		api.Push(said)
		api.Await(t, "the update confirmed", func() bool { return api.Offset() == 700011 })
		if ids := s.stored(t); len(ids) != 2 || len(api.Calls("setWebhook")) != 0 {
			t.Errorf("%q", ids)
		}
		if status := s.post(t, "", said); status != http.StatusServiceUnavailable {
			t.Errorf("a webhook without a secret answers %d", status)
		}
	}
}

func TestServiceStartsAgainInTheSameProcess(t *testing.T) {
	api := apitest.New(t)
	registry := prometheus.NewRegistry()
	for n := range 2 {
		s := startWith(t, runner.Runtime{Metrics: registry}, bot(api, "the-secret"), "")
		// A server that is stopped while it makes the bucket of the leases leaves a goroutine behind.
		api.Await(t, "polling", func() bool { return len(api.Calls("getUpdates")) > n })
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWebhookWithoutABotIsNotFound(t *testing.T) {
	s := start(t, telegram.Config{}, "")
	if status := s.post(t, "x", said); status != http.StatusNotFound {
		t.Fatalf("%d", status)
	}
}
