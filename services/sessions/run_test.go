package sessions

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const shop = "shop"

// place is where a service runs in these tests: a NATS server and a directory.
type place struct {
	t      *testing.T
	server *embedded.Server
	dir    string
	bus    *bus.Bus
}

func newPlace(t *testing.T) *place {
	t.Helper()
	t.Parallel() // stopping a NATS server takes 0.2 s of waiting
	p := &place{t: t, server: bustest.Server(t), dir: t.TempDir()}
	p.bus = bustest.Connect(t, bus.Config{InProcess: p.server, Name: t.Name()})
	return p
}

func (p *place) config() Config {
	return Config{DataDir: p.dir, Durability: "relaxed", Bus: bus.Config{InProcess: p.server}}
}

// start runs the service until stop is called; stop answers what Run returned.
func (p *place) start(cfg Config) (client sessionsv1.SessionsClient, stop func() error) {
	p.t.Helper()
	listener := bufconn.Listen(1 << 20)
	cfg.Listener = listener
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, cfg) }()
	conn, err := grpc.NewClient("passthrough:///sessions", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		p.t.Fatal(err)
	}
	var once sync.Once
	var result error
	stop = func() error {
		once.Do(func() {
			_ = conn.Close()
			cancel()
			result = <-ended
			_ = listener.Close()
		})
		return result
	}
	p.t.Cleanup(func() { _ = stop() })
	return sessionsv1.NewSessionsClient(conn), stop
}

func (p *place) publish(session id.Session, kind bus.Type, data *eventv1.MessageCreated) {
	p.t.Helper()
	_, err := p.bus.Publish(p.t.Context(), bus.Event{
		ID: string(id.NewMessage()), Type: kind, Project: shop, Session: session, Source: "test", Time: time.Now(), Data: data,
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// talks has some sessions say something each, in rounds.
func (p *place) talks(sessions, from, to int) {
	p.t.Helper()
	for round := from; round < to; round++ {
		for n := range sessions {
			p.publish(session(n), bus.MessageCreated, &eventv1.MessageCreated{VisitorId: "v", Platform: "widget", Message: &bellhopv1.Message{
				Id: fmt.Sprint("m", round), Sender: "visitor", Content: "hello",
			}})
		}
	}
}

func session(n int) id.Session { return id.Session(fmt.Sprint("ses_", n)) }

// history is the history of each session as the service tells it.
func (p *place) histories(client sessionsv1.SessionsClient, sessions int) []*sessionsv1.HistoryResponse {
	p.t.Helper()
	var answers []*sessionsv1.HistoryResponse
	for n := range sessions {
		answer, err := client.History(p.t.Context(), &sessionsv1.HistoryRequest{Project: shop, SessionId: string(session(n))}, grpc.WaitForReady(true))
		if err != nil {
			p.t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	return answers
}

func (p *place) same(want, got []*sessionsv1.HistoryResponse) {
	p.t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		p.t.Errorf("before -, after +:\n%s", diff)
	}
}

func TestServiceStopsInOrderAndGoesOnWhereItWas(t *testing.T) {
	p := newPlace(t)
	client, stop := p.start(p.config())
	p.talks(20, 0, 2)
	before := p.histories(client, 20)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	client, _ = p.start(p.config())
	p.same(before, p.histories(client, 20))
	p.talks(20, 2, 3)
	for _, answer := range p.histories(client, 20) {
		if len(answer.Messages) != 3 {
			t.Errorf("%d messages after the restart, want 3", len(answer.Messages))
		}
	}
}

func TestServiceIsReadyWhileItRuns(t *testing.T) {
	p := newPlace(t)
	cfg := p.config()
	cfg.Health = runner.NewHealth()
	registry := prometheus.NewRegistry()
	cfg.Metrics = registry
	client, stop := p.start(cfg)
	p.talks(1, 0, 1)
	p.histories(client, 1)
	if failing := cfg.Health.Failing(t.Context()); len(failing) > 0 {
		t.Errorf("not ready: %v", failing)
	}
	var names []string
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		names = append(names, family.GetName())
	}
	for _, want := range []string{"bellhop_projection_applied_events_total", "bellhop_projection_lag_sequences", "bellhop_grpc_requests_total", "bellhop_grpc_request_seconds"} {
		if !slices.Contains(names, want) {
			t.Errorf("no metric %s in %v", want, names)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if failing := cfg.Health.Failing(t.Context()); len(failing) == 0 {
		t.Error("ready after it has stopped")
	}
}

func TestRebuildEndsInTheLiveState(t *testing.T) {
	p := newPlace(t)
	client, stop := p.start(p.config())
	p.talks(20, 0, 5)
	live := p.histories(client, 20)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	stats, err := Rebuild(t.Context(), p.config())
	if err != nil || stats.Events != 100 {
		t.Fatalf("rebuild: %+v, %v", stats, err)
	}
	client, _ = p.start(p.config())
	p.same(live, p.histories(client, 20))
}

func TestRebuildBesideARunningServiceLosesNothing(t *testing.T) {
	p := newPlace(t)
	client, _ := p.start(p.config())
	p.talks(20, 0, 5)
	live := p.histories(client, 20)
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := Rebuild(t.Context(), p.config()); err != nil {
			t.Error(err)
		}
	})
	p.talks(20, 5, 8)
	wg.Wait()
	for n, answer := range p.histories(client, 20) {
		if len(answer.Messages) != 8 || !slices.EqualFunc(answer.Messages[:5], live[n].Messages, func(a, b *sessionsv1.MessageRecord) bool {
			return a.CreatedSeq == b.CreatedSeq
		}) {
			t.Errorf("history of session %d: %v", n, answer)
		}
	}
}

func TestServiceOnRedisOutlivesTheLossOfEverything(t *testing.T) {
	p, server := newPlace(t), redistest.Start(t)
	cfg := p.config()
	cfg.RedisURL = server.URL()
	client, _ := p.start(cfg)
	p.talks(20, 0, 5)
	live := p.histories(client, 20)
	server.Do("FLUSHALL")
	p.same(live, p.histories(client, 20))
	if _, err := Rebuild(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	p.same(live, p.histories(client, 20))
}

func TestStoreOfAnotherStreamIsRefusedUntilItIsRebuilt(t *testing.T) {
	p := newPlace(t)
	client, stop := p.start(p.config())
	p.talks(2, 0, 1)
	p.histories(client, 2)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	elsewhere := &place{t: t, server: bustest.Server(t), dir: p.dir}
	elsewhere.bus = bustest.Connect(t, bus.Config{InProcess: elsewhere.server, Name: t.Name()})
	err := Run(t.Context(), elsewhere.config())
	if !errors.Is(err, projection.ErrOtherStream) || !strings.Contains(err.Error(), "bellhop rebuild") {
		t.Errorf("started on another stream's store: %v", err)
	}
	if _, err := Rebuild(t.Context(), elsewhere.config()); err != nil {
		t.Fatal(err)
	}
	client, _ = elsewhere.start(elsewhere.config())
	elsewhere.talks(1, 0, 1)
	elsewhere.histories(client, 1)
	got, err := client.List(t.Context(), &sessionsv1.ListRequest{Project: shop})
	if err != nil || len(got.Records) != 1 {
		t.Errorf("after the rebuild: %v, %v", got, err)
	}
}

func TestConfigurationNamesWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"no bus":           {map[string]string{}, "NATS_URL"},
		"wrong address":    {map[string]string{"NATS_URL": "nats://127.0.0.1", "SESSIONS_ADDR": "9101"}, "SESSIONS_ADDR"},
		"wrong durability": {map[string]string{"NATS_URL": "nats://127.0.0.1", "DURABILITY": "yes"}, "DURABILITY"},
		"wrong retention":  {map[string]string{"NATS_URL": "nats://127.0.0.1", "RETENTION": "soon"}, "RETENTION"},
		"nothing wrong":    {map[string]string{"NATS_URL": "nats://127.0.0.1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var cfg Config
			err := config.Load(&cfg, func(name string) (string, bool) { v, ok := c.env[name]; return v, ok })
			var problem *config.Error
			if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &problem) || problem.Variable != c.want) {
				t.Errorf("load: %v, want %q", err, c.want)
			}
		})
	}
}

func TestMalformedRedisURLIsAConfigurationErrorThatHidesIt(t *testing.T) {
	p := newPlace(t)
	cfg := p.config()
	cfg.RedisURL = "redis://user:hunter2@127.0.0.1:port"
	err := Run(t.Context(), cfg)
	var problem *config.Error
	if !errors.As(err, &problem) || problem.Variable != "REDIS_URL" || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("run: %v", err)
	}
}
