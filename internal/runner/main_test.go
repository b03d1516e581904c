package runner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// output is a Stderr that may be read while the process writes.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// entry finds the log entry with this message.
func (o *output) entry(t *testing.T, msg string) map[string]string {
	t.Helper()
	for line := range strings.Lines(o.String()) {
		var entry map[string]string
		if json.Unmarshal([]byte(line), &entry) == nil && entry["msg"] == msg {
			return entry
		}
	}
	t.Fatalf("no entry %q in\n%s", msg, o)
	return nil
}

func process(variables map[string]string) (runner.Process, *output) {
	stderr := &output{}
	lookup := func(name string) (string, bool) { value, ok := variables[name]; return value, ok }
	return runner.Process{Name: "gateway", Lookup: lookup, Stderr: stderr}, stderr
}

func guide() error {
	return &config.SetupError{Bridge: "Telegram", Missing: "bot_token", Guide: []string{"1. Ask @BotFather"}}
}

func TestExitCodeAndStderrFollowTheError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tests := map[string]struct {
		variables map[string]string
		err       error
		code      int
		stderr    string
	}{
		"done":             {code: 0, stderr: `"msg":"running"`},
		"failed":           {err: fmt.Errorf("bind thread: %w", errDisk), code: 1, stderr: `"error":"bind thread: disk full"`},
		"cancelled itself": {err: context.Canceled, code: 1, stderr: "context canceled"},
		"bridge":           {err: fmt.Errorf("start: %w", guide()), code: 2, stderr: "⚠️  Telegram Setup Required"},
		"variable":         {err: &config.Error{Variable: "X", Found: "nothing", Expected: "a text"}, code: 2, stderr: "│  X\n"},
		"own settings":     {variables: map[string]string{"LOG_LEVEL": "loud"}, code: 2, stderr: "one of debug, info, warn, error"},
		"admin address":    {variables: map[string]string{"ADMIN_ADDR": "9090"}, code: 2, stderr: "ADMIN_ADDR"},
		"address taken":    {variables: map[string]string{"ADMIN_ADDR": taken.Addr().String()}, code: 1, stderr: "admin address"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, stderr := process(test.variables)
			code := p.Run(t.Context(), func(context.Context, runner.Runtime) error { return test.err })
			text := stderr.String()
			if code != test.code || !strings.Contains(text, test.stderr) {
				t.Errorf("exit code %d, want %d\n%s", code, test.code, text)
			}
			if n := strings.Count(text, `"level":"error"`); (n == 1) != (code == 1) {
				t.Errorf("the error is logged %d times", n)
			}
			if strings.Contains(text, "goroutine ") || strings.Contains(text, ".go:") {
				t.Errorf("a stack is shown:\n%s", text)
			}
		})
	}
}

func TestEndOfTheContextIsNotAFailure(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	p, _ := process(nil)
	code := p.Run(ctx, func(ctx context.Context, _ runner.Runtime) error {
		end()
		<-ctx.Done()
		return fmt.Errorf("consume: %w", ctx.Err())
	})
	if code != runner.ExitOK {
		t.Errorf("got %d", code)
	}
}

type serviceConfig struct {
	runner.Runtime
	Token string `env:"TOKEN" secret:"true" required:"true"`
	Limit int    `env:"LIMIT"`
}

func (c serviceConfig) Validate() error {
	if c.Limit > 10 {
		return errors.New("limit beside token " + c.Token)
	}
	return nil
}

func TestServiceStartsWithItsConfigurationAndItsRuntime(t *testing.T) {
	p, stderr := process(map[string]string{"TOKEN": "t0ken", "LOG_LEVEL": "debug"})
	code := runner.RunService(t.Context(), p, func(_ context.Context, cfg serviceConfig) error {
		cfg.Log.Debug("token", zap.String("loaded", strconv.FormatBool(cfg.Token == "t0ken")))
		return cfg.Metrics.Register(prometheus.NewGauge(prometheus.GaugeOpts{Name: "x"}))
	})
	if code != runner.ExitOK {
		t.Fatalf("got %d\n%s", code, stderr)
	}
	if entry := stderr.entry(t, "token"); entry["loaded"] != "true" || entry["logger"] != "gateway" {
		t.Errorf("got %v", entry)
	}
}

func TestProblemsOfProcessAndServiceAreReportedTogether(t *testing.T) {
	p, stderr := process(map[string]string{"LOG_FORMAT": "xml", "LIMIT": "many"})
	code := runner.RunService(t.Context(), p, func(context.Context, serviceConfig) error {
		t.Error("must not start")
		return nil
	})
	text := stderr.String()
	for _, want := range []string{"3 problems", "LOG_FORMAT", `"xml"`, "TOKEN", "LIMIT", `"many"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if code != runner.ExitConfiguration {
		t.Errorf("got %d\n%s", code, text)
	}
}

func TestSecretIsNotPrintedByTheProcess(t *testing.T) {
	p, stderr := process(map[string]string{"TOKEN": "canary-5f3a", "LIMIT": "11", "LOG_LEVEL": "canary-5f3a"})
	code := runner.RunService(t.Context(), p, func(context.Context, serviceConfig) error { return nil })
	if text := stderr.String(); code != runner.ExitConfiguration || strings.Contains(text, "5f3a") || !strings.Contains(text, "(hidden)") {
		t.Errorf("exit code %d\n%s", code, text)
	}
}

// get asks the admin server.
func get(t *testing.T, addr, path string) (status int, body string) {
	t.Helper()
	res, err := http.Get("http://" + addr + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

func TestAdminServerShowsMetricsHealthAndProfiles(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	p, stderr := process(map[string]string{"ADMIN_ADDR": "127.0.0.1:0"})
	var addr string
	code := p.Run(t.Context(), func(_ context.Context, rt runner.Runtime) error {
		addr = stderr.entry(t, "admin server listening")["addr"]
		if status, _ := get(t, addr, "/readyz"); status != 503 {
			t.Errorf("before anything is registered: got %d", status)
		}
		for _, service := range []string{"gateway", "inbound"} {
			sent := prometheus.NewCounter(prometheus.CounterOpts{Name: "sent_total", Help: "x"})
			if err := rt.For(service).Metrics.Register(sent); err != nil {
				t.Error(err)
			}
		}
		rt.Health.Register("bus", ok)
		for path, want := range map[string]string{
			"/healthz":                        `"alive"`,
			"/readyz":                         `"ready"`,
			"/metrics":                        `sent_total{service="inbound"} 0`,
			"/debug/pprof/":                   "goroutine",
			"/debug/pprof/heap?debug=1":       "heap profile",
			"/debug/pprof/cmdline":            "runner.test",
			"/debug/pprof/symbol":             "num_symbols",
			"/debug/pprof/trace?seconds=0.01": "go 1.",
		} {
			if status, body := get(t, addr, path); status != 200 || !strings.Contains(body, want) {
				t.Errorf("%s: got %d, want %q in %.200q", path, status, want, body)
			}
		}
		_, metrics := get(t, addr, "/metrics")
		for _, name := range []string{"go_goroutines", "process_cpu_seconds_total", "bellhop_build_info{"} {
			if !strings.Contains(metrics, name) {
				t.Errorf("%s is missing", name)
			}
		}
		return nil
	})
	if code != runner.ExitOK {
		t.Errorf("got %d\n%s", code, stderr)
	}
	if res, err := http.Get("http://" + addr + "/healthz"); err == nil {
		res.Body.Close()
		t.Error("it still answers")
	}
}

func TestZeroRuntimeWorksInSilence(t *testing.T) {
	rt := runner.Runtime{}.WithDefaults()
	rt.Log.Info("nobody reads this")
	if err := rt.Metrics.Register(prometheus.NewGauge(prometheus.GaugeOpts{Name: "x"})); err != nil {
		t.Error(err)
	}
	if failing := rt.Health.Failing(t.Context()); len(failing) == 0 {
		t.Error("nothing is registered, and yet it is ready")
	}
	if again := rt.WithDefaults(); again != rt {
		t.Error("what is there stays")
	}
}
