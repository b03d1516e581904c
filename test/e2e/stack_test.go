package e2e

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	product "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/inbound"
	"github.com/bellhop-chat/bellhop/services/notifier"
	"github.com/bellhop-chat/bellhop/services/sessions"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// setup says what a stack is like. The zero value is embedded, by webhook, without any limit of rate.
type setup struct {
	backing func(testing.TB) backing // embedded unless given
	polling bool                     // fetch Telegram's updates instead of a webhook
	budget  int                      // messages a minute to Telegram, of simulator and notifier; 0 for no limit
	groups  []int64                  // further groups of operators
	limits  bool                     // the gateway's own rate limits
	origins []string
}

const (
	webhookSecret = "the-secret-of-the-end-to-end-tests"
	apiKey        = "the-key-of-the-end-to-end-tests"
)

// stack is a running installation with its Telegram.
type stack struct {
	url      string
	telegram *telegram.Server
	bus      *bus.Bus // an observer's own connection
	backing  backing
	http     *http.Client
	log      *logbook
}

// start runs everything until the test's end.
func start(t testing.TB, o setup) *stack {
	t.Helper()
	s := &stack{log: newLogbook(), http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	t.Cleanup(s.http.CloseIdleConnections)
	s.telegram = telegram.New(telegram.Options{MoreChats: o.groups, Budget: telegram.Budget{Off: o.budget == 0, GroupLimit: o.budget}})
	if err := s.telegram.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.telegram.Close)
	if o.backing == nil {
		o.backing = embeddedBacking
	}
	s.backing = o.backing(t)
	s.run(t, o)
	s.observe(t)
	return s
}

// run starts the services as `bellhop up` does.
func (s *stack) run(t testing.TB, o setup) {
	t.Helper()
	log := s.log.logger()
	front, err := httpserver.Listen("127.0.0.1:0", log)
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + front.Addr().String()
	grpc, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rt := runner.Runtime{Log: log, Health: runner.NewHealth()}
	services := s.services(t, o, rt, front, grpc)
	names := []string{"sessions", "gateway", "notifier", "inbound"}
	rt.Health.Expect(names...)
	for _, name := range names {
		launch(t, name, services[name])
	}
	awaitReady(t, rt.Health, s.log)
	launch(t, "front", func(ctx context.Context) error {
		defer context.AfterFunc(ctx, func() { _ = front.Shutdown(context.Background()) })()
		return front.Serve()
	})
}

func (s *stack) services(t testing.TB, o setup, rt runner.Runtime, front *httpserver.Front, grpc net.Listener) map[string]func(context.Context) error {
	t.Helper()
	bot := product.Config{
		Token: s.telegram.Token(), Chats: []string{strconv.FormatInt(s.telegram.ChatID(), 10)}, APIURL: s.telegram.URL(),
		WebhookSecret: webhookSecret, BudgetPerMinute: o.budget,
	}
	for _, chat := range o.groups {
		bot.Chats = append(bot.Chats, strconv.FormatInt(chat, 10))
	}
	rateLimits := "off"
	if o.limits {
		rateLimits = "on"
	}
	var public *url.URL
	if !o.polling {
		public, _ = url.Parse(s.url) // an address of our own making
	}
	place := httpserver.Config{Front: front}
	up := upstream.Config{Bus: s.backing.bus, NATSURL: s.backing.bus.URL, SessionsAddr: grpc.Addr().String()}
	return map[string]func(context.Context) error{
		"sessions": func(ctx context.Context) error {
			return sessions.Run(ctx, sessions.Config{Runtime: rt.For("sessions"), Bus: s.backing.bus, RedisURL: s.backing.redis,
				DataDir: s.backing.dir, Listener: grpc})
		},
		"gateway": func(ctx context.Context) error {
			return gateway.Run(ctx, gateway.Config{Runtime: rt.For("gateway"), HTTP: place, Upstream: up,
				AllowedOrigins: o.origins, WelcomeMessage: "Welcome!", APIKey: apiKey, RateLimits: rateLimits,
				Bridges: []string{"telegram"}})
		},
		"notifier": func(ctx context.Context) error {
			return notifier.Run(ctx, notifier.Config{Runtime: rt.For("notifier"), Upstream: up,
				Telegram: bot, TelegramPerSecond: perSecond(o)})
		},
		"inbound": func(ctx context.Context) error {
			return inbound.Run(ctx, inbound.Config{Runtime: rt.For("inbound"), HTTP: place, Upstream: up,
				PublicURL: public, Telegram: bot})
		},
	}
}

// perSecond is what Telegram's FAQ names, where there is a budget at all.
func perSecond(o setup) float64 {
	if o.budget == 0 {
		return 0
	}
	return 1
}

// stopTimeout is how long a service may take to stop.
const stopTimeout = 30 * time.Second

// launch runs a part until the test's end, and stops it before what was launched earlier.
func launch(t testing.TB, name string, run func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(sync.OnceFunc(func() {
		stop()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(stopTimeout):
			t.Errorf("%s does not stop", name)
		}
	}))
}

// awaitReady waits until every service says that it is.
func awaitReady(t testing.TB, health *runner.Health, log *logbook) {
	t.Helper()
	ctx := visitor.Within(t)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		failing := health.Failing(ctx)
		if len(failing) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not ready: %v\n%s", failing, log)
		}
	}
}

// observe waits until Telegram's updates have a way in, and connects to the bus as a program outside would.
func (s *stack) observe(t testing.TB) {
	t.Helper()
	err := s.telegram.WaitFor(visitor.Within(t), func(state telegram.State) bool { return state.Polling() || state.WebhookURL() != "" })
	if err != nil {
		t.Fatalf("nobody wants Telegram's updates: %v\n%s", err, s.log)
	}
	cfg := s.backing.bus
	cfg.Name, cfg.Log = "observer", zap.NewNop()
	if s.bus, err = bus.Connect(visitor.Within(t), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.bus.Close)
}
