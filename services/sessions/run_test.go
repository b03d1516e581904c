package sessions

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

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

func TestConfigurationNamesWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"no bus":          {map[string]string{}, "NATS_URL"},
		"wrong address":   {map[string]string{"NATS_URL": "nats://127.0.0.1", "SESSIONS_ADDR": "9101"}, "SESSIONS_ADDR"},
		"wrong retention": {map[string]string{"NATS_URL": "nats://127.0.0.1", "RETENTION": "soon"}, "RETENTION"},
		"nothing wrong":   {map[string]string{"NATS_URL": "nats://127.0.0.1"}, ""},
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
