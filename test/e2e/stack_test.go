package e2e

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/mtls"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/inbound"
	"github.com/bellhop-chat/bellhop/services/notifier"
	"github.com/bellhop-chat/bellhop/services/sessions"
	"github.com/bellhop-chat/bellhop/test/schema"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// setup says what a stack is like. The zero value is embedded, at a public address, with all three platforms and without any limit of rate.
type setup struct {
	backing  func(testing.TB) backing // embedded unless given
	on       []string                 // the platforms; all unless given
	private  bool                     // no public address: updates are fetched, sockets opened
	real     bool                     // the platforms' real limits, of simulators and notifier
	limits   bool                     // the gateway's own rate limits
	origins  []string
	groups   []int64              // further groups of Telegram's
	text     bool                 // Discord's channel is a text channel, not a forum
	hook     bool                 // Discord and Slack are told by webhooks, and hear nobody
	connect  bool                 // threads are opened as soon as somebody comes
	disorder time.Duration        // by which later events of Slack may overtake earlier ones
	file     int64                // the largest file that is carried, in bytes; 50 MB unless given
	projects func(config any)     // reads the configuration of several projects, whose platforms are not those of the stack; one unless given
	secret   string               // with which the site proves who its visitors are; it proves nothing unless given
	tls      mtls.Config          // how services know each other; plain unless given
	traces   trace.TracerProvider // where spans come from; none unless given
	told     string               // who is told of the channels of a Pusher app; there is no app unless given
	left     time.Duration        // after which somebody is gone; long enough for a test unless given
}

const apiKey = "the-key-of-the-end-to-end-tests"

// stack is a running installation with its platforms.
type stack struct {
	platforms
	url     string
	bus     *bus.Bus // an observer's own connection
	backing backing
	http    *http.Client
	log     *logbook
	health  *runner.Health
	traces  trace.TracerProvider
	// run makes a service of the present configuration, and stop ends the one that runs.
	run  map[string]func(runner.Runtime) func(context.Context) error
	stop map[string]func()
}

// start runs everything until the test's end.
func start(t testing.TB, o setup) *stack {
	t.Helper()
	s := &stack{}
	s.starts(t, o)
	return s
}

func (s *stack) starts(t testing.TB, o setup) {
	t.Helper()
	s.traces = o.traces
	s.log, s.http = newLogbook(), &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	t.Cleanup(s.http.CloseIdleConnections)
	if len(o.on) == 0 {
		o.on = everyPlatform
	}
	s.platforms = startPlatforms(t, o)
	if o.backing == nil {
		o.backing = embeddedBacking
	}
	s.backing = o.backing(t)
	s.observe(t)
	s.begin(t, o)
	s.connect(t, s.url, o)
}

// begin starts the services as `bellhop up` does.
func (s *stack) begin(t testing.TB, o setup) {
	t.Helper()
	front, err := httpserver.Listen("127.0.0.1:0", s.log.logger())
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + front.Addr().String()
	grpc, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.health, s.stop = runner.NewHealth(), map[string]func(){}
	s.run = s.services(o, front, grpc)
	names := []string{"sessions", "gateway", "notifier", "inbound"}
	s.health.Expect(names...)
	for _, name := range names {
		s.launch(t, name)
	}
	awaitReady(t, s.health, s.log)
	launch(t, "front", func(ctx context.Context) error {
		defer context.AfterFunc(ctx, func() { _ = front.Shutdown(context.Background()) })()
		return front.Serve()
	})
}

// launch runs a service until the test's end or the next restart.
func (s *stack) launch(t testing.TB, name string) {
	t.Helper()
	rt := runner.Runtime{Log: s.log.logger(), Health: s.health, Traces: s.traces}
	s.stop[name] = launch(t, name, s.run[name](rt.For(name)))
}

// restart stops services and runs them anew, with what the platforms are like now.
func (s *stack) restart(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		s.stop[name]()
	}
	for _, name := range names {
		s.launch(t, name)
	}
	awaitReady(t, s.health, s.log)
}

func (s *stack) services(o setup, front *httpserver.Front, grpc net.Listener) map[string]func(runner.Runtime) func(context.Context) error {
	public, _ := url.Parse(s.url) // an address of our own making
	if o.private {
		public = nil
	}
	place, addr := httpserver.Config{Front: front}, grpc.Addr().String()
	up := func(user string) upstream.Config {
		return upstream.Config{Bus: s.backing.as(user), NATSURL: s.backing.bus.URL, SessionsAddr: addr, TLS: o.tls}
	}
	return map[string]func(runner.Runtime) func(context.Context) error{
		"sessions": func(rt runner.Runtime) func(context.Context) error {
			cfg := sessions.Config{Runtime: rt, Bus: s.backing.as(bus.Sessions), TLS: o.tls, RedisURL: s.backing.redis, DataDir: s.backing.dir,
				Listener: grpc, Addr: addr}
			grpc = nil // whoever stops closes it: after a restart the service listens anew
			return func(ctx context.Context) error { return sessions.Run(ctx, cfg) }
		},
		"gateway": func(rt runner.Runtime) func(context.Context) error {
			cfg := gateway.Config{Runtime: rt, HTTP: place, Upstream: up(bus.Gateway), AllowedOrigins: o.origins, WelcomeMessage: "Welcome!", APIKey: apiKey,
				RateLimits: onOff(o.limits), Bridges: o.on, NotifyOn: notifyOn(o), Screenshots: "on", LeftAfter: cmp.Or(o.left, time.Minute),
				Files: file.Limits{MaxBytes: cmp.Or(o.file, maxFile)}}
			if o.secret != "" {
				cfg.Identity.Secrets = []string{o.secret}
			}
			if o.told != "" {
				cfg.Pusher.AppID, cfg.Pusher.Key, cfg.Pusher.Secret, cfg.Pusher.WebhookURLs = appID, appKey, appSecret, []string{o.told}
				cfg.Pusher.ClientEvents, cfg.Pusher.SubscriptionCounts = "on", "on"
			}
			o.several(&cfg)
			return func(ctx context.Context) error { return gateway.Run(ctx, cfg) }
		},
		"notifier": func(rt runner.Runtime) func(context.Context) error {
			cfg := notifier.Config{Runtime: rt, Upstream: up(bus.Notifier), NotifyOn: notifyOn(o), FilesURL: s.url}
			if o.told != "" {
				cfg.Pusher.AppID, cfg.Pusher.Key, cfg.Pusher.Secret, cfg.Pusher.URLs = appID, appKey, appSecret, []string{o.told}
				cfg.Webhook.AllowPrivate = true
			}
			if !o.several(&cfg) {
				s.platforms.notify(&cfg)
			}
			return func(ctx context.Context) error { return notifier.Run(ctx, cfg) }
		},
		"inbound":   s.inbound(o, place, up(bus.Inbound), public),
		"inbound 2": s.inbound(o, httpserver.Config{Addr: "127.0.0.1:0"}, up(bus.Inbound), public), // another one, at an address of its own
	}
}

func (s *stack) inbound(o setup, place httpserver.Config, up upstream.Config, public *url.URL) func(runner.Runtime) func(context.Context) error {
	return func(rt runner.Runtime) func(context.Context) error {
		cfg := inbound.Config{Runtime: rt, HTTP: place, Upstream: up, PublicURL: public, MaxFile: cmp.Or(o.file, maxFile), Screenshots: "on"}
		if !o.several(&cfg) {
			s.platforms.receive(&cfg)
		}
		return func(ctx context.Context) error { return inbound.Run(ctx, cfg) }
	}
}

// several reads a service's configuration of several projects, if there are.
func (o setup) several(config any) bool {
	if o.projects != nil {
		o.projects(config)
	}
	return o.projects != nil
}

func notifyOn(o setup) string {
	if o.connect {
		return "connect"
	}
	return "message"
}

// maxFile is the largest file that is carried, in bytes.
const maxFile = 50 << 20

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// stopTimeout is how long a service may take to stop.
const stopTimeout = 30 * time.Second

// launch runs a part until the test's end or until it is stopped, and stops it before what was launched earlier.
func launch(t testing.TB, name string, run func(context.Context) error) (end func()) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	end = sync.OnceFunc(func() {
		stop()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(stopTimeout):
			t.Errorf("%s does not stop", name)
		}
	})
	t.Cleanup(end)
	return end
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

// observe connects to the bus as a program outside would, and looks at all that is ever published.
func (s *stack) observe(t testing.TB) {
	t.Helper()
	cfg := s.backing.bus
	cfg.Name, cfg.Log = "observer", zap.NewNop()
	if s.backing.everybody != "" {
		cfg.URL = s.backing.everybody
	}
	var err error
	if s.bus, err = bus.Connect(visitor.Within(t), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.bus.Close)
	schema.Watch(t, s.bus)
}
