package notifier

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func (s *sessions) Get(_ context.Context, req *sessionsv1.GetRequest) (*sessionsv1.SessionRecord, error) {
	return &sessionsv1.SessionRecord{Session: &bellhopv1.Session{Id: req.GetSessionId(), Status: "active"}}, nil
}

func (s *sessions) Operators(context.Context, *sessionsv1.OperatorsRequest) (*sessionsv1.OperatorsResponse, error) {
	return &sessionsv1.OperatorsResponse{}, nil
}

// hook is a receiver that answers with one status until it is told another.
type hook struct {
	mu     sync.Mutex
	status int
	bodies []string
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // the client's trouble
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bodies = append(h.bodies, string(body))
	w.WriteHeader(h.status)
}

func (h *hook) answer(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

func (h *hook) got() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.bodies...)
}

func TestWebhooksAreServedDisabledAndEnabled(t *testing.T) {
	server := bustest.Server(t)
	b := bustest.Connect(t, bus.Config{InProcess: server})
	receiver := &hook{status: http.StatusGone}
	site := httptest.NewServer(receiver)
	t.Cleanup(site.Close)
	core, logs := observer.New(zapcore.DebugLevel)
	cfg := Config{Runtime: runner.Runtime{Log: zap.New(core)}, Upstream: upstream.Config{Bus: bus.Config{InProcess: server}, Sessions: serve(t, b)}}
	cfg.Webhook.EventsURL, cfg.Webhook.EventsSecret, cfg.Webhook.AllowPrivate = site.URL+"/T0KEN", "S3CRET", true
	cfg.Webhook.BackendURL, cfg.Webhook.APIKey = "http://127.0.0.1:1/T0KEN", "S3CRET"
	start(t, cfg)
	say(t, b, "hello")
	disabled := func() bool {
		state, err := Webhook(t.Context(), b, id.Default, "webhook")
		return err == nil && !state.DisabledAt.IsZero()
	}
	until(t, "410 does not disable", disabled)
	receiver.answer(http.StatusOK)
	if err := EnableWebhook(t.Context(), b, id.Default, "webhook"); err != nil || disabled() {
		t.Fatal(err)
	}
	until(t, "it is not sent again", func() bool { return len(receiver.got()) == 2 })
	if body := receiver.got()[1]; !strings.Contains(body, `"type":"visitor_message"`) || !strings.Contains(body, "hello") {
		t.Error(body)
	}
	outcome := TryWebhooks(t.Context(), cfg.Webhook, cfg.Pusher)
	if outcome["webhook"] != nil || outcome["backend"] == nil {
		t.Errorf("test: %v", outcome)
	}
	for _, entry := range logs.All() {
		if line := entry.Message + entryFields(entry); strings.Contains(line, "T0KEN") || strings.Contains(line, "S3CRET") {
			t.Errorf("a secret is in the log: %s", line)
		}
	}
	for name, err := range outcome {
		if err != nil && (strings.Contains(err.Error(), "T0KEN") || strings.Contains(err.Error(), "S3CRET")) {
			t.Errorf("a secret is in the error of %s: %v", name, err)
		}
	}
}

func entryFields(entry observer.LoggedEntry) string {
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	line, err := encoder.EncodeEntry(entry.Entry, entry.Context)
	if err != nil {
		return err.Error()
	}
	return line.String()
}

func TestAnUnknownWebhookIsNamed(t *testing.T) {
	if _, err := Webhook(t.Context(), nil, id.Default, "coffee"); !errors.Is(err, ErrNoWebhook) {
		t.Error(err)
	}
	if err := EnableWebhook(t.Context(), nil, id.Default, "coffee"); !errors.Is(err, ErrNoWebhook) {
		t.Error(err)
	}
}

func TestMalformedWebhooksAreExplainedWithoutTheirSecrets(t *testing.T) {
	base := map[string]string{"NATS_URL": "nats://127.0.0.1:1", "SESSIONS_ADDR": "127.0.0.1:2"}
	for variable, values := range map[string][]string{
		"EVENTS_WEBHOOK_URL":    {"T0KEN", "ftp://x/T0KEN", "https:///T0KEN", "https://x:T0KEN/", "//T0KEN"},
		"BACKEND_WEBHOOK_URL":   {"T0KEN"},
		"EVENTS_WEBHOOK_SECRET": {"whsec_T0KEN!", "whsec_"},
	} {
		for _, value := range values {
			var cfg Config
			err := config.Load(&cfg, func(name string) (string, bool) {
				if name == variable {
					return value, true
				}
				v, ok := base[name]
				return v, ok
			})
			if err == nil || !strings.Contains(err.Error(), variable) || strings.Contains(err.Error(), "T0KEN") {
				t.Errorf("%s=%s: %v", variable, value, err)
			}
		}
	}
	var cfg Config
	base["EVENTS_WEBHOOK_URL"], base["EVENTS_WEBHOOK_SECRET"], base["WEBHOOK_ALLOW_PRIVATE"] = "https://hooks.example.com/a?b=c", "any text", "true"
	err := config.Load(&cfg, func(name string) (string, bool) { v, ok := base[name]; return v, ok })
	if err != nil || !cfg.Webhook.AllowPrivate || cfg.Webhook.EventsURL == "" {
		t.Errorf("%v, %+v", err, cfg.Webhook.AllowPrivate)
	}
}
