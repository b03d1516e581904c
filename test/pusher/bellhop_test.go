package pusher

import (
	"bytes"
	"context"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/notifier"
	"github.com/bellhop-chat/bellhop/services/sessions"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// app is what the app is configured as. Its id is a number, as a library that is made of a URL takes no other.
var app = struct {
	id, key, secret string
	activityTimeout int // in seconds
}{"1234567", "278d425bdf160c739803", "7ad3773142a6692b25b8", 45}

// configure makes a gateway that has the app.
func configure(cfg gateway.Config) gateway.Config {
	p := &cfg.Pusher
	p.AppID, p.Key, p.Secret, p.ActivityTimeout = app.id, app.key, app.secret, app.activityTimeout
	p.ClientEvents, p.SubscriptionCounts, p.Watchlists = "on", "on", "on"
	p.WebhookURLs = []string{"told by the notifier"}
	return cfg
}

// environment is what the application's programs are told of the app, and of gateways, of which each client takes the next.
func environment(gateways ...*site) []string {
	hosts := ""
	for i, g := range gateways {
		if i > 0 {
			hosts += ","
		}
		hosts += g.addr
	}
	return []string{"BELLHOP=" + hosts, "PUSHER_APP_ID=" + app.id, "PUSHER_KEY=" + app.key, "PUSHER_SECRET=" + app.secret,
		"PUSHER_ACTIVITY_TIMEOUT=" + strconv.Itoa(app.activityTimeout)}
}

// installation is a bus, the sessions service, and gateways, all in this process.
type installation struct {
	bus      bus.Config
	grpc     string
	webhooks string // where they are shown
	log      *journal
	services map[string]*runner.Health
}

// start runs an installation without gateways until the test's end.
func start(t *testing.T) *installation {
	t.Helper()
	server, err := embedded.Start(embedded.Options{Dir: t.TempDir(), Durability: embedded.Relaxed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	in := &installation{bus: bus.Config{InProcess: server}, grpc: listener.Addr().String(), log: &journal{}, services: map[string]*runner.Health{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the services said:\n%s", in.log)
		}
	})
	mail := openMailbox(t)
	in.webhooks = mail.url
	in.launch(t, "sessions", "sessions", func(ctx context.Context, rt runner.Runtime) error {
		return sessions.Run(ctx, sessions.Config{Runtime: rt, Bus: in.bus, DataDir: t.TempDir(), Listener: listener, Addr: in.grpc})
	})
	in.launch(t, "notifier", "notifier", func(ctx context.Context, rt runner.Runtime) error {
		cfg := notifier.Config{Runtime: rt, Upstream: upstream.Config{Bus: in.bus, SessionsAddr: in.grpc}}
		cfg.Webhook.AllowPrivate = true
		cfg.Pusher.AppID, cfg.Pusher.Key, cfg.Pusher.Secret, cfg.Pusher.URLs = app.id, app.key, app.secret, []string{mail.url}
		return notifier.Run(ctx, cfg)
	})
	return in
}

// site is a gateway and the address at which it is reached.
type site struct {
	addr string
	// stop ends the gateway; its address answers 503 from then on.
	stop func()
}

// gateway runs one more gateway.
func (in *installation) gateway(t *testing.T, name string) *site {
	t.Helper()
	return in.gatewayAt(t, name, in.grpc)
}

// gatewayAt runs one that reaches the sessions service at an address of its own.
func (in *installation) gatewayAt(t *testing.T, name, grpc string) *site {
	t.Helper()
	front, err := httpserver.Listen("127.0.0.1:0", in.log.logger())
	if err != nil {
		t.Fatal(err)
	}
	g := &site{addr: front.Addr().String()}
	g.stop = in.launch(t, "gateway", name, func(ctx context.Context, rt runner.Runtime) error {
		return gateway.Run(ctx, configure(gateway.Config{
			Runtime: rt, HTTP: httpserver.Config{Front: front}, Upstream: upstream.Config{Bus: in.bus, SessionsAddr: grpc},
			RateLimits: "off", NotifyOn: "message", Screenshots: "off", LeftAfter: time.Minute,
		}))
	})
	run(t, name+"'s front", func(ctx context.Context) error {
		defer context.AfterFunc(ctx, func() { _ = front.Shutdown(context.Background()) })()
		return front.Serve()
	})
	return g
}

// launch runs a service under a name of its own until it is stopped or the test ends.
func (in *installation) launch(t *testing.T, kind, name string, service func(context.Context, runner.Runtime) error) (stop func()) {
	t.Helper()
	in.services[name] = runner.NewHealth()
	in.services[name].Expect(kind)
	rt := runner.Runtime{Log: in.log.logger(), Health: in.services[name]}
	return run(t, name, func(ctx context.Context) error { return service(ctx, rt.For(name)) })
}

// ready waits until every service says that it is.
func (in *installation) ready(t *testing.T) {
	t.Helper()
	ctx := visitor.Within(t)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for name, health := range in.services {
		for failing := health.Failing(ctx); len(failing) > 0; failing = health.Failing(ctx) {
			select {
			case <-tick.C:
			case <-ctx.Done():
				t.Fatalf("%s is not ready: %v", name, failing)
			}
		}
	}
}

// stopTimeout is how long a part may take to stop.
const stopTimeout = 30 * time.Second

// run runs a part until it is stopped or the test ends, and stops it before what was run earlier.
func run(t *testing.T, name string, part func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- part(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(stopTimeout):
			t.Errorf("%s does not stop", name)
		}
	})
	t.Cleanup(stop)
	return stop
}

// journal is what the services and programs say.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

// Sync has nothing to do.
func (j *journal) Sync() error { return nil }

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) logger() *zap.Logger {
	return zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig()), j, zapcore.InfoLevel))
}
